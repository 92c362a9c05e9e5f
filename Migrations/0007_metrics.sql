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

-- ---- Views: which outcomes count in a metric, and what they make of a unit ---- All are made anew, so that the public ones
-- stay before the inner steps.
DROP VIEW counted_outcomes; DROP VIEW discarded_outcomes; DROP VIEW unit_metrics; DROP VIEW results;
DROP VIEW latest_phase; DROP VIEW phase_unit; DROP VIEW attributed_outcome; DROP VIEW unit_value;
DROP VIEW namespace_claim; DROP VIEW overlapping_claim;

CREATE VIEW counted_outcomes AS
-- One row an outcome and experiment in which it counts: at or after its unit's first exposure and the delay of its metric,
-- in its window, of a unit that is mature in it. What a derived metric takes of it is not said here.
SELECT
    a.outcome_id AS outcome, x.name AS experiment, v.name AS variant_id, a.unit_id, m.name AS metric, m.kind, a.value,
    a.timestamp_us,
    a.exposed_at_us                 -- its unit's first exposure
FROM attributed_outcome AS a
CROSS JOIN experiment_definition AS x ON x.experiment_id = a.experiment_id
CROSS JOIN variant_definition AS v ON v.variant_id = a.variant_id
CROSS JOIN metric_definition AS m ON m.metric_id = a.metric_id
WHERE a.reason IS NULL;

CREATE VIEW discarded_outcomes AS
-- One row an outcome and experiment in which it does not count, with the one reason why. Together with
-- counted_outcomes these are all outcomes: those of no experiment, whose unit was exposed nowhere, come last.
SELECT
    a.outcome_id AS outcome, x.name AS experiment, v.name AS variant_id, a.unit_id, m.name AS metric, m.kind, a.value,
    a.timestamp_us,
    a.reason                        -- the first that applies, in the order in which attributed_outcome tests them
FROM attributed_outcome AS a
CROSS JOIN experiment_definition AS x ON x.experiment_id = a.experiment_id
CROSS JOIN metric_definition AS m ON m.metric_id = a.metric_id
LEFT JOIN variant_definition AS v ON v.variant_id = a.variant_id
WHERE a.reason IS NOT NULL
UNION ALL
SELECT
    o.outcome_id, NULL, NULL, coalesce(o.user_id, o.session_id), m.name, m.kind, o.value, o.timestamp_us,
    CASE WHEN o.user_id IS NULL AND o.session_id IS NULL THEN 'no_unit' ELSE 'never_exposed' END
FROM outcome_log AS o CROSS JOIN metric_definition AS m ON m.metric_id = o.metric_id
WHERE o.experiment_id IS NULL
    AND (o.user_id IS NULL OR o.user_id NOT IN
        (SELECT unit_id FROM phase_unit WHERE unit = 'user' AND best_enrollment = 0))
    AND (o.session_id IS NULL OR o.session_id NOT IN
        (SELECT unit_id FROM phase_unit WHERE unit = 'session' AND best_enrollment = 0));

CREATE VIEW unit_metrics AS
-- One row a unit that counts in a metric of its experiment: its value, floor and cap applied; of a ratio its two parts. A
-- metric is there where any unit has an outcome of it that counts, a ratio where its denominator is.
WITH part AS MATERIALIZED (SELECT * FROM metric_value)
SELECT
    x.name AS experiment, v.name AS variant_id, CAST(CASE x.unit WHEN 'user' THEN e.user_id ELSE e.session_id END AS TEXT)
        AS unit_id,
    m.name AS metric, m.kind, y.value,
    y.outcomes,                             -- those that the value is made of
    y.numerator, y.denominator              -- of a ratio: the values of its parts; null of others
