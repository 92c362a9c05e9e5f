-- Designs: who of the units takes part, who is held out, who is shown what by request, and from when to when.
--
-- A phase and what hangs on it decide a unit's variant, so an answer can be computed again at any time. Once a phase
-- has started, only its coverage may change, and only upwards: that moves nobody who is in.

-- When a running experiment assigns units; without a row, from its start to its stop.
CREATE TABLE experiment_schedule (
    experiment_id   INTEGER PRIMARY KEY REFERENCES experiment,
    start_us        INTEGER                         -- from then on, included; null: at once
                    CHECK (start_us BETWEEN 0 AND 253402300799999999),
    end_us          INTEGER                         -- until then, excluded; null: until somebody stops it
                    CHECK (end_us BETWEEN 0 AND 253402300799999999),
    CHECK (start_us IS NULL OR end_us IS NULL OR start_us < end_us)
) STRICT;

-- What decides beside the weights, for the phases that have any of it.
CREATE TABLE phase_design (
    phase_id        INTEGER PRIMARY KEY REFERENCES phase,
    settings        TEXT                            -- JSON object that the algorithm needs beside the seed; null: none
                    CHECK (settings LIKE '{%}'),
    namespace       TEXT                            -- null: all units take part. A namespace spreads them over 0…1 by its
                                                    -- hash; those in the phase's range of it take part
                    CHECK (length(CAST(namespace AS BLOB)) BETWEEN 1 AND 128),
    range_start     REAL CHECK (range_start >= 0),  -- of the namespace, included
    range_end       REAL CHECK (range_end <= 1),    -- of the namespace, excluded
    holdout         TEXT                            -- name of the holdout in force when the phase started
                    CHECK (length(CAST(holdout AS BLOB)) BETWEEN 1 AND 128),
    holdout_share   REAL CHECK (holdout_share BETWEEN 0 AND 1),         -- share of units it holds out
    CHECK ((namespace IS NULL) = (range_start IS NULL) AND (namespace IS NULL) = (range_end IS NULL)),
    CHECK (namespace IS NULL OR range_start < range_end),
    CHECK ((holdout IS NULL) = (holdout_share IS NULL))
) STRICT;

CREATE INDEX phase_design_namespace ON phase_design (namespace) WHERE namespace IS NOT NULL;

-- The share of units that take part in a phase. A row says since when it is this; the largest is in force. A phase
-- without a row covers everybody.
CREATE TABLE phase_coverage (
    phase_id        INTEGER NOT NULL REFERENCES phase,
    coverage        REAL    NOT NULL CHECK (coverage BETWEEN 0 AND 1),
    since_us        INTEGER NOT NULL,               -- when it was raised to this
    PRIMARY KEY (phase_id, coverage)
) STRICT, WITHOUT ROWID;

-- The global holdout: units that get the control in every experiment, to see what all experiments together are worth.
-- A phase keeps the one in force when it starts, so a change moves nobody in a running experiment.
CREATE TABLE holdout (
    only_row        INTEGER PRIMARY KEY CHECK (only_row = 1),
    name            TEXT    NOT NULL                -- hashed: another name holds out other units
                    CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 128),
    share           REAL    NOT NULL CHECK (share BETWEEN 0 AND 1)      -- share of units held out
) STRICT;

-- Testers: the unit gets the variant whatever the hash says, and its exposures are logged as overrides, which no
-- result counts. May change at any time.
CREATE TABLE unit_override (
    experiment_id   INTEGER NOT NULL REFERENCES experiment,
    unit_id         TEXT    NOT NULL                -- the user or session, as the experiment's unit says
                    CHECK (length(CAST(unit_id AS BLOB)) BETWEEN 1 AND 1024),
    variant_id      INTEGER NOT NULL REFERENCES variant,    -- what it is shown
    PRIMARY KEY (experiment_id, unit_id)
) STRICT, WITHOUT ROWID;

-- ---- A phase that has started is fixed, but for its coverage, which grows ----

