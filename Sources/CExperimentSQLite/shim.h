// What Swift cannot read from sqlite3.h: function-like macros, casts, expressions of macros, and variadic functions.
#ifndef CEXPERIMENTSQLITE_SHIM_H
#define CEXPERIMENTSQLITE_SHIM_H

#include <sqlite3.h>
#include <stdint.h>
#include <string.h>
#ifdef __APPLE__
#include <sys/mount.h>
#include <sys/param.h>
#else
#include <sys/vfs.h>
#endif
#if defined(__linux__)
#include <fcntl.h>
#include <sys/syscall.h>
extern long syscall(long number, ...);
#endif

/// Binds text that SQLite copies. An empty text needs a pointer that is not null, or it would bind NULL.
static inline int experiment_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int length) {
    return sqlite3_bind_text(statement, index, text ? text : "", length, SQLITE_TRANSIENT);
}

/// Switches a boolean setting of a connection.
static inline int experiment_sqlite_configure(sqlite3 *connection, int setting, int value) {
    int now = 0;
    return sqlite3_db_config(connection, setting, value, &now);
}

static inline int experiment_sqlite_wal_frames(void *count, sqlite3 *connection, const char *schema, int frames) {
    (void)connection;
    (void)schema;
    *(int *)count = frames;
    return SQLITE_OK;
}

/// Has SQLite store the length of the write-ahead log, in frames, after every commit.
static inline void experiment_sqlite_count_wal_frames(sqlite3 *connection, int *count) {
    sqlite3_wal_hook(connection, experiment_sqlite_wal_frames, count);
}

static inline int experiment_sqlite_busy(void *milliseconds, int count) {
    if (count >= (int)(intptr_t)milliseconds) return 0;
    sqlite3_sleep(1);
    return 1;
}

/// Has SQLite wait for a lock up to so many milliseconds, looking every one. Its own busy_timeout sleeps ever longer,
/// so whoever writes often would starve whoever waits.
static inline void experiment_sqlite_wait_when_busy(sqlite3 *connection, int milliseconds) {
    sqlite3_busy_handler(connection, milliseconds > 0 ? experiment_sqlite_busy : 0, (void *)(intptr_t)milliseconds);
}

/// Reads the change counter of the database file itself, past SQLite's cache: bytes 24 to 27 of its header.
static inline int experiment_sqlite_change_counter(sqlite3 *connection, uint32_t *counter) {
    sqlite3_file *file = 0;
    unsigned char bytes[4];
    int code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    if (code == SQLITE_OK) code = file->pMethods->xRead(file, bytes, 4, 24);
    if (code == SQLITE_OK) {
        *counter = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    }
    return code;
}

/// Ends the counting, before the place it counts in goes away.
static inline void experiment_sqlite_stop_counting(sqlite3 *connection) {
    sqlite3_wal_hook(connection, 0, 0);
}

/// Stands for any file system of another machine, where their types have no numbers that stay.
static const uint32_t experiment_file_system_remote = 0xffffffff;

/// The type of the file system a path is on, as statfs(2) of Linux numbers it; 0 when it cannot be told. Darwin tells
/// only whether it is local (0) or not.
static inline uint32_t experiment_file_system_type(const char *path) {
    struct statfs status;
    if (statfs(path, &status) != 0) return 0;
#ifdef __APPLE__
    return status.f_flags & MNT_LOCAL ? 0 : experiment_file_system_remote;
#else
    return (uint32_t)status.f_type;
#endif
}

/// Bytes that a user without privileges may still write on the disk of a path; -1 when it cannot be told.
static inline int64_t experiment_file_system_free(const char *path) {
    struct statfs status;
    return statfs(path, &status) != 0 ? -1 : (int64_t)status.f_bavail * (int64_t)status.f_bsize;
}

/// Whether something is mounted at a path itself: 1 or 0; 0 too when it cannot be told.
///
/// statx(2) says so since Linux 5.8. Its structure and names are only declared for some feature macros, so the attributes
/// are read from where the kernel's ABI has them: 64 bits after two fields of 32, of which 0x2000 is
/// STATX_ATTR_MOUNT_ROOT.
static inline int experiment_is_mount_root(const char *path) {
#if defined(__linux__) && defined(SYS_statx)
    unsigned char status[256] = {0};
    uint64_t attributes = 0;
    if (syscall(SYS_statx, -100 /* AT_FDCWD */, path, 0x100 /* AT_SYMLINK_NOFOLLOW */, 0, status) != 0) return 0;
    memcpy(&attributes, status + 8, sizeof attributes);
    return (attributes & 0x2000) != 0;
#else
    (void)path;
    return 0;
#endif
}

static const int experiment_sqlite_cantopen_symlink = SQLITE_CANTOPEN_SYMLINK;
static const int experiment_sqlite_readonly_dbmoved = SQLITE_READONLY_DBMOVED;
static const int experiment_sqlite_ioerr_nomem = SQLITE_IOERR_NOMEM;
static const int experiment_sqlite_ioerr_fsync = SQLITE_IOERR_FSYNC;
static const int experiment_sqlite_ioerr_dir_fsync = SQLITE_IOERR_DIR_FSYNC;

#endif