FROM (
    SELECT experiment_id, metric_id, variant_id, exposure_id, value, outcomes, NULL AS numerator, NULL AS denominator
    FROM part WHERE is_present
    UNION ALL
    SELECT d.experiment_id, r.metric_id, d.variant_id, d.exposure_id, NULL, d.outcomes + n.outcomes, n.value, d.value
    FROM metric_definition AS r
    CROSS JOIN part AS d ON d.metric_id = r.denominator_id AND d.is_present
    CROSS JOIN part AS n ON n.metric_id = r.numerator_id AND n.exposure_id = d.exposure_id
) AS y
CROSS JOIN experiment_definition AS x ON x.experiment_id = y.experiment_id
CROSS JOIN metric_definition AS m ON m.metric_id = y.metric_id
CROSS JOIN variant_definition AS v ON v.variant_id = y.variant_id
CROSS JOIN exposure_log AS e ON e.exposure_id = y.exposure_id;

CREATE VIEW results AS
-- One row an experiment, metric and variant. The units are those that count in the metric, also without an outcome: that is
-- a zero in mean and variance, unless the definition leaves it out. The variance is that of the sample, from squares around
-- the mean, so that nothing cancels.
WITH value AS MATERIALIZED (SELECT * FROM metric_value),
declared AS MATERIALIZED (  -- the variants of the phase, then any other with units
    SELECT experiment_id, variant_id, min(position) AS position, max(is_control) AS is_control
    FROM (
        SELECT p.experiment_id, w.variant_id, w.position, w.is_control
        FROM latest_phase AS p JOIN phase_variant AS w ON w.phase_id = p.phase_id
        UNION ALL
        SELECT DISTINCT experiment_id, variant_id, 1000000 + variant_id, 0      -- behind every declared position
        FROM phase_unit WHERE best_enrollment = 0 AND NOT is_crossover
    )
    GROUP BY experiment_id, variant_id
),
average AS MATERIALIZED (
    SELECT experiment_id, metric_id, variant_id, count(*) AS units, count(*) FILTER (WHERE outcomes > 0) AS units_with_outcome,
        total(value) AS sum, total(value) / count(*) AS mean
    FROM value WHERE is_present GROUP BY experiment_id, metric_id, variant_id
),
square AS MATERIALIZED (
    SELECT y.experiment_id, y.metric_id, y.variant_id, total((y.value - a.mean) * (y.value - a.mean)) AS sum
    FROM value AS y CROSS JOIN average AS a
        ON a.experiment_id = y.experiment_id AND a.metric_id = y.metric_id AND a.variant_id = y.variant_id
    GROUP BY y.experiment_id, y.metric_id, y.variant_id
),
pair AS MATERIALIZED (      -- a unit that counts in both parts of a ratio
    SELECT d.experiment_id, r.metric_id, d.variant_id, n.value AS above, d.value AS below, n.outcomes + d.outcomes AS outcomes
    FROM metric_definition AS r
    CROSS JOIN value AS d ON d.metric_id = r.denominator_id AND d.is_present
    CROSS JOIN value AS n ON n.metric_id = r.numerator_id AND n.exposure_id = d.exposure_id
),
ratio AS MATERIALIZED (
    SELECT experiment_id, metric_id, variant_id, count(*) AS units, count(*) FILTER (WHERE outcomes > 0) AS units_with_outcome,
        total(above) AS above, total(below) AS below, total(above) / nullif(total(below), 0) AS mean
    FROM pair GROUP BY experiment_id, metric_id, variant_id
),
deviation AS MATERIALIZED (     -- of the units from their variant's ratio: by the delta method its variance comes from them
    SELECT p.experiment_id, p.metric_id, p.variant_id, total((p.above - r.mean * p.below) * (p.above - r.mean * p.below)) AS sum
    FROM pair AS p CROSS JOIN ratio AS r
        ON r.experiment_id = p.experiment_id AND r.metric_id = p.metric_id AND r.variant_id = p.variant_id
    GROUP BY p.experiment_id, p.metric_id, p.variant_id
),
ranked AS (         -- what a quantile is taken over, in order
    SELECT experiment_id, metric_id, variant_id, value,
        CAST(round(quantile_level * 1e9) AS INTEGER) AS billionths,
        row_number() OVER (PARTITION BY experiment_id, metric_id, variant_id ORDER BY value) AS place,
        count(*) OVER (PARTITION BY experiment_id, metric_id, variant_id) AS count
    FROM (
        SELECT y.experiment_id, q.metric_id, y.variant_id, y.value, q.quantile_level
        FROM metric_definition AS q CROSS JOIN value AS y ON y.metric_id = q.of_metric_id AND y.is_present
        WHERE q.population = 'units' OR (q.population = 'units_with_outcome' AND y.outcomes > 0)
        UNION ALL
        SELECT o.experiment_id, q.metric_id, o.variant_id, o.value, q.quantile_level
        FROM metric_definition AS q CROSS JOIN metric_outcome AS o ON o.metric_id = q.of_metric_id AND o.is_mature
        WHERE q.population = 'events'
    )
),
quantile AS MATERIALIZED (      -- the smallest value that at least this share of them does not exceed
    SELECT experiment_id, metric_id, variant_id, CAST(value AS REAL) AS value FROM ranked
    WHERE place = (billionths * count + 999999999) / 1000000000
),
statistic AS (
    SELECT a.experiment_id, a.metric_id, a.variant_id, a.units, a.units_with_outcome, a.sum, a.mean,
        q.sum / nullif(a.units - 1, 0) AS variance, NULL AS numerator_sum, NULL AS denominator_sum
    FROM average AS a JOIN square AS q
        ON q.experiment_id = a.experiment_id AND q.metric_id = a.metric_id AND q.variant_id = a.variant_id
    UNION ALL
    SELECT r.experiment_id, r.metric_id, r.variant_id, r.units, r.units_with_outcome, NULL, r.mean,
        d.sum / nullif(r.units - 1, 0) / ((r.below / r.units) * (r.below / r.units)), r.above, r.below
    FROM ratio AS r LEFT JOIN deviation AS d
        ON d.experiment_id = r.experiment_id AND d.metric_id = r.metric_id AND d.variant_id = r.variant_id
    UNION ALL
    SELECT a.experiment_id, q.metric_id, a.variant_id,
        CASE q.population WHEN 'units_with_outcome' THEN a.units_with_outcome ELSE a.units END, a.units_with_outcome, NULL,
        (SELECT value FROM quantile AS k
         WHERE k.experiment_id = a.experiment_id AND k.metric_id = q.metric_id AND k.variant_id = a.variant_id),
        NULL, NULL, NULL
    FROM metric_definition AS q CROSS JOIN average AS a ON a.metric_id = q.of_metric_id WHERE q.kind = 'quantile'
)
SELECT
    x.name AS experiment, m.name AS metric, m.kind, v.name AS variant_id, d.is_control,
    coalesce(s.units, 0) AS units,                          -- analysed units that count in the metric
    coalesce(s.units_with_outcome, 0) AS units_with_outcome,        -- those of them with an outcome that counts
    CASE WHEN m.aggregation IS NOT NULL THEN coalesce(s.sum, 0.0) END AS sum,       -- of their values; null of the others
    s.mean,                                                 -- of a ratio: numerator_sum / denominator_sum; or the quantile
    s.variance,                                             -- of one unit; null below two units, and of a quantile
    s.numerator_sum, s.denominator_sum                      -- null of all but ratios
