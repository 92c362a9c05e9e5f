// The scripts travel inside the binary: no resource bundle beside a server's executable.
// A new script is four lines here; a test compares this list with the folder.
#include "CExperimentMigrations.h"

#include <stddef.h>

static const char script_0001[] = {
#embed "../../Migrations/0001_experiments_and_logs.sql" suffix(, 0)
};

static const char script_0002[] = {
#embed "../../Migrations/0002_analysis_views.sql" suffix(, 0)
};

static const char script_0003[] = {
#embed "../../Migrations/0003_designs.sql" suffix(, 0)
};

static const char script_0004[] = {
#embed "../../Migrations/0004_plans_and_nights.sql" suffix(, 0)
};

static const char script_0005[] = {
#embed "../../Migrations/0005_experiment_versions.sql" suffix(, 0)
};

static const ExperimentMigration migrations[] = {
    {"0001_experiments_and_logs.sql", script_0001},
    {"0002_analysis_views.sql", script_0002},
    {"0003_designs.sql", script_0003},
    {"0004_plans_and_nights.sql", script_0004},
    {"0005_experiment_versions.sql", script_0005},
};

const ExperimentMigration *experiment_migration_at(int index) {
    return index >= 0 && index < (int)(sizeof migrations / sizeof *migrations) ? &migrations[index] : NULL;
}
