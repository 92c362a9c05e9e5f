// The scripts travel inside the binary: no resource bundle beside a server's executable.
// A new script is four lines here; a test compares this list with the folder.
#include "CExperimentMigrations.h"

#include <stddef.h>

static const char script_0011[] = {
#embed "../../Migrations/0011_schema.sql" suffix(, 0)
};

static const char script_0012[] = {
#embed "../../Migrations/0012_delivery.sql" suffix(, 0)
};

static const ExperimentMigration migrations[] = {
    {"0011_schema.sql", script_0011},
    {"0012_delivery.sql", script_0012},
};

const ExperimentMigration *experiment_migration_at(int index) {
    return index >= 0 && index < (int)(sizeof migrations / sizeof *migrations) ? &migrations[index] : NULL;
}
