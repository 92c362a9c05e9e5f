-- Metrics that are derived from what others recorded, ratios and quantiles. The table is made anew, since a CHECK cannot be
-- changed; what refers to it refers to the same numbers.
CREATE TABLE metric_definition_before AS SELECT * FROM metric_definition;
DROP TABLE metric_definition;
CREATE TABLE metric_definition (
    -- One row a metric: a name and a kind; a name recorded with two kinds is two metrics. The rest is how analysis reads
    -- it, and may change: the log stays as it is. A ratio and a quantile are computed from other metrics of this table,
    -- and have none of what makes outcomes a value.
    metric_id       INTEGER PRIMARY KEY,            -- internal number, in order of first appearance
    name            TEXT    NOT NULL CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 128),
    kind            TEXT    NOT NULL                -- the type of its values; or what it computes from other metrics
                    CHECK (kind IN ('bool', 'numeric', 'count', 'ratio', 'quantile')),
    direction       TEXT    NOT NULL DEFAULT 'increase'     -- which way it should move
                    CHECK (direction IN ('increase', 'decrease')),
    aggregation     TEXT                            -- how the outcomes of a unit become its one value
                    CHECK (aggregation IN ('any', 'sum', 'mean', 'count', 'max', 'last', 'days')),
    of_metric_id    INTEGER REFERENCES metric_definition,   -- whose outcomes it is derived from; whose quantile it is;
                                                    -- null: its outcomes are recorded under its own name
    outcome_filter  TEXT                            -- JSON object: each attribute that an outcome must have, with the array
                    CHECK (outcome_filter LIKE '{%}'),      -- of the texts it can be; null: every outcome is taken
    delay_us        INTEGER NOT NULL DEFAULT 0      -- outcomes count from first exposure + delay on
                    CHECK (delay_us >= 0),
    window_us       INTEGER CHECK (window_us > 0),  -- and before first exposure + delay + window; null: for ever
    is_mature       INTEGER NOT NULL DEFAULT 0      -- 1: only units whose window is over count
                    CHECK (is_mature IN (0, 1)),
    absent          TEXT    NOT NULL DEFAULT 'zero' -- a unit without an outcome that counts: its value is 0; or it is
                    CHECK (absent IN ('zero', 'exclude')),  -- no unit of the metric
    floor           REAL                            -- a unit's smaller value becomes the floor (not with any)
                    CHECK (floor BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308),
    cap             REAL    CHECK (cap >= 0),       -- a unit's larger value becomes the cap (not with any)
    cap_level       REAL                            -- instead of cap: the quantile of the values of all its units, of all
                    CHECK (cap_level > 0 AND cap_level < 1),        -- variants, at this level; at most 9 decimal places
    cap_nonzero     INTEGER NOT NULL DEFAULT 0      -- 1: only of those values that are not 0
                    CHECK (cap_nonzero IN (0, 1)),
    numerator_id    INTEGER REFERENCES metric_definition,   -- of a ratio: whose values' sum is above
    denominator_id  INTEGER REFERENCES metric_definition,   -- of a ratio: whose values' sum is below
    quantile_level  REAL                            -- of a quantile: which one; at most 9 decimal places
                    CHECK (quantile_level > 0 AND quantile_level < 1),
    population      TEXT                            -- of a quantile: what it is taken over
                    CHECK (population IN ('units', 'units_with_outcome', 'events')),
    UNIQUE (name, kind),
    CHECK ((aggregation IS NULL) = (kind IN ('ratio', 'quantile'))),
    CHECK ((kind = 'ratio') = (numerator_id IS NOT NULL) AND (kind = 'ratio') = (denominator_id IS NOT NULL)),
    CHECK ((kind = 'quantile') = (quantile_level IS NOT NULL) AND (kind = 'quantile') = (population IS NOT NULL)),
    CHECK (CASE kind WHEN 'quantile' THEN of_metric_id IS NOT NULL WHEN 'ratio' THEN of_metric_id IS NULL ELSE 1 END),
    CHECK (outcome_filter IS NULL OR of_metric_id IS NOT NULL AND aggregation IS NOT NULL),
    CHECK (is_mature = 0 OR window_us IS NOT NULL),
    CHECK (cap IS NULL OR cap_level IS NULL),
    CHECK (NOT (kind = 'bool' AND aggregation = 'max'))
) STRICT;
-- What was not said of a metric has the defaults of now: a unit whose window is not over is not one without an outcome, and
-- a lost measurement is no 0.
INSERT INTO metric_definition (metric_id, name, kind, direction, aggregation, window_us, is_mature, absent, cap)
SELECT
    metric_id, name, kind, direction, aggregation, window_us, window_us IS NOT NULL,
    CASE aggregation WHEN 'mean' THEN 'exclude' ELSE 'zero' END, cap
FROM metric_definition_before;
DROP TABLE metric_definition_before;

-- A metric that outcomes bring along changes no definition; how metrics are read is one.
CREATE TRIGGER metric_insert AFTER INSERT ON metric_definition WHEN NEW.of_metric_id IS NOT NULL BEGIN INSERT INTO definition_change VALUES (NULL); END;
CREATE TRIGGER metric_update AFTER UPDATE ON metric_definition BEGIN INSERT INTO definition_change VALUES (NULL); END;
