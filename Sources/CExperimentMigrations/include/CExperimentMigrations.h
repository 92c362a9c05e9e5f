#ifndef CEXPERIMENTMIGRATIONS_H
#define CEXPERIMENTMIGRATIONS_H

/// One script of the folder Migrations, inside the binary.
typedef struct {
    /// The file's name, `NNNN_what_it_does.sql`.
    const char *name;
    /// The file's text, ended by NUL.
    const char *sql;
} ExperimentMigration;

/// The script at an index, in order of its number; null past the end.
const ExperimentMigration *experiment_migration_at(int index);

#endif