FROM (SELECT DISTINCT experiment_id, metric_id FROM statistic) AS k
CROSS JOIN declared AS d ON d.experiment_id = k.experiment_id
JOIN experiment_definition AS x ON x.experiment_id = k.experiment_id
JOIN metric_definition AS m ON m.metric_id = k.metric_id
JOIN variant_definition AS v ON v.variant_id = d.variant_id
LEFT JOIN statistic AS s
    ON s.experiment_id = k.experiment_id AND s.metric_id = k.metric_id AND s.variant_id = d.variant_id
ORDER BY k.experiment_id, m.name, m.kind, d.position;

CREATE VIEW latest_phase AS
-- Inner step. One row an experiment: its phase in force.
SELECT experiment_id, phase_id, max(number) AS number   -- the others are from the row with the highest number
FROM phase_definition GROUP BY experiment_id;

CREATE VIEW phase_unit AS
-- Inner step. One row a unit seen in its experiment's latest phase: its first enrolled exposure (smallest time, ties by
-- arrival), or why it has none. The time, the arrival and the variant, each padded with zeros, travel as one text
-- through min(), which thus picks one exposure; row_number() takes twice as long.
SELECT
    experiment_id, unit, CAST(unit_id AS TEXT) AS unit_id,
    best_enrollment,                                            -- as in exposure_log: 0 when any exposure is enrolled
    CAST(substr(first, 1, 18) AS INTEGER) AS exposed_at_us,
    CAST(substr(first, 19, 19) AS INTEGER) AS exposure_id,      -- also serves as the unit's number
    CAST(substr(first, 38) AS INTEGER) AS variant_id,
    exposures, is_crossover
