/*
 * Preloaded beside the fault harness's recorder, which does not know link(2): writes each link into the record as the
 * rename it amounts to, since the old name is unlinked next. Without it a rebuilt disk never has the database.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* One entry of the record, then the old path, then the new one. */
struct entry {
    uint32_t magic, kind, process, thread;
    uint64_t inode;
    int64_t offset;
    uint64_t length;
    int64_t extra;
    uint64_t nanoseconds;
    uint32_t path_length, unused;
};

static void record(const char *from, const char *to) {
    const char *log = getenv("PLOG_LOG"), *folder = getenv("PLOG_DIR");
    struct stat status;
    struct timespec now;
    if (!log || !folder || strncmp(from, folder, strlen(folder)) || stat(to, &status)) return;
    int descriptor = open(log, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (descriptor < 0) return;
    clock_gettime(CLOCK_REALTIME, &now);
    struct entry entry = {.magic = 0x474f4c50, .kind = 8, .process = getpid(), .thread = syscall(SYS_gettid),
                          .inode = status.st_ino, .length = strlen(to), .path_length = strlen(from),
                          .nanoseconds = now.tv_sec * 1000000000ull + now.tv_nsec};
    struct iovec parts[] = {{&entry, sizeof entry}, {(void *)from, strlen(from)}, {(void *)to, strlen(to)}};
    if (writev(descriptor, parts, 3) < 0) abort();
    close(descriptor);
}

int link(const char *from, const char *to) {
    int (*next)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "link");
    int result = next(from, to);
    if (result == 0) record(from, to);
    return result;
}
