-- Experiments in one file.
--
-- Definitions say what may happen; two append-only logs, exposure and outcome, say what did. Nothing here decides which
-- outcome counts: the views of the next script do, so it can be re-decided at any time.
--
-- Times are microseconds since 1970 UTC, in columns that end in _us. Ids and names are bytes, compared exactly.

CREATE TABLE experiment (
    experiment_id   INTEGER PRIMARY KEY,            -- internal number, in order of definition
    name            TEXT    NOT NULL UNIQUE         -- the experiment's id in the API
                    CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 128),
    unit            TEXT    NOT NULL                -- who is counted, and by which id they are assigned
                    CHECK (unit IN ('user', 'session')),
    status          TEXT    NOT NULL                -- draft, running or stopped; the times below agree with it
                    CHECK (status IN ('draft', 'running', 'stopped')),
    created_at_us   INTEGER NOT NULL,               -- when it was defined
    started_at_us   INTEGER,                        -- when it last started; null for a draft
    stopped_at_us   INTEGER,                        -- when it stopped; null unless stopped
    winner          TEXT,                           -- the variant everybody gets after the stop; null: the control
    CHECK ((status = 'draft') = (started_at_us IS NULL)),
    CHECK ((status = 'stopped') = (stopped_at_us IS NOT NULL)),
    CHECK (winner IS NULL OR status = 'stopped'),
    FOREIGN KEY (experiment_id, winner) REFERENCES variant (experiment_id, name) DEFERRABLE INITIALLY DEFERRED
) STRICT;

-- Every variant an experiment ever had, so that an exposure to a variant of an earlier phase still has a name.
CREATE TABLE variant (
    variant_id      INTEGER PRIMARY KEY,            -- internal number
    experiment_id   INTEGER NOT NULL REFERENCES experiment,
    name            TEXT    NOT NULL                -- the variant's id in the API
                    CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 128),
    UNIQUE (experiment_id, name)
) STRICT;

-- A phase is one setting of an experiment's weights. Once started it never changes: a new phase is the only way.
CREATE TABLE phase (
    phase_id        INTEGER PRIMARY KEY,            -- internal number
    experiment_id   INTEGER NOT NULL REFERENCES experiment,
    number          INTEGER NOT NULL CHECK (number >= 1),   -- 1, 2, … within its experiment; the highest is in force
    algorithm       TEXT    NOT NULL,               -- name of the hash that assigns its units
    seed            TEXT    NOT NULL,               -- what that hash puts before the unit's id; the experiment's name
                                                    -- keeps everybody's variant, another text shuffles them
    started_at_us   INTEGER,                        -- null until the experiment runs
    UNIQUE (experiment_id, number)
) STRICT;

