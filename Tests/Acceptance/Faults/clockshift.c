// Shifts what a process takes for the time of day: by so many seconds as the file named by CLOCK_SHIFT says, read anew at
// every call, or, where it says "frozen N", to the second N for ever. The clocks that only run forward are left alone.
//
//     CLOCK_SHIFT=/tmp/shift LD_PRELOAD=./clockshift.so CMD
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static void shift(time_t *seconds) {
    const char *path = getenv("CLOCK_SHIFT");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    char text[64] = {0};
    if (read(file, text, sizeof text - 1) > 0) {
        if (strncmp(text, "frozen ", 7) == 0) *seconds = (time_t)atoll(text + 7);
        else *seconds += (time_t)atoll(text);
    }
    close(file);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*original)(clockid_t, struct timespec *);
    if (!original) original = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int code = original(clock, now);
    if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) shift(&now->tv_sec);
    return code;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    (void)zone;
    struct timespec precise;
    int code = clock_gettime(CLOCK_REALTIME, &precise);
    if (code == 0) *now = (struct timeval){.tv_sec = precise.tv_sec, .tv_usec = precise.tv_nsec / 1000};
    return code;
}

time_t time(time_t *place) {
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    if (place) *place = now.tv_sec;
    return now.tv_sec;
}
