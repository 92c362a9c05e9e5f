-- What an experiment is planned to find, and what every night saw of it.

-- Read by the rules that say when to decide; without a row there is no target.
CREATE TABLE experiment_plan (
    experiment_id   INTEGER PRIMARY KEY REFERENCES experiment,
    units           INTEGER CHECK (units >= 2),     -- analysed units of all variants at which it is complete; null: none set
    minimum_lift    REAL                            -- the smallest relative change of the first goal that matters; null: any
                    CHECK (minimum_lift > 0 AND minimum_lift < 1),
    CHECK (units IS NOT NULL OR minimum_lift IS NOT NULL)
) STRICT;

CREATE TRIGGER experiment_plan_insert_is_counted AFTER INSERT ON experiment_plan
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER experiment_plan_update_is_counted AFTER UPDATE ON experiment_plan
BEGIN UPDATE definition_version SET version = version + 1; END;
CREATE TRIGGER experiment_plan_delete_is_counted AFTER DELETE ON experiment_plan
BEGIN UPDATE definition_version SET version = version + 1; END;

-- ---- Nights: what the nightly report saw, once a date ----
--
-- A night is stored once and never changed, whatever arrives later: p-values that may be looked at every night hold for
-- what was seen. Only the results of a metric that a night did not know can be added to it, by reading the logs again
-- as of that night.

CREATE TABLE night (
    night_id        INTEGER PRIMARY KEY,
    date            TEXT    NOT NULL UNIQUE         -- the last day it covers, in UTC
                    CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    as_of_us        INTEGER NOT NULL,               -- the end of that day: rows from then on were left out
    last_exposure   INTEGER NOT NULL,               -- number of the last row of the logs that was there
    last_outcome    INTEGER NOT NULL,
    crossovers      TEXT    NOT NULL                -- what became of units seen in several variants
                    CHECK (crossovers IN ('exclude', 'first')),
    confidence      REAL    NOT NULL,               -- the coverage of the intervals its decisions rest on
    stored_at_us    INTEGER NOT NULL                -- when it was stored; for a missed night, days later
) STRICT;

-- An experiment on a night, in the phase that was its latest.
CREATE TABLE night_experiment (
    night_id        INTEGER NOT NULL REFERENCES night,
    experiment_id   INTEGER NOT NULL REFERENCES experiment,
    phase_id        INTEGER NOT NULL REFERENCES phase,
    status          TEXT    NOT NULL,               -- of the experiment when the night was stored
    units_exposed   INTEGER NOT NULL,
    units_crossover INTEGER NOT NULL,
    outcomes        INTEGER NOT NULL,
    outcomes_kept   INTEGER NOT NULL,
    sample_ratio_p_value REAL,                      -- null: too few units
    decision        TEXT    NOT NULL,               -- what the rules said
    decision_variant_id INTEGER REFERENCES variant, -- about which treatment; null: about none in particular
    alarms          TEXT    NOT NULL,               -- JSON array of the names of what was wrong
    PRIMARY KEY (experiment_id, night_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE night_variant (
    night_id        INTEGER NOT NULL REFERENCES night,
    experiment_id   INTEGER NOT NULL REFERENCES experiment,
    variant_id      INTEGER NOT NULL REFERENCES variant,
    is_control      INTEGER NOT NULL CHECK (is_control IN (0, 1)),
    units           INTEGER NOT NULL,               -- analysed units
    PRIMARY KEY (experiment_id, night_id, variant_id)
) STRICT, WITHOUT ROWID;

-- Everything a comparison needs, so that its intervals and p-values can be computed again.
CREATE TABLE night_result (
    night_id        INTEGER NOT NULL REFERENCES night,
    experiment_id   INTEGER NOT NULL REFERENCES experiment,
    metric_id       INTEGER NOT NULL REFERENCES metric,
    variant_id      INTEGER NOT NULL REFERENCES variant,
    aggregation     TEXT    NOT NULL,               -- how the outcomes of a unit became its one value that night
    units_with_outcome INTEGER NOT NULL,
    sum             REAL    NOT NULL,
    mean            REAL    NOT NULL,               -- over all units of the variant, zeros included
    variance        REAL,                           -- sample variance; null below two units
    skewness        REAL    NOT NULL,               -- of the values of all variants' units around their variant's mean
    PRIMARY KEY (experiment_id, metric_id, night_id, variant_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER night_is_never_changed BEFORE UPDATE ON night
BEGIN SELECT RAISE(ABORT, 'a night is stored once'); END;
CREATE TRIGGER night_experiment_is_never_changed BEFORE UPDATE ON night_experiment
BEGIN SELECT RAISE(ABORT, 'a night is stored once'); END;
CREATE TRIGGER night_variant_is_never_changed BEFORE UPDATE ON night_variant
BEGIN SELECT RAISE(ABORT, 'a night is stored once'); END;
CREATE TRIGGER night_result_is_never_changed BEFORE UPDATE ON night_result
BEGIN SELECT RAISE(ABORT, 'a night is stored once'); END;

-- ---- For reading ----

-- One row a night, experiment, metric and variant: how the results came about.
CREATE VIEW nightly_results AS
SELECT
    n.date, x.name AS experiment, p.number AS phase, m.name AS metric, m.kind, v.name AS variant_id, u.is_control,
    u.units, r.units_with_outcome, r.sum, r.mean, r.variance
FROM night_result AS r
JOIN night AS n ON n.night_id = r.night_id
JOIN night_experiment AS e ON e.experiment_id = r.experiment_id AND e.night_id = r.night_id
JOIN night_variant AS u
    ON u.experiment_id = r.experiment_id AND u.night_id = r.night_id AND u.variant_id = r.variant_id
JOIN experiment AS x ON x.experiment_id = r.experiment_id
JOIN phase AS p ON p.phase_id = e.phase_id
JOIN metric AS m ON m.metric_id = r.metric_id
JOIN variant AS v ON v.variant_id = r.variant_id;

-- One row a night and experiment: what was decided, and what was wrong.
CREATE VIEW nightly_decisions AS
SELECT
    n.date, x.name AS experiment, p.number AS phase, e.status, e.decision, v.name AS variant_id, e.alarms,
    e.units_exposed, e.units_crossover, e.outcomes, e.outcomes_kept
FROM night_experiment AS e
JOIN night AS n ON n.night_id = e.night_id
JOIN experiment AS x ON x.experiment_id = e.experiment_id
JOIN phase AS p ON p.phase_id = e.phase_id
LEFT JOIN variant AS v ON v.variant_id = e.decision_variant_id;
