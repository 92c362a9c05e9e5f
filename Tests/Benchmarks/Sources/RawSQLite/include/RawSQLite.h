#ifndef RAWSQLITE_H
#define RAWSQLITE_H

/// Inserts events into a file of our schema with SQLite's C functions, `batch` events a transaction, at synchronous
/// FULL, and returns the seconds it took; negative when SQLite failed.
double raw_sqlite_record(const char *path, int events, int batch);

/// Opens a file, reads every row of a query and closes it, and returns the seconds it took; negative when SQLite failed.
double raw_sqlite_query(const char *path, const char *sql);

#endif