FROM (
    SELECT
        p.experiment_id, x.unit, CASE x.unit WHEN 'user' THEN e.user_id ELSE e.session_id END AS unit_id,
        min(e.enrollment) AS best_enrollment,
        min(printf('%018d%019d%d', e.timestamp_us, e.exposure_id, e.variant_id))
            FILTER (WHERE e.enrollment = 0) AS first,
        count(*) FILTER (WHERE e.enrollment = 0) AS exposures,
        min(e.variant_id) FILTER (WHERE e.enrollment = 0) < max(e.variant_id) FILTER (WHERE e.enrollment = 0)
            AS is_crossover
    FROM exposure_log AS e
    JOIN latest_phase AS p ON p.phase_id = e.phase_id
    JOIN experiment_definition AS x ON x.experiment_id = p.experiment_id
    GROUP BY p.experiment_id, unit_id
)
WHERE unit_id IS NOT NULL;

CREATE VIEW log_end AS
-- Inner step. One row: the moment up to which the logs tell, just after their latest row that is not later than the clock.
SELECT 1 + max(
    (SELECT coalesce(max(timestamp_us), -1) FROM exposure_log WHERE timestamp_us <= clock.us),
    (SELECT coalesce(max(timestamp_us), -1) FROM outcome_log WHERE timestamp_us <= clock.us)
) AS us
FROM (SELECT CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER) AS us) AS clock;

CREATE VIEW attributed_outcome AS
-- Inner step. One row an outcome and experiment it belongs to, with the one reason why it is left out; null: it counts.
-- An outcome without an experiment belongs to every experiment in which its unit has an enrolled exposure.
WITH unit AS MATERIALIZED (SELECT * FROM phase_unit),
ending AS MATERIALIZED (SELECT us FROM log_end),
attributed AS (
    SELECT
        o.outcome_id, o.experiment_id, o.metric_id, o.value, o.timestamp_us, o.attributes,
        CASE x.unit WHEN 'user' THEN o.user_id ELSE o.session_id END AS unit_id,
        u.best_enrollment, u.exposed_at_us, u.exposure_id, u.variant_id, u.is_crossover
    FROM outcome_log AS o
    CROSS JOIN experiment_definition AS x ON x.experiment_id = o.experiment_id
    LEFT JOIN unit AS u
        ON u.unit_id = CASE x.unit WHEN 'user' THEN o.user_id ELSE o.session_id END
        AND u.experiment_id = o.experiment_id
    UNION ALL
    SELECT
        o.outcome_id, u.experiment_id, o.metric_id, o.value, o.timestamp_us, o.attributes, u.unit_id,
        u.best_enrollment, u.exposed_at_us, u.exposure_id, u.variant_id, u.is_crossover
    FROM outcome_log AS o
    CROSS JOIN (SELECT 'user' AS unit UNION ALL SELECT 'session') AS k
    CROSS JOIN unit AS u
        ON u.unit_id = CASE k.unit WHEN 'user' THEN o.user_id ELSE o.session_id END
        AND u.unit = k.unit AND u.best_enrollment = 0
    WHERE o.experiment_id IS NULL
)
SELECT
    a.outcome_id, a.experiment_id, a.metric_id, a.unit_id, a.exposure_id, a.variant_id, a.value, a.timestamp_us, a.attributes,
    a.exposed_at_us,
    CASE                            -- the first that applies
        WHEN a.unit_id IS NULL THEN 'no_unit'
        WHEN a.best_enrollment = 1 THEN 'override'
        WHEN a.best_enrollment = 2 THEN 'not_enrolled'
        WHEN a.best_enrollment = 3 THEN 'not_running'
        WHEN a.best_enrollment IS NULL THEN 'never_exposed'
        WHEN a.is_crossover THEN 'crossover'
        WHEN a.timestamp_us < a.exposed_at_us THEN 'before_exposure'
        WHEN a.timestamp_us < a.exposed_at_us + m.delay_us THEN 'before_window'
        WHEN a.timestamp_us >= a.exposed_at_us + m.delay_us + m.window_us THEN 'after_window'
        WHEN m.is_mature AND a.exposed_at_us + m.delay_us + m.window_us > (SELECT us FROM ending) THEN 'immature'
    END AS reason