CREATE TRIGGER phase_design_insert_is_fixed BEFORE INSERT ON phase_design
WHEN (SELECT started_at_us FROM phase WHERE phase_id = NEW.phase_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a phase that has started cannot change; open a new phase'); END;
CREATE TRIGGER phase_design_update_is_fixed BEFORE UPDATE ON phase_design
WHEN (SELECT started_at_us FROM phase WHERE phase_id = OLD.phase_id) IS NOT NULL
  OR (SELECT started_at_us FROM phase WHERE phase_id = NEW.phase_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a phase that has started cannot change; open a new phase'); END;
CREATE TRIGGER phase_design_delete_is_fixed BEFORE DELETE ON phase_design
WHEN (SELECT started_at_us FROM phase WHERE phase_id = OLD.phase_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a phase that has started cannot change; open a new phase'); END;
CREATE TRIGGER phase_coverage_only_grows BEFORE INSERT ON phase_coverage
WHEN (SELECT started_at_us FROM phase WHERE phase_id = NEW.phase_id) IS NOT NULL
  AND NEW.coverage <= coalesce((SELECT max(coverage) FROM phase_coverage WHERE phase_id = NEW.phase_id), 1)
BEGIN SELECT RAISE(ABORT, 'the coverage of a phase that has started can only grow; open a new phase'); END;
CREATE TRIGGER phase_coverage_is_never_changed BEFORE UPDATE ON phase_coverage
BEGIN SELECT RAISE(ABORT, 'coverage is a history: add a row'); END;
CREATE TRIGGER phase_coverage_delete_is_fixed BEFORE DELETE ON phase_coverage
WHEN (SELECT started_at_us FROM phase WHERE phase_id = OLD.phase_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a phase that has started cannot change; open a new phase'); END;

-- ---- Ranges of a namespace never overlap, so no unit is in two experiments of it ----

-- The claims in force: of the latest phase of each experiment that is not stopped.
CREATE VIEW namespace_claim AS
SELECT d.namespace, d.range_start, d.range_end, p.experiment_id, p.phase_id
FROM phase_design AS d
JOIN phase AS p ON p.phase_id = d.phase_id
JOIN experiment AS x ON x.experiment_id = p.experiment_id
WHERE d.namespace IS NOT NULL AND x.status <> 'stopped'
    AND NOT EXISTS (SELECT 1 FROM phase AS q WHERE q.experiment_id = p.experiment_id AND q.number > p.number);

CREATE TRIGGER phase_design_insert_claims_apart AFTER INSERT ON phase_design
WHEN NEW.namespace IS NOT NULL AND EXISTS (
    SELECT 1 FROM namespace_claim AS mine
    JOIN namespace_claim AS other ON other.namespace = mine.namespace AND other.experiment_id <> mine.experiment_id
    WHERE mine.phase_id = NEW.phase_id
        AND other.range_start < mine.range_end AND mine.range_start < other.range_end)
BEGIN SELECT RAISE(ABORT, 'experiments must not claim overlapping ranges of a namespace'); END;
CREATE TRIGGER phase_design_update_claims_apart AFTER UPDATE ON phase_design
WHEN NEW.namespace IS NOT NULL AND EXISTS (
    SELECT 1 FROM namespace_claim AS mine
    JOIN namespace_claim AS other ON other.namespace = mine.namespace AND other.experiment_id <> mine.experiment_id
    WHERE mine.phase_id = NEW.phase_id
        AND other.range_start < mine.range_end AND mine.range_start < other.range_end)
BEGIN SELECT RAISE(ABORT, 'experiments must not claim overlapping ranges of a namespace'); END;
CREATE TRIGGER experiment_update_claims_apart AFTER UPDATE ON experiment
WHEN OLD.status = 'stopped' AND NEW.status <> 'stopped' AND EXISTS (
    SELECT 1 FROM namespace_claim AS mine
    JOIN namespace_claim AS other ON other.namespace = mine.namespace AND other.experiment_id <> mine.experiment_id
    WHERE mine.experiment_id = NEW.experiment_id
        AND other.range_start < mine.range_end AND mine.range_start < other.range_end)
BEGIN SELECT RAISE(ABORT, 'experiments must not claim overlapping ranges of a namespace'); END;

-- ---- For reading ----

-- One row a phase: what decided, and from when. It ends where the next begins.
CREATE VIEW phases AS
SELECT
    x.name AS experiment, p.number AS phase, p.algorithm, p.seed, d.settings,
    strftime('%Y-%m-%dT%H:%M:%S', p.started_at_us / 1000000, 'unixepoch')
        || printf('.%06dZ', p.started_at_us % 1000000) AS started_at,
    coalesce((SELECT max(coverage) FROM phase_coverage AS c WHERE c.phase_id = p.phase_id), 1.0) AS coverage,
    d.namespace, d.range_start, d.range_end, d.holdout, d.holdout_share
FROM phase AS p
JOIN experiment AS x ON x.experiment_id = p.experiment_id
LEFT JOIN phase_design AS d ON d.phase_id = p.phase_id
ORDER BY p.experiment_id, p.number;

-- ---- Every change is counted, so that a server notices what another process changed ----

CREATE TRIGGER experiment_delete_is_counted AFTER DELETE ON experiment
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER variant_insert_is_counted AFTER INSERT ON variant
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER variant_update_is_counted AFTER UPDATE ON variant
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER variant_delete_is_counted AFTER DELETE ON variant
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER phase_delete_is_counted AFTER DELETE ON phase
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER metric_role_insert_is_counted AFTER INSERT ON metric_role
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER metric_role_update_is_counted AFTER UPDATE ON metric_role
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER metric_role_delete_is_counted AFTER DELETE ON metric_role
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER experiment_schedule_insert_is_counted AFTER INSERT ON experiment_schedule
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER experiment_schedule_update_is_counted AFTER UPDATE ON experiment_schedule
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER experiment_schedule_delete_is_counted AFTER DELETE ON experiment_schedule
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER phase_design_insert_is_counted AFTER INSERT ON phase_design
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER phase_design_update_is_counted AFTER UPDATE ON phase_design
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER phase_design_delete_is_counted AFTER DELETE ON phase_design
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER phase_coverage_insert_is_counted AFTER INSERT ON phase_coverage
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER phase_coverage_delete_is_counted AFTER DELETE ON phase_coverage
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER holdout_insert_is_counted AFTER INSERT ON holdout
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER holdout_update_is_counted AFTER UPDATE ON holdout
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER holdout_delete_is_counted AFTER DELETE ON holdout
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER unit_override_insert_is_counted AFTER INSERT ON unit_override
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER unit_override_update_is_counted AFTER UPDATE ON unit_override
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER unit_override_delete_is_counted AFTER DELETE ON unit_override
BEGIN UPDATE definition_version SET version = version + 1; END;
