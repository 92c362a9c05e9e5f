// The baseline: what a careful C programmer would write, on the same schema.
#include "RawSQLite.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const INSERT =
    "INSERT INTO exposure_log (phase_id, variant_id, enrollment, timestamp_us, user_id, session_id, attributes, id) "
    "VALUES (1, ?1, 0, ?2, ?3, NULL, NULL, NULL)";

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

double raw_sqlite_record(const char *path, int events, int batch) {
    sqlite3 *connection = NULL;
    sqlite3_stmt *insert = NULL, *begin = NULL, *commit = NULL;
    if (sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)) return -1;
    sqlite3_exec(connection,
                 "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
                 "PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 1000",
                 NULL, NULL, NULL);
    sqlite3_prepare_v2(connection, INSERT, -1, &insert, NULL);
    sqlite3_prepare_v2(connection, "BEGIN IMMEDIATE", -1, &begin, NULL);
    sqlite3_prepare_v2(connection, "COMMIT", -1, &commit, NULL);
    int failed = !insert || !begin || !commit;
    char user[64];
    double start = now();
    for (int event = 0; event < events && !failed;) {
        failed |= sqlite3_step(begin) != SQLITE_DONE;
        sqlite3_reset(begin);
        for (int row = 0; row < batch && event < events; row++, event++) {
            int length = snprintf(user, sizeof user, "%08x-0000-4000-8000-%012x", event % 97, event);
            sqlite3_bind_int64(insert, 1, 1 + event % 2);
            sqlite3_bind_int64(insert, 2, 1767225600000000LL + event);
            sqlite3_bind_text(insert, 3, user, length, SQLITE_STATIC);
            failed |= sqlite3_step(insert) != SQLITE_DONE;
            sqlite3_reset(insert);
        }
        failed |= sqlite3_step(commit) != SQLITE_DONE;
        sqlite3_reset(commit);
    }
    double seconds = now() - start;
    sqlite3_finalize(insert);
    sqlite3_finalize(begin);
    sqlite3_finalize(commit);
    sqlite3_close(connection);
    return failed ? -1 : seconds;
}

double raw_sqlite_query(const char *path, const char *sql) {
    sqlite3 *connection = NULL;
    sqlite3_stmt *statement = NULL;
    double start = now();
    if (sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL)) return -1;
    sqlite3_exec(connection, "PRAGMA cache_size = -65536", NULL, NULL, NULL);
    int code = sqlite3_prepare_v2(connection, sql, -1, &statement, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    sqlite3_close(connection);
    return code == SQLITE_DONE ? now() - start : -1;
}