FROM attributed AS a CROSS JOIN metric_definition AS m ON m.metric_id = a.metric_id;

CREATE VIEW metric_outcome AS
-- Inner step. One row an outcome and metric of its unit's values, its own or a derived one, in whose window it is and whose
-- filter takes it. It counts where the unit is mature in the metric.
WITH ending AS MATERIALIZED (SELECT us FROM log_end),
reading AS MATERIALIZED (       -- what is made of the outcomes recorded as a metric
    SELECT coalesce(of_metric_id, metric_id) AS recorded_id, metric_id, kind, aggregation, delay_us, window_us, is_mature,
        outcome_filter
    FROM metric_definition WHERE aggregation IS NOT NULL
)
SELECT
    a.outcome_id, a.experiment_id, m.metric_id, m.kind, m.aggregation, a.exposure_id, a.variant_id, a.value, a.timestamp_us,
    NOT m.is_mature OR a.exposed_at_us + m.delay_us + m.window_us <= (SELECT us FROM ending) AS is_mature
FROM attributed_outcome AS a CROSS JOIN reading AS m ON m.recorded_id = a.metric_id
WHERE (a.reason IS NULL OR a.reason IN ('before_window', 'after_window', 'immature'))
    AND a.timestamp_us >= a.exposed_at_us + m.delay_us
    AND (m.window_us IS NULL OR a.timestamp_us < a.exposed_at_us + m.delay_us + m.window_us)
    AND (m.outcome_filter IS NULL OR NOT EXISTS (       -- an attribute that it lacks, or has with another value
        SELECT 1 FROM json_each(m.outcome_filter) AS f WHERE NOT EXISTS (
            SELECT 1 FROM json_each(a.attributes) AS t JOIN json_each(f.value) AS w ON w.value = t.value
            WHERE t.key = f.key)));

CREATE VIEW unit_value AS
-- Inner step. One row a unit and metric with an outcome in its window: those outcomes as one value, before floor and cap. The
-- halves of an integer are summed apart, so that no sum can overflow.
SELECT
    experiment_id, metric_id, exposure_id, variant_id, is_mature, outcomes,
    CASE aggregation WHEN 'max' THEN CAST(peak AS REAL) WHEN 'last' THEN CAST(peak AS REAL) ELSE value END AS value
FROM (
    SELECT
        experiment_id, metric_id, exposure_id, variant_id, aggregation, is_mature, count(*) AS outcomes,
        value AS peak,  -- of the row where the following is largest: SQLite takes a bare column from there
        max(CASE aggregation WHEN 'last' THEN printf('%018d%019d', timestamp_us, outcome_id) ELSE value END),
        CASE aggregation
            WHEN 'any' THEN CAST(sum(value <> 0) > 0 AS REAL)
            WHEN 'count' THEN CAST(count(*) AS REAL)
            WHEN 'days' THEN CAST(count(DISTINCT CASE aggregation WHEN 'days' THEN timestamp_us / 86400000000 END) AS REAL)
            ELSE CASE kind
                WHEN 'numeric' THEN total(value)
                ELSE sum(value >> 32) * 4294967296.0 + sum(value & 4294967295)
            END / CASE aggregation WHEN 'mean' THEN count(*) ELSE 1 END
        END AS value
    FROM metric_outcome
    GROUP BY experiment_id, metric_id, exposure_id
);