CREATE TABLE phase_variant (
    phase_id        INTEGER NOT NULL REFERENCES phase,
    position        INTEGER NOT NULL CHECK (position >= 0), -- the order in which assignment walks the weights
    variant_id      INTEGER NOT NULL REFERENCES variant,
    weight          REAL    NOT NULL CHECK (weight >= 0 AND weight < 9e999), -- relative to the phase's other weights
    is_control      INTEGER NOT NULL CHECK (is_control IN (0, 1)),           -- 1: the others are compared with it
    PRIMARY KEY (phase_id, position),
    UNIQUE (phase_id, variant_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX phase_variant_one_control ON phase_variant (phase_id) WHERE is_control = 1;

CREATE TRIGGER phase_started_is_fixed BEFORE UPDATE ON phase WHEN OLD.started_at_us IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a phase that has started cannot change; open a new phase'); END;
CREATE TRIGGER phase_started_is_kept BEFORE DELETE ON phase WHEN OLD.started_at_us IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a phase that has started cannot be deleted'); END;
CREATE TRIGGER phase_variant_insert_is_fixed BEFORE INSERT ON phase_variant
WHEN (SELECT started_at_us FROM phase WHERE phase_id = NEW.phase_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a phase that has started cannot change; open a new phase'); END;
CREATE TRIGGER phase_variant_update_is_fixed BEFORE UPDATE ON phase_variant
WHEN (SELECT started_at_us FROM phase WHERE phase_id = OLD.phase_id) IS NOT NULL
  OR (SELECT started_at_us FROM phase WHERE phase_id = NEW.phase_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a phase that has started cannot change; open a new phase'); END;
CREATE TRIGGER phase_variant_delete_is_fixed BEFORE DELETE ON phase_variant
WHEN (SELECT started_at_us FROM phase WHERE phase_id = OLD.phase_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a phase that has started cannot change; open a new phase'); END;

-- Counts the changes to experiments, variants and phases, so that a server notices what another process changed.
CREATE TABLE definition_version (
    only_row        INTEGER PRIMARY KEY CHECK (only_row = 1),
    version         INTEGER NOT NULL
) STRICT;
INSERT INTO definition_version VALUES (1, 1);

CREATE TRIGGER experiment_insert_is_counted AFTER INSERT ON experiment
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER experiment_update_is_counted AFTER UPDATE ON experiment
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER phase_insert_is_counted AFTER INSERT ON phase
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER phase_update_is_counted AFTER UPDATE ON phase
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER phase_variant_insert_is_counted AFTER INSERT ON phase_variant
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER phase_variant_update_is_counted AFTER UPDATE ON phase_variant
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER phase_variant_delete_is_counted AFTER DELETE ON phase_variant
BEGIN UPDATE definition_version SET version = version + 1; END;

-- A metric is a name and a kind; one name recorded with two kinds is two metrics. The rest is how analysis reads it,
-- and may change: the log stays as it is.
CREATE TABLE metric (
    metric_id       INTEGER PRIMARY KEY,            -- internal number, in order of first appearance
    name            TEXT    NOT NULL
                    CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 128),
    kind            TEXT    NOT NULL                -- the type of its values
                    CHECK (kind IN ('bool', 'numeric', 'count')),
    aggregation     TEXT    NOT NULL                -- how the outcomes of a unit become its one value
                    CHECK (aggregation IN ('any', 'sum', 'mean', 'count')),
    window_us       INTEGER CHECK (window_us > 0),  -- an outcome counts before first exposure + window; null: for ever
    cap             REAL    CHECK (cap >= 0),       -- a unit's larger value becomes the cap (not with any)
    direction       TEXT    NOT NULL DEFAULT 'increase'     -- which way it should move
                    CHECK (direction IN ('increase', 'decrease')),
    UNIQUE (name, kind)
) STRICT;

-- What a metric is for in an experiment.
CREATE TABLE metric_role (
    experiment_id   INTEGER NOT NULL REFERENCES experiment,
    role            TEXT    NOT NULL CHECK (role IN ('goal', 'guardrail')),
    position        INTEGER NOT NULL CHECK (position >= 0), -- the most important first
    metric          TEXT    NOT NULL,               -- the metric's name; it need not have been recorded yet
    margin          REAL    CHECK (margin >= 0 AND margin < 1),     -- of a guardrail: the relative loss accepted
    PRIMARY KEY (experiment_id, role, position),
    CHECK ((role = 'guardrail') = (margin IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- A unit was shown a variant. Append-only, in order of arrival; repeats, late and out-of-order rows are all here.
CREATE TABLE exposure (
    exposure_id     INTEGER PRIMARY KEY,            -- order of arrival; settles ties between equal times
    phase_id        INTEGER NOT NULL REFERENCES phase,      -- the phase in force when it arrived, whatever its time
    variant_id      INTEGER NOT NULL REFERENCES variant,    -- what was shown
    enrollment      INTEGER NOT NULL                -- 0 enrolled; left out: 1 override, 2 not enrolled, 3 not running
                    CHECK (enrollment BETWEEN 0 AND 3),
    timestamp_us    INTEGER NOT NULL                -- when it was shown
                    CHECK (timestamp_us BETWEEN 0 AND 253402300799999999),
    user_id         TEXT,                           -- null when unknown
    session_id      TEXT,                           -- null when unknown
    attributes      TEXT,                           -- JSON object of facts about the unit; null: none
    id              TEXT                            -- the caller's id of this record, so that a retry adds nothing
) STRICT;

-- Rows without an id cost this index nothing. There is no index on units or times: keeping one on random keys costs
-- eight times the insert rate, and analysis reads the whole log in one pass anyway.
CREATE UNIQUE INDEX exposure_id_once ON exposure (id) WHERE id IS NOT NULL;

-- Something was measured about a unit. Append-only, in order of arrival; whether it counts is decided by the views.
CREATE TABLE outcome (
    outcome_id      INTEGER PRIMARY KEY,            -- order of arrival
    experiment_id   INTEGER REFERENCES experiment,  -- null: counts wherever its unit was exposed
    metric_id       INTEGER NOT NULL REFERENCES metric,
    value           ANY     NOT NULL                -- bool: 0 or 1; count: integer; numeric: real
                    CHECK (typeof(value) IN ('integer', 'real')),
    timestamp_us    INTEGER NOT NULL                -- when it happened
                    CHECK (timestamp_us BETWEEN 0 AND 253402300799999999),
    user_id         TEXT,                           -- null when unknown
    session_id      TEXT,                           -- null when unknown
    attributes      TEXT,                           -- JSON object of facts about the outcome; null: none
    id              TEXT                            -- the caller's id of this record, so that a retry adds nothing
) STRICT;

CREATE UNIQUE INDEX outcome_id_once ON outcome (id) WHERE id IS NOT NULL;

CREATE TRIGGER exposure_is_never_changed BEFORE UPDATE ON exposure
BEGIN SELECT RAISE(ABORT, 'exposures are append-only'); END;
CREATE TRIGGER exposure_is_never_deleted BEFORE DELETE ON exposure
BEGIN SELECT RAISE(ABORT, 'exposures are append-only'); END;
CREATE TRIGGER outcome_is_never_changed BEFORE UPDATE ON outcome
BEGIN SELECT RAISE(ABORT, 'outcomes are append-only'); END;
CREATE TRIGGER outcome_is_never_deleted BEFORE DELETE ON outcome
BEGIN SELECT RAISE(ABORT, 'outcomes are append-only'); END;

-- How far each writer got, written with every batch: after a failed commit it tells whether the batch is here.
CREATE TABLE writer (
    writer          INTEGER PRIMARY KEY,            -- one running process
    batch           INTEGER NOT NULL                -- the number of its last batch in this file
) STRICT;

-- Files imported, so that an interrupted import continues where it ended and a finished one adds nothing again.
CREATE TABLE import (
    digest          TEXT    PRIMARY KEY,            -- of the whole input and of what it was read as
    rows            INTEGER NOT NULL,               -- records read and settled so far, the refused ones included
    is_complete     INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
    updated_at_us   INTEGER NOT NULL
) STRICT;
