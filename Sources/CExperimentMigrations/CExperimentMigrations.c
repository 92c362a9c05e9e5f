// The scripts travel inside the binary: no resource bundle beside a server's executable.
// A new script is four lines here; a test compares this list with the folder.
#include "CExperimentMigrations.h"

#include <stddef.h>

static const char script_0006[] = {
#embed "../../Migrations/0006_schema.sql" suffix(, 0)
};

static const char script_0007[] = {
#embed "../../Migrations/0007_metrics.sql" suffix(, 0)
};

static const char script_0008[] = {
#embed "../../Migrations/0008_nights.sql" suffix(, 0)
};

static const char script_0009[] = {
#embed "../../Migrations/0009_imports.sql" suffix(, 0)
};

static const ExperimentMigration migrations[] = {
    {"0006_schema.sql", script_0006},
    {"0007_metrics.sql", script_0007},
    {"0008_nights.sql", script_0008},
    {"0009_imports.sql", script_0009},
};

const ExperimentMigration *experiment_migration_at(int index) {
    return index >= 0 && index < (int)(sizeof migrations / sizeof *migrations) ? &migrations[index] : NULL;
}