CREATE VIEW metric_unit AS
-- Inner step. One row a unit that counts in a metric: its value, 0 without an outcome, floor applied. The numerator of a
-- ratio is there too where only the denominator has outcomes; is_present tells.
WITH own AS MATERIALIZED (SELECT * FROM unit_value),
ending AS MATERIALIZED (SELECT us FROM log_end),
present AS (SELECT experiment_id, metric_id, max(is_mature) AS is_present FROM own GROUP BY experiment_id, metric_id),
needed AS MATERIALIZED (
    SELECT experiment_id, metric_id, max(is_present) AS is_present
    FROM (
        SELECT experiment_id, metric_id, is_present FROM present
        UNION ALL
        SELECT p.experiment_id, r.numerator_id, 0
        FROM metric_definition AS r JOIN present AS p ON p.metric_id = r.denominator_id
    )
    GROUP BY experiment_id, metric_id
)
SELECT
    k.experiment_id, k.metric_id, k.is_present, u.variant_id, u.exposure_id, coalesce(y.outcomes, 0) AS outcomes,
    CASE WHEN m.aggregation <> 'any' AND coalesce(y.value, 0.0) < m.floor THEN m.floor ELSE coalesce(y.value, 0.0) END AS value
FROM needed AS k
CROSS JOIN metric_definition AS m ON m.metric_id = k.metric_id
CROSS JOIN phase_unit AS u ON u.experiment_id = k.experiment_id AND u.best_enrollment = 0 AND NOT u.is_crossover
LEFT JOIN own AS y ON y.exposure_id = u.exposure_id AND y.metric_id = k.metric_id
WHERE (NOT m.is_mature OR u.exposed_at_us + m.delay_us + m.window_us <= (SELECT us FROM ending))
    AND (m.absent = 'zero' OR y.outcomes > 0);

CREATE VIEW metric_value AS
-- Inner step. One row a unit that counts in a metric: its value, floor and cap applied. A cap that is a percentile is that of
-- the values of all variants together: the one of rank ⌈level · count⌉, in integers.
WITH counted AS MATERIALIZED (SELECT * FROM metric_unit),
ranked AS (
    SELECT y.experiment_id, y.metric_id, y.value, CAST(round(m.cap_level * 1e9) AS INTEGER) AS billionths,
        row_number() OVER (PARTITION BY y.experiment_id, y.metric_id ORDER BY y.value) AS place,
        count(*) OVER (PARTITION BY y.experiment_id, y.metric_id) AS count
    FROM metric_definition AS m CROSS JOIN counted AS y ON y.metric_id = m.metric_id
    WHERE m.cap_level IS NOT NULL AND (NOT m.cap_nonzero OR y.value <> 0)
),
percentile AS MATERIALIZED (
    SELECT experiment_id, metric_id, value FROM ranked WHERE place = (billionths * count + 999999999) / 1000000000
)
SELECT
    y.experiment_id, y.metric_id, y.is_present, y.variant_id, y.exposure_id, y.outcomes,
    CASE WHEN m.aggregation <> 'any' AND y.value > coalesce(m.cap, p.value) THEN coalesce(m.cap, p.value) ELSE y.value END
        AS value
FROM counted AS y
CROSS JOIN metric_definition AS m ON m.metric_id = y.metric_id
LEFT JOIN percentile AS p ON p.experiment_id = y.experiment_id AND p.metric_id = y.metric_id;

CREATE VIEW namespace_claim AS
-- Inner step. One row a claim in force: of the latest phase of an experiment that is not stopped.
SELECT p.namespace, p.range_start, p.range_end, p.experiment_id, p.phase_id
FROM phase_definition AS p
JOIN experiment_definition AS x ON x.experiment_id = p.experiment_id
WHERE p.namespace IS NOT NULL AND x.status <> 'stopped'
    AND NOT EXISTS (SELECT 1 FROM phase_definition AS q WHERE q.experiment_id = p.experiment_id AND q.number > p.number);

CREATE VIEW overlapping_claim AS
-- Inner step. One row a claim and another experiment's claim of the same units; the triggers see to it that none stays.
SELECT mine.experiment_id, mine.phase_id, other.experiment_id AS other_experiment_id
FROM namespace_claim AS mine
JOIN namespace_claim AS other ON other.namespace = mine.namespace AND other.experiment_id <> mine.experiment_id
WHERE other.range_start < mine.range_end AND mine.range_start < other.range_end;
