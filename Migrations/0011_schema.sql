-- Experiments in one SQLite file: the schema of a new file. It is number 11; the ten before were never released.
-- Definitions say what may happen, two append-only logs say what did. Nothing stored decides which outcome counts: the
-- views do, so that can be decided anew at any time. `.schema` prints the statements of this file in this order, but not
-- the comments between them: what a reader must know stands inside each CREATE.

-- ---- Public views: their names and columns stay ---- CROSS JOIN puts the log outside, what is looked up inside. The lines
-- `--   column: meaning` of a view are the rows of the view columns.
CREATE VIEW columns AS
-- One row a column of a public view: the lines at the top of each CREATE. The tables and the inner steps are left out.
--   view: the public view
--   column: its column
--   meaning: what the column holds, and in which unit
WITH RECURSIVE line (place, view, text, rest) AS (
    SELECT rowid, name, '', sql || char(10) FROM sqlite_schema WHERE type = 'view' AND sql LIKE '%--   %: %'
    UNION ALL
    SELECT place, view, substr(rest, 1, instr(rest, char(10)) - 1), substr(rest, instr(rest, char(10)) + 1)
    FROM line WHERE rest <> ''
    ORDER BY 1                      -- a view's lines stay together, and in their order
)
SELECT view, substr(text, 6, instr(text, ': ') - 6) AS column, substr(text, instr(text, ': ') + 2) AS meaning
FROM line WHERE text LIKE '--   %: %';

CREATE VIEW experiments AS
-- One row an experiment, in the order in which they were defined. None is left out.
--   experiment: its id in the API
--   status: draft, running or stopped
--   unit: who is counted, and by which id units are assigned: user or session
--   phase: number of the phase in force; results are by phase
--   started_at: when it last started, UTC; null for a draft
--   stopped_at: when it stopped, UTC; null unless stopped
--   winner: the variant that everybody gets after the stop; null: the control
SELECT
    x.name AS experiment,
    x.status,
    x.unit,
    p.number AS phase,
    strftime('%Y-%m-%dT%H:%M:%S', x.started_at_us / 1000000, 'unixepoch')
        || printf('.%06dZ', x.started_at_us % 1000000) AS started_at,
    strftime('%Y-%m-%dT%H:%M:%S', x.stopped_at_us / 1000000, 'unixepoch')
        || printf('.%06dZ', x.stopped_at_us % 1000000) AS stopped_at,
    x.winner
FROM experiment_definition AS x JOIN latest_phase AS p ON p.experiment_id = x.experiment_id
ORDER BY x.experiment_id;

CREATE VIEW variants AS
-- One row a variant of an experiment's latest phase, in the order in which assignment walks the weights. Variants that only
-- earlier phases had are left out.
--   experiment: the experiment's id
--   phase: number of the phase
--   variant_id: the variant's id
--   weight: its share of the units, relative to the other weights
--   is_control: 1: the others are compared with it
SELECT
    x.name AS experiment, p.number AS phase, v.name AS variant_id,
    w.weight,
    w.is_control
FROM latest_phase AS p
JOIN experiment_definition AS x ON x.experiment_id = p.experiment_id
JOIN phase_variant AS w ON w.phase_id = p.phase_id
JOIN variant_definition AS v ON v.variant_id = w.variant_id
ORDER BY x.experiment_id, w.position;

CREATE VIEW phases AS
-- One row a phase of an experiment: what assigned its units, and from when. It ends where the next one begins. No phase is
-- left out.
--   experiment: the experiment's id
--   phase: number of the phase, from 1
--   algorithm: name of the hash that assigned its units
--   seed: what that hash puts before the unit's id
--   settings: JSON object that the algorithm needs beside the seed; null: none
--   started_at: when it began, UTC; null until the experiment runs
--   coverage: share of the units that take part, 0 to 1; the largest that the phase had
--   namespace: the namespace whose range the phase takes; null: none, all units
--   range_start: start of that range, included; 0 to 1
--   range_end: end of that range, excluded; 0 to 1
--   holdout: name of the holdout that its units are taken from; null: none
--   holdout_share: share of the units that the holdout keeps
SELECT
    x.name AS experiment, p.number AS phase, p.algorithm, p.seed, p.settings,
    strftime('%Y-%m-%dT%H:%M:%S', p.started_at_us / 1000000, 'unixepoch')
        || printf('.%06dZ', p.started_at_us % 1000000) AS started_at,
    coalesce((SELECT max(coverage) FROM phase_coverage AS c WHERE c.phase_id = p.phase_id), 1.0) AS coverage,
    p.namespace, p.range_start, p.range_end, p.holdout, p.holdout_share
FROM phase_definition AS p
JOIN experiment_definition AS x ON x.experiment_id = p.experiment_id
ORDER BY p.experiment_id, p.number;

CREATE VIEW runs AS
-- One row a run of an experiment. An exposure that does not say whether its unit took part is enrolled in a run, and not_running
-- outside of all.
--   experiment: the experiment's id
--   run: number of the run, from 1
--   started_at: when it began, UTC; null: it has no beginning, since the experiment was defined as running
--   stopped_at: when it ended, excluded, UTC; null: it has no end yet
SELECT
    x.name AS experiment, r.number AS run,
    strftime('%Y-%m-%dT%H:%M:%S', r.started_at_us / 1000000, 'unixepoch')
        || printf('.%06dZ', r.started_at_us % 1000000) AS started_at,
    strftime('%Y-%m-%dT%H:%M:%S', r.stopped_at_us / 1000000, 'unixepoch')
        || printf('.%06dZ', r.stopped_at_us % 1000000) AS stopped_at
FROM experiment_run AS r JOIN experiment_definition AS x ON x.experiment_id = r.experiment_id
ORDER BY r.experiment_id, r.number;

CREATE VIEW exposures AS
-- One row a logged exposure, with names for numbers. None is left out: repeats, late rows and those that do not count are here.
--   exposure: its place in the log
--   experiment: the experiment's id
--   phase: number of the phase that its record names, else of the one in force at its time
--   variant_id: what was shown
--   user_id: the user; null when unknown
--   session_id: the session; null when unknown
--   enrollment: enrolled, override, not_enrolled or not_running, as its record says or else runs; only enrolled makes a unit
--   timestamp: when it was shown, UTC
--   timestamp_us: the same in microseconds since 1970
--   attributes: JSON object of facts about the unit at that time; null: none
--   id: the caller's id of the record, such as an order's, which makes a retry safe; null: none
SELECT
    e.exposure_id AS exposure,
    x.name AS experiment, p.number AS phase, v.name AS variant_id, e.user_id, e.session_id,
    CASE e.enrollment
        WHEN 0 THEN 'enrolled' WHEN 1 THEN 'override' WHEN 2 THEN 'not_enrolled' ELSE 'not_running'
    END AS enrollment,
    strftime('%Y-%m-%dT%H:%M:%S', e.timestamp_us / 1000000, 'unixepoch')
        || printf('.%06dZ', e.timestamp_us % 1000000) AS timestamp,
    e.timestamp_us, e.attributes,
    e.id
FROM decided_exposure AS e
CROSS JOIN phase_definition AS p ON p.phase_id = e.phase_id
CROSS JOIN experiment_definition AS x ON x.experiment_id = e.experiment_id
CROSS JOIN variant_definition AS v ON v.variant_id = e.variant_id;

CREATE VIEW outcomes AS
-- One row a logged outcome, with names for numbers. None is left out, whether it counts anywhere or not.
--   outcome: its place in the log
--   experiment: the experiment that it was recorded for; null: it counts wherever its unit was exposed
--   metric: the metric's name
--   kind: bool, numeric or count; a name recorded with two kinds is two metrics
--   value: bool: 0 or 1; count: an integer; numeric: a real, in the metric's own unit
--   user_id: the user; null when unknown
--   session_id: the session; null when unknown
--   timestamp: when it happened, UTC
--   timestamp_us: the same in microseconds since 1970
--   attributes: JSON object of facts about the outcome; null: none
--   id: the caller's id of the record, such as an order's, which makes a retry safe; null: none
SELECT
    o.outcome_id AS outcome,
    x.name AS experiment,
    m.name AS metric, m.kind, o.value, o.user_id, o.session_id,
    strftime('%Y-%m-%dT%H:%M:%S', o.timestamp_us / 1000000, 'unixepoch')
        || printf('.%06dZ', o.timestamp_us % 1000000) AS timestamp,
    o.timestamp_us, o.attributes,
    o.id
FROM outcome_log AS o
JOIN metric_definition AS m ON m.metric_id = o.metric_id
LEFT JOIN experiment_definition AS x ON x.experiment_id = o.experiment_id;

CREATE VIEW first_exposures AS
-- One row a unit of an experiment's latest phase: its first enrolled exposure. Units that were only exposed without being
-- enrolled are left out; units that saw several variants are here, and left out of unit_metrics and results.
--   experiment: the experiment's id
--   phase: number of the phase
--   unit_id: the user or the session, as the experiment's unit says
--   variant_id: the variant that it saw first
--   timestamp: its first exposure, UTC
--   timestamp_us: the same in microseconds since 1970
--   attributes: JSON object of facts about the unit at its first exposure, by which a report makes segments; null: none
--   exposures: how many enrolled exposures it has
--   is_crossover: 1: it saw several variants
SELECT
    x.name AS experiment, u.phase, u.unit_id, v.name AS variant_id,
    strftime('%Y-%m-%dT%H:%M:%S', u.exposed_at_us / 1000000, 'unixepoch')
        || printf('.%06dZ', u.exposed_at_us % 1000000) AS timestamp,
    u.exposed_at_us AS timestamp_us, e.attributes, u.exposures, u.is_crossover
FROM phase_unit AS u
CROSS JOIN experiment_definition AS x ON x.experiment_id = u.experiment_id
CROSS JOIN variant_definition AS v ON v.variant_id = u.variant_id
LEFT JOIN exposure_log AS e ON e.exposure_id = u.exposure_id      -- not joined where nobody asks for attributes
WHERE u.best_enrollment = 0;

CREATE VIEW counted_outcomes AS
-- One row an outcome and experiment in which it counts: in the window of the metric that it was recorded as, of a unit that is
-- mature in it. What does not count is left out; it is in discarded_outcomes. What derived metrics take of it is not said here.
--   outcome: its place in the log
--   experiment: the experiment in which it counts
--   variant_id: the variant that its unit saw first
--   unit_id: the user or the session, as the experiment's unit says
--   metric: the metric's name
--   kind: bool, numeric or count
--   value: the outcome's value; bool as 0 or 1
--   timestamp: when it happened, UTC
--   timestamp_us: the same in microseconds since 1970
--   exposed_at: its unit's first exposure, UTC
--   exposed_at_us: the same in microseconds since 1970
--   id: the caller's id of the record, such as an order's, which makes a retry safe; null: none
SELECT
    a.outcome_id AS outcome, x.name AS experiment, v.name AS variant_id, a.unit_id, m.name AS metric, m.kind, a.value,
    strftime('%Y-%m-%dT%H:%M:%S', a.timestamp_us / 1000000, 'unixepoch')
        || printf('.%06dZ', a.timestamp_us % 1000000) AS timestamp, a.timestamp_us,
    strftime('%Y-%m-%dT%H:%M:%S', a.exposed_at_us / 1000000, 'unixepoch')
        || printf('.%06dZ', a.exposed_at_us % 1000000) AS exposed_at, a.exposed_at_us,
    (SELECT o.id FROM outcome_log AS o WHERE o.outcome_id = a.outcome_id) AS id
FROM attributed_outcome AS a
CROSS JOIN experiment_definition AS x ON x.experiment_id = a.experiment_id
CROSS JOIN variant_definition AS v ON v.variant_id = a.variant_id
CROSS JOIN metric_definition AS m ON m.metric_id = a.metric_id
WHERE a.reason IS NULL;

CREATE VIEW discarded_outcomes AS
-- One row an outcome and experiment in which it does not count, with the one reason why. What counts is left out: together
-- with counted_outcomes these are all outcomes. Those of no experiment, whose unit was exposed nowhere, come last.
--   outcome: its place in the log
--   experiment: the experiment in which it does not count; null: it was recorded for none, and its unit exposed in none
--   variant_id: the variant that its unit saw first; null where it saw none
--   unit_id: the user or the session, as the experiment's unit says; null when unknown
--   metric: the metric's name
--   kind: bool, numeric or count
--   value: the outcome's value; bool as 0 or 1
--   timestamp: when it happened, UTC
--   timestamp_us: the same in microseconds since 1970
--   reason: the first of the reasons that applies, in the order of the rules
--   id: the caller's id of the record, such as an order's, which makes a retry safe; null: none
SELECT
    a.outcome_id AS outcome, x.name AS experiment, v.name AS variant_id, a.unit_id, m.name AS metric, m.kind, a.value,
    strftime('%Y-%m-%dT%H:%M:%S', a.timestamp_us / 1000000, 'unixepoch')
        || printf('.%06dZ', a.timestamp_us % 1000000) AS timestamp, a.timestamp_us, a.reason,
    (SELECT o.id FROM outcome_log AS o WHERE o.outcome_id = a.outcome_id) AS id
FROM attributed_outcome AS a
CROSS JOIN experiment_definition AS x ON x.experiment_id = a.experiment_id
CROSS JOIN metric_definition AS m ON m.metric_id = a.metric_id
LEFT JOIN variant_definition AS v ON v.variant_id = a.variant_id
WHERE a.reason IS NOT NULL
UNION ALL
SELECT
    o.outcome_id, NULL, NULL, coalesce(o.user_id, o.session_id), m.name, m.kind, o.value,
    strftime('%Y-%m-%dT%H:%M:%S', o.timestamp_us / 1000000, 'unixepoch')
        || printf('.%06dZ', o.timestamp_us % 1000000), o.timestamp_us,
    CASE WHEN o.user_id IS NULL AND o.session_id IS NULL THEN 'no_unit' ELSE 'never_exposed' END, o.id
FROM outcome_log AS o CROSS JOIN metric_definition AS m ON m.metric_id = o.metric_id
WHERE o.experiment_id IS NULL
    AND (o.user_id IS NULL OR o.user_id NOT IN
        (SELECT unit_id FROM phase_unit WHERE unit = 'user' AND best_enrollment = 0))
    AND (o.session_id IS NULL OR o.session_id NOT IN
        (SELECT unit_id FROM phase_unit WHERE unit = 'session' AND best_enrollment = 0))
    AND (NOT EXISTS (SELECT 1 FROM experiment_definition WHERE identity <> 'strict')    -- else a link may lead somewhere
        OR o.outcome_id NOT IN (SELECT outcome_id FROM attributed_outcome));

CREATE VIEW unit_metrics AS
-- One row a unit that counts in a metric of its experiment, with its value; of a ratio with those of its parts. A metric is there
-- where any unit has an outcome of it that counts, a ratio where its denominator is; quantiles have no values of units. Units
-- that saw several variants are left out, and those whose window is not over, where the metric waits for it.
--   experiment: the experiment's id
--   phase: number of the phase, the latest
--   variant_id: the variant that the unit saw first
--   unit_id: the user or the session, as the experiment's unit says
--   metric: the metric's name
--   kind: bool, numeric or count; or ratio
--   value: what the unit's outcomes that count make together, by the metric's aggregation, floor and cap; null of a ratio
--   outcomes: how many outcomes the value is made of
--   numerator: of a ratio, the unit's value above; null of others
--   denominator: of a ratio, the unit's value below; null of others
--   exposed_at: the unit's first exposure, UTC
--   exposed_at_us: the same in microseconds since 1970
--   attributes: JSON object of facts about the unit at its first exposure; null: none
WITH part AS MATERIALIZED (SELECT * FROM metric_value)
SELECT
    x.name AS experiment, p.number AS phase, v.name AS variant_id,
    CAST(CASE x.unit WHEN 'user' THEN e.user_id ELSE e.session_id END AS TEXT) AS unit_id,
    m.name AS metric, m.kind, y.value, y.outcomes, y.numerator, y.denominator,
    strftime('%Y-%m-%dT%H:%M:%S', e.timestamp_us / 1000000, 'unixepoch')
        || printf('.%06dZ', e.timestamp_us % 1000000) AS exposed_at, e.timestamp_us AS exposed_at_us, e.attributes
FROM (
    SELECT experiment_id, metric_id, variant_id, exposure_id, value, outcomes, NULL AS numerator, NULL AS denominator
    FROM part WHERE is_present AND exposure_id IS NOT NULL
    UNION ALL
    SELECT y.experiment_id, y.metric_id, y.variant_id, u.exposure_id, y.value, 0, NULL, NULL
    FROM part AS y
    CROSS JOIN metric_definition AS m ON m.metric_id = y.metric_id
    CROSS JOIN phase_unit AS u ON u.experiment_id = y.experiment_id AND u.variant_id = y.variant_id
        AND u.best_enrollment = 0 AND NOT u.is_crossover
    WHERE y.is_present AND y.exposure_id IS NULL
        AND (NOT m.is_mature OR u.exposed_at_us + m.delay_us + m.window_us <= (SELECT us FROM log_end))
        AND NOT EXISTS (SELECT 1 FROM part AS o WHERE o.exposure_id = u.exposure_id AND o.metric_id = y.metric_id)
    UNION ALL
    SELECT d.experiment_id, r.metric_id, d.variant_id, d.exposure_id, NULL, d.outcomes + n.outcomes, n.value, d.value
    FROM metric_definition AS r
    CROSS JOIN part AS d ON d.metric_id = r.denominator_id AND d.is_present
    CROSS JOIN part AS n ON n.metric_id = r.numerator_id AND n.exposure_id = d.exposure_id
) AS y
CROSS JOIN experiment_definition AS x ON x.experiment_id = y.experiment_id
CROSS JOIN metric_definition AS m ON m.metric_id = y.metric_id
CROSS JOIN variant_definition AS v ON v.variant_id = y.variant_id
CROSS JOIN latest_phase AS p ON p.experiment_id = y.experiment_id
CROSS JOIN exposure_log AS e ON e.exposure_id = y.exposure_id
-- No row less; but SQLite joins the view as a whole, by an index that it makes, instead of scanning all of it for each row.
LIMIT -1;

CREATE VIEW results AS
-- One row an experiment, metric and variant of the latest phase. A unit that counts without an outcome is a zero in mean and
-- variance, unless the metric's definition leaves it out. Units that saw several variants are left out, and those whose window is
-- not over, where the metric waits for it. The variance comes from squares around the mean, so that nothing cancels.
--   experiment: the experiment's id
--   metric: the metric's name
--   kind: bool, numeric or count; or ratio or quantile
--   variant_id: the variant's id
--   is_control: 1: the others are compared with it
--   units: units that count in the metric
--   units_with_outcome: those of them with an outcome that counts
--   sum: of the units' values; null of a ratio and a quantile
--   mean: of the units' values; of a ratio numerator_sum / denominator_sum; or the quantile
--   variance: of one unit in the sample, of a ratio by the delta method; null below two units, and of a quantile
--   numerator_sum: of a ratio, the sum of the units' values above; null of others
--   denominator_sum: of a ratio, the sum of the units' values below; null of others
WITH value AS MATERIALIZED (SELECT * FROM metric_value),
declared AS MATERIALIZED (  -- the variants of the phase, then any other with units
    SELECT experiment_id, variant_id, min(position) AS position, max(is_control) AS is_control
    FROM (
        SELECT p.experiment_id, w.variant_id, w.position, w.is_control
        FROM latest_phase AS p JOIN phase_variant AS w ON w.phase_id = p.phase_id
        UNION ALL
        SELECT DISTINCT experiment_id, variant_id, 1000000 + variant_id, 0      -- behind every declared position
        FROM value
    )
    GROUP BY experiment_id, variant_id
),
-- SQLite prepares a step anew for each place that names it, and what the step names likewise: hence means by windows, not joins.
average AS MATERIALIZED (
    SELECT experiment_id, metric_id, variant_id, sum(units) AS units, count(*) FILTER (WHERE outcomes > 0) AS units_with_outcome,
        total(value * units) AS sum, max(mean) AS mean, total((value - mean) * (value - mean) * units) AS squares
    FROM (
        SELECT experiment_id, metric_id, variant_id, units, outcomes, value,
            total(value * units) OVER part / sum(units) OVER part AS mean
        FROM value WHERE is_present WINDOW part AS (PARTITION BY experiment_id, metric_id, variant_id)
    )
    GROUP BY experiment_id, metric_id, variant_id
),
ratio AS MATERIALIZED (     -- of the units that count in both parts; its variance comes from their distance from the ratio
    SELECT experiment_id, metric_id, variant_id, count(*) AS units, count(*) FILTER (WHERE outcomes > 0) AS units_with_outcome,
        total(above) AS above, total(below) AS below, max(mean) AS mean,
        CASE WHEN max(mean) IS NOT NULL THEN total((above - mean * below) * (above - mean * below)) END AS squares
    FROM (
        SELECT d.experiment_id, r.metric_id, d.variant_id, n.value AS above, d.value AS below, n.outcomes + d.outcomes AS outcomes,
            total(n.value) OVER part / nullif(total(d.value) OVER part, 0) AS mean
        FROM metric_definition AS r
        CROSS JOIN value AS d ON d.metric_id = r.denominator_id AND d.is_present
        CROSS JOIN value AS n ON n.metric_id = r.numerator_id AND n.exposure_id = d.exposure_id
        WHERE r.kind = 'ratio' WINDOW part AS (PARTITION BY d.experiment_id, r.metric_id, d.variant_id)
    )
    GROUP BY experiment_id, metric_id, variant_id
),
ranked AS (         -- what a quantile is taken over, in order
    SELECT experiment_id, metric_id, variant_id, value,
        CAST(round(quantile_level * 1e9) AS INTEGER) AS billionths,
        sum(units) OVER (PARTITION BY experiment_id, metric_id, variant_id ORDER BY value) AS place,
        sum(units) OVER (PARTITION BY experiment_id, metric_id, variant_id) AS count
    FROM (
        SELECT y.experiment_id, q.metric_id, y.variant_id, y.value, y.units, q.quantile_level
        FROM metric_definition AS q CROSS JOIN value AS y ON y.metric_id = q.of_metric_id AND y.is_present
        WHERE q.kind = 'quantile' AND (q.population = 'units' OR q.population = 'units_with_outcome' AND y.outcomes > 0)
        UNION ALL
        SELECT o.experiment_id, q.metric_id, o.variant_id, o.value, 1, q.quantile_level
        FROM metric_definition AS q CROSS JOIN metric_outcome AS o ON o.metric_id = q.of_metric_id AND o.is_mature
        WHERE q.population = 'events'
    )
),
quantile AS MATERIALIZED (      -- the smallest value that at least this share of them does not exceed
    SELECT experiment_id, metric_id, variant_id, CAST(min(value) AS REAL) AS value FROM ranked
    WHERE place >= (billionths * count + 999999999) / 1000000000 GROUP BY experiment_id, metric_id, variant_id
),
statistic AS (
    SELECT a.experiment_id, a.metric_id, a.variant_id, a.units, a.units_with_outcome, a.sum, a.mean,
        a.squares / nullif(a.units - 1, 0) AS variance, NULL AS numerator_sum, NULL AS denominator_sum
    FROM average AS a
    UNION ALL
    SELECT r.experiment_id, r.metric_id, r.variant_id, r.units, r.units_with_outcome, NULL, r.mean,
        r.squares / nullif(r.units - 1, 0) / ((r.below / r.units) * (r.below / r.units)), r.above, r.below
    FROM ratio AS r
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
    coalesce(s.units, 0) AS units, coalesce(s.units_with_outcome, 0) AS units_with_outcome,
    CASE WHEN m.aggregation IS NOT NULL THEN coalesce(s.sum, 0.0) END AS sum, s.mean, s.variance,
    CASE m.kind WHEN 'ratio' THEN coalesce(s.numerator_sum, 0.0) END AS numerator_sum,
    CASE m.kind WHEN 'ratio' THEN coalesce(s.denominator_sum, 0.0) END AS denominator_sum
FROM (                              -- a ratio is there where its denominator is, a quantile where what it is of is
    SELECT DISTINCT a.experiment_id, r.metric_id
    FROM average AS a CROSS JOIN metric_definition AS r
        ON CASE r.kind WHEN 'ratio' THEN r.denominator_id WHEN 'quantile' THEN r.of_metric_id ELSE r.metric_id END = a.metric_id
) AS k
CROSS JOIN declared AS d ON d.experiment_id = k.experiment_id
JOIN experiment_definition AS x ON x.experiment_id = k.experiment_id
JOIN metric_definition AS m ON m.metric_id = k.metric_id
JOIN variant_definition AS v ON v.variant_id = d.variant_id
LEFT JOIN statistic AS s
    ON s.experiment_id = k.experiment_id AND s.metric_id = k.metric_id AND s.variant_id = d.variant_id
ORDER BY k.experiment_id, m.name, m.kind, d.position;

CREATE VIEW effects AS
-- One row an experiment, metric and treatment: its mean against the control's. Variants of fewer than two units are left out.
-- The intervals cover the truth at 95 % for one look at the end of the plan, by the normal approximation: do not decide by them
-- before, the report's hold every night. They need sqrt(): a SQLite built with SQLITE_ENABLE_MATH_FUNCTIONS, as its shell is.
--   experiment: the experiment's id
--   metric: the metric's name
--   kind: bool, numeric, count or ratio
--   variant_id: the treatment's id
--   control_id: the control's id
--   units: analysed units of the treatment
--   control_units: analysed units of the control
--   mean: the treatment's mean
--   control_mean: the control's mean
--   difference: mean - control_mean
--   difference_lower: lower end of its interval
--   difference_upper: upper end of its interval
--   lift: difference / control_mean; null where that is 0
--   lift_lower: lower end of its interval, by Fieller's theorem; null where the control's mean is not clear of 0
--   lift_upper: upper end of its interval
SELECT
    experiment, metric, kind, variant_id, control_id, units, control_units,
    mean, control_mean, mean - control_mean AS difference,
    mean - control_mean - sqrt(reach + control_reach) AS difference_lower,
    mean - control_mean + sqrt(reach + control_reach) AS difference_upper,
    mean / nullif(control_mean, 0) - 1 AS lift,
    CASE WHEN control_reach < control_mean * control_mean THEN
        (mean * control_mean
            - sqrt(reach * control_mean * control_mean + control_reach * mean * mean - reach * control_reach))
            / (control_mean * control_mean - control_reach) - 1
    END AS lift_lower,
    CASE WHEN control_reach < control_mean * control_mean THEN
        (mean * control_mean
            + sqrt(reach * control_mean * control_mean + control_reach * mean * mean - reach * control_reach))
            / (control_mean * control_mean - control_reach) - 1
    END AS lift_upper
FROM (
    SELECT *,
        max(variant_id) FILTER (WHERE is_control) OVER metric AS control_id,
        max(units) FILTER (WHERE is_control) OVER metric AS control_units,
        max(mean) FILTER (WHERE is_control) OVER metric AS control_mean,
        max(reach) FILTER (WHERE is_control) OVER metric AS control_reach
    FROM (
        SELECT *, 3.841458820694124 * variance / units AS reach -- 1.96², of the normal's 97.5 %
        FROM results WHERE variance IS NOT NULL
    )
    WINDOW metric AS (PARTITION BY experiment, metric, kind)
)
WHERE NOT is_control AND control_id IS NOT NULL
ORDER BY experiment, metric, kind, variant_id;

CREATE VIEW nightly_results AS
-- One row a stored night, experiment, metric and variant: how the results came about. What arrived after the night is left out.
--   date: the last day that the night covers, UTC
--   experiment: the experiment's id
--   phase: number of the phase that was the latest
--   metric: the metric's name
--   kind: bool, numeric or count
--   variant_id: the variant's id
--   is_control: 1: the others were compared with it
--   units: units that counted in the metric
--   units_with_outcome: those of them with an outcome that counted
--   sum: of the units' values; null of a ratio and a quantile
--   mean: of the units' values; or the ratio, or the quantile
--   variance: of one unit in the sample; null below two units
SELECT
    n.date, x.name AS experiment, p.number AS phase, m.name AS metric, m.kind, v.name AS variant_id, u.is_control,
    r.units, r.units_with_outcome, r.sum, r.mean, r.variance
FROM night_result AS r
JOIN night AS n ON n.night_id = r.night_id
JOIN night_experiment AS e ON e.experiment_id = r.experiment_id AND e.night_id = r.night_id
JOIN night_variant AS u
    ON u.experiment_id = r.experiment_id AND u.night_id = r.night_id AND u.variant_id = r.variant_id
JOIN experiment_definition AS x ON x.experiment_id = r.experiment_id
JOIN phase_definition AS p ON p.phase_id = e.phase_id
JOIN metric_definition AS m ON m.metric_id = r.metric_id
JOIN variant_definition AS v ON v.variant_id = r.variant_id;

CREATE VIEW nightly_decisions AS
-- One row a stored night and experiment: what the rules decided, and what was wrong. Experiments defined later are left out.
--   date: the last day that the night covers, UTC
--   experiment: the experiment's id
--   phase: number of the phase that was the latest
--   status: the experiment's status when the night was stored
--   decision: what the rules said: ship, keep, stop, wait, …
--   variant_id: the treatment that the decision is about; null: none in particular
--   alarms: JSON array of the names of the alarms that were on
--   units_exposed: units with an enrolled exposure
--   units_crossover: those of them that saw several variants
--   outcomes: outcomes that belong to the experiment
--   outcomes_kept: those of them that counted
SELECT
    n.date, x.name AS experiment, p.number AS phase, e.status, e.decision,
    v.name AS variant_id,
    (SELECT coalesce('["' || group_concat(a.name, '","') || '"]', '[]') FROM night_alarm AS a
     WHERE a.experiment_id = e.experiment_id AND a.night_id = e.night_id) AS alarms,
    e.units_exposed, e.units_crossover, e.outcomes, e.outcomes_kept
FROM night_experiment AS e
JOIN night AS n ON n.night_id = e.night_id
JOIN experiment_definition AS x ON x.experiment_id = e.experiment_id
JOIN phase_definition AS p ON p.phase_id = e.phase_id
LEFT JOIN variant_definition AS v ON v.variant_id = e.decision_variant_id;

CREATE VIEW withdrawn_nights AS
-- One row a night that was withdrawn, in the order in which they were. Its results are gone.
--   date: the last day it covered
--   stored_at: when it was stored, UTC
--   withdrawn_at: when it was withdrawn, UTC
--   decisions: JSON object: what it had decided, by the experiments' ids
SELECT
    w.date,
    strftime('%Y-%m-%dT%H:%M:%S', w.stored_at_us / 1000000, 'unixepoch')
        || printf('.%06dZ', w.stored_at_us % 1000000) AS stored_at,
    strftime('%Y-%m-%dT%H:%M:%S', w.withdrawn_at_us / 1000000, 'unixepoch')
        || printf('.%06dZ', w.withdrawn_at_us % 1000000) AS withdrawn_at,
    w.decisions
FROM night_withdrawal AS w ORDER BY w.withdrawal_id;

CREATE VIEW definition_changes AS
-- One row a change of what decides, by whomever: goals, guardrails, plan, weights, status, and how a metric is read. The
-- rows of a definition that was new come first, with nothing before them.
--   change: its place in the log
--   changed_at: when, UTC
--   origin: who wrote it: tool, server, or hand for anybody else
--   experiment: the experiment; null: a metric, in whatever experiment
--   metric: the metric; null: of an experiment
--   kind: the type of the metric's values
--   field: what changed: goal, guardrail, margin, variant, weight, is_control, or a column of the definition
--   phase: of a variant, its weight or is_control: the phase; 0: of none
--   position: of a goal, guardrail, margin or variant: its place, from 0
--   before: what it was; null: it was not there
--   after: what it is since; null: it is not there any more
SELECT
    l.change_id AS change,
    strftime('%Y-%m-%dT%H:%M:%S', l.changed_at_us / 1000000, 'unixepoch')
        || printf('.%06dZ', l.changed_at_us % 1000000) AS changed_at,
    l.origin, x.name AS experiment, m.name AS metric, m.kind, l.field, l.phase, l.position, l.before, l.after
FROM definition_log AS l
LEFT JOIN experiment_definition AS x ON x.experiment_id = l.experiment_id
LEFT JOIN metric_definition AS m ON m.metric_id = l.metric_id
ORDER BY l.change_id;

-- ---- Definitions: what may happen ----
CREATE TABLE experiment_definition (
    -- One row an experiment. Times are microseconds since 1970 UTC here and in every column that ends in _us; names and
    -- ids are bytes, compared exactly.
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
    starts_at_us    INTEGER                         -- schedule: units are assigned from then on; null: at once
                    CHECK (starts_at_us BETWEEN 0 AND 253402300799999999),
    ends_at_us      INTEGER                         -- schedule: until then, excluded; null: until somebody stops it
                    CHECK (ends_at_us BETWEEN 0 AND 253402300799999999),
    planned_units   INTEGER CHECK (planned_units >= 2),     -- analysed units of all variants at which it is complete
    minimum_lift    REAL                            -- smallest relative change of the first goal that matters
                    CHECK (minimum_lift > 0 AND minimum_lift < 1),
    planned_days    INTEGER                         -- whole days before it ships or keeps; null: 7
                    CHECK (planned_days >= 0),
    plausible_lift  REAL CHECK (plausible_lift > 0),-- a gain beyond it is checked before it ships; null: 0.5
    segments        TEXT                            -- JSON array of the attributes by whose values split and effect are
                    CHECK (segments LIKE '[%]'),    -- tested in parts; null: none
    covariate       TEXT    NOT NULL DEFAULT 'auto' -- whether what units did before sharpens the deciding interval
                    CHECK (covariate IN ('auto', 'off')),
    is_strict       INTEGER NOT NULL DEFAULT 0      -- 1: a change of what decides after the first exposure holds the verdict
                    CHECK (is_strict IN (0, 1)),
    identity        TEXT    NOT NULL DEFAULT 'strict'       -- how the unit of an outcome is found that lacks its unit's id:
                                                    -- not at all; by a link of its other id, the oldest of several; or
                    CHECK (identity IN ('strict', 'first', 'unambiguous')),     -- by a link, unless there are several
    hypothesis TEXT, owner TEXT,                    -- what it is believed to show, and who answers for it; null: not said
    CHECK ((status = 'draft') = (started_at_us IS NULL)),
    CHECK ((status = 'stopped') = (stopped_at_us IS NOT NULL)),
    CHECK (winner IS NULL OR status = 'stopped'),
    CHECK (starts_at_us IS NULL OR ends_at_us IS NULL OR starts_at_us < ends_at_us),
    FOREIGN KEY (experiment_id, winner) REFERENCES variant_definition (experiment_id, name)
        DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE experiment_run (
    -- One row a run of an experiment, from its start, by hand or by schedule, to its end or stop. Triggers write it with each
    -- change of experiment_definition; it decides what exposures are that do not say whether their unit took part.
    experiment_id   INTEGER NOT NULL REFERENCES experiment_definition ON UPDATE CASCADE ON DELETE CASCADE,
    number          INTEGER NOT NULL CHECK (number >= 1),   -- 1, 2, … within its experiment
    started_at_us   INTEGER,                        -- null: it has no beginning, since the experiment was defined as running
    stopped_at_us   INTEGER,                        -- excluded; null: until somebody stops it
    PRIMARY KEY (experiment_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE variant_definition (
    -- One row a variant that an experiment has or ever had, so that an exposure of an earlier phase still has a name.
    variant_id      INTEGER PRIMARY KEY,            -- internal number
    experiment_id   INTEGER NOT NULL REFERENCES experiment_definition,
    name            TEXT    NOT NULL                -- the variant's id in the API
                    CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 128),
    UNIQUE (experiment_id, name)
) STRICT;

CREATE TABLE phase_definition (
    -- One row a phase: one setting of all that assigns an experiment's units. Once started it never changes, but for its
    -- coverage, which grows; a new phase is the only way.
    phase_id        INTEGER PRIMARY KEY,            -- internal number
    experiment_id   INTEGER NOT NULL REFERENCES experiment_definition,
    number          INTEGER NOT NULL CHECK (number >= 1),   -- 1, 2, … within its experiment; the highest is in force
    algorithm       TEXT    NOT NULL,               -- name of the hash that assigns its units
    seed            TEXT    NOT NULL,               -- what that hash puts before the unit's id; the experiment's name
                                                    -- keeps everybody's variant, another text shuffles them
    settings        TEXT                            -- JSON object that the algorithm needs beside the seed; null: none
                    CHECK (settings LIKE '{%}'),
    namespace       TEXT                            -- null: all units take part. A namespace spreads them over 0…1 by its
                                                    -- hash; those in the phase's range of it take part
                    CHECK (length(CAST(namespace AS BLOB)) BETWEEN 1 AND 128),
    range_start REAL CHECK (range_start >= 0), range_end REAL CHECK (range_end <= 1),   -- of the namespace, half open
    holdout         TEXT                            -- name of the holdout in force when the phase started
                    CHECK (length(CAST(holdout AS BLOB)) BETWEEN 1 AND 128),
    holdout_share   REAL CHECK (holdout_share BETWEEN 0 AND 1),         -- share of units it holds out
    started_at_us   INTEGER,                        -- null until the experiment runs
    UNIQUE (experiment_id, number),
    CHECK ((namespace IS NULL) = (range_start IS NULL) AND (namespace IS NULL) = (range_end IS NULL)),
    CHECK (namespace IS NULL OR range_start < range_end),
    CHECK ((holdout IS NULL) = (holdout_share IS NULL))
) STRICT;
CREATE INDEX phase_namespace ON phase_definition (namespace) WHERE namespace IS NOT NULL;

CREATE TABLE phase_variant (
    -- One row a variant of a phase.
    phase_id        INTEGER NOT NULL REFERENCES phase_definition,
    position        INTEGER NOT NULL CHECK (position >= 0), -- the order in which assignment walks the weights
    variant_id      INTEGER NOT NULL REFERENCES variant_definition,
    weight          REAL    NOT NULL CHECK (weight >= 0 AND weight < 9e999), -- relative to the phase's other weights
    is_control      INTEGER NOT NULL CHECK (is_control IN (0, 1)),           -- 1: the others are compared with it
    PRIMARY KEY (phase_id, position),
    UNIQUE (phase_id, variant_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX phase_variant_one_control ON phase_variant (phase_id) WHERE is_control = 1;

CREATE TABLE phase_coverage (
    -- One row a rise of the share of units that take part in a phase; the largest is in force. A phase without a row
    -- covers everybody.
    phase_id        INTEGER NOT NULL REFERENCES phase_definition,
    coverage        REAL    NOT NULL CHECK (coverage BETWEEN 0 AND 1),
    since_us        INTEGER NOT NULL,               -- when it was raised to this
    PRIMARY KEY (phase_id, coverage)
) STRICT, WITHOUT ROWID;

CREATE TABLE unit_override (
    -- One row a tester: the unit gets the variant whatever the hash says, and its exposures are logged as overrides,
    -- which no result counts. May change at any time.
    experiment_id   INTEGER NOT NULL REFERENCES experiment_definition,
    unit_id         TEXT    NOT NULL                -- the user or session, as the experiment's unit says
                    CHECK (length(CAST(unit_id AS BLOB)) BETWEEN 1 AND 1024),
    variant_id      INTEGER NOT NULL REFERENCES variant_definition,    -- what it is shown
    PRIMARY KEY (experiment_id, unit_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE holdout (
    -- One row, or none: the units that get the control in every experiment, to see what all experiments together are
    -- worth. A phase keeps the holdout in force when it starts, so a change moves nobody in a running experiment.
    only_row        INTEGER PRIMARY KEY CHECK (only_row = 1),
    name            TEXT    NOT NULL                -- hashed: another name holds out other units
                    CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 128),
    share           REAL    NOT NULL CHECK (share BETWEEN 0 AND 1)      -- share of units held out
) STRICT;

CREATE TABLE report_setting (
    -- One row, or none: what a definitions file says of reports.
    only_row        INTEGER PRIMARY KEY CHECK (only_row = 1),
    timezone        TEXT    NOT NULL                -- whose days reports and nights count, such as Europe/Berlin
                    CHECK (length(CAST(timezone AS BLOB)) BETWEEN 1 AND 64)
) STRICT;

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
    is_defined      INTEGER NOT NULL DEFAULT 1      -- 0: only recorded; nobody said which way is better
                    CHECK (is_defined IN (0, 1)),
    population      TEXT                            -- of a quantile: what it is taken over
                    CHECK (population IN ('units', 'units_with_outcome', 'events')),
    measurement_unit TEXT                           -- what its values are measured in, such as EUR; words for reports
                    CHECK (length(CAST(measurement_unit AS BLOB)) BETWEEN 1 AND 16),
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

CREATE TABLE metric_role (
    -- One row a metric that decides in an experiment, or must not get worse there.
    experiment_id   INTEGER NOT NULL REFERENCES experiment_definition,
    role            TEXT    NOT NULL CHECK (role IN ('goal', 'guardrail')),
    position        INTEGER NOT NULL CHECK (position >= 0), -- the most important first
    metric          TEXT    NOT NULL,               -- the metric's name; it need not have been recorded yet
    margin          REAL    CHECK (margin >= 0 AND margin < 1),     -- of a guardrail: the relative loss accepted
    PRIMARY KEY (experiment_id, role, position),
    CHECK ((role = 'guardrail') = (margin IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE definition_version (
    -- One row. It counts the changes of all definitions, by whomever; a server looks at it to know when to read again.
    only_row        INTEGER PRIMARY KEY CHECK (only_row = 1), version INTEGER NOT NULL
) STRICT;
INSERT INTO definition_version VALUES (1, 1);

CREATE TABLE experiment_version (
    -- One row an experiment: the version of the definitions after its last change, so that a server of thousands of
    -- experiments reads only those again that changed. A row of an experiment that is gone does no harm.
    experiment_id   INTEGER PRIMARY KEY,            -- no foreign key: it must not stand in the way of a change by hand
    version         INTEGER NOT NULL
) STRICT;

CREATE TABLE definition_log (
    -- One row a change of what decides: of a fact of definition_fact, by whomever. Append-only; replayed in order it gives
    -- the facts of now, so that a verdict can always say by what it was decided.
    change_id       INTEGER PRIMARY KEY,            -- order of the changes
    changed_at_us   INTEGER NOT NULL,               -- when, by the clock of who wrote
    origin          TEXT    NOT NULL CHECK (origin IN ('tool', 'server', 'hand')),
    last_exposure   INTEGER NOT NULL,               -- number of the last exposure that had arrived; 0: none
    experiment_id   INTEGER NOT NULL, metric_id INTEGER NOT NULL,   -- what of; 0: of none
    field           TEXT    NOT NULL,               -- which fact, with
    phase           INTEGER NOT NULL, position INTEGER NOT NULL,    -- of which phase and place; 0 where there is one only
    before ANY, after ANY                           -- null: it is not there
) STRICT;
CREATE INDEX definition_log_fact ON definition_log (experiment_id, metric_id, field, phase, position);

CREATE TABLE definition_author (
    -- One row while the tool or a server changes definitions, gone when its transaction ends: who it is, and what its clock
    -- says. Without a row a change is by hand.
    only_row        INTEGER PRIMARY KEY CHECK (only_row = 1),
    origin          TEXT    NOT NULL CHECK (origin IN ('tool', 'server')),
    changed_at_us   INTEGER NOT NULL
) STRICT;

-- ---- Logs: what happened ----
CREATE TABLE exposure_log (
    -- One row a recorded exposure: a unit was shown a variant. Append-only, in order of arrival; repeats, late and
    -- out-of-order rows are all here. No index on units or times: keeping one on random keys costs eight times the
    -- insert rate, and analysis reads the whole log in one pass anyway.
    exposure_id     INTEGER PRIMARY KEY,            -- order of arrival; settles ties between equal times
    phase_id        INTEGER REFERENCES phase_definition,    -- what the record names; null: it names none
    variant_id      INTEGER NOT NULL REFERENCES variant_definition, -- what was shown
    enrollment      INTEGER                         -- 0 enrolled; left out: 1 override, 2 not enrolled, 3 not running; null:
                    CHECK (enrollment BETWEEN 0 AND 3),     -- the record does not say. decided_exposure decides what is null
    timestamp_us    INTEGER NOT NULL CHECK (timestamp_us BETWEEN 0 AND 253402300799999999), -- when it was shown
    user_id TEXT, session_id TEXT,                  -- null when unknown
    attributes      TEXT,                           -- JSON object of facts about the unit; null: none
    id              TEXT                            -- the caller's id of this record, so that a retry adds nothing
) STRICT;
CREATE UNIQUE INDEX exposure_id_once ON exposure_log (id) WHERE id IS NOT NULL;

CREATE TABLE outcome_log (
    -- One row a recorded outcome: something was measured about a unit. Append-only, in order of arrival; the views
    -- decide whether it counts.
    outcome_id      INTEGER PRIMARY KEY,            -- order of arrival
    experiment_id   INTEGER REFERENCES experiment_definition,       -- null: counts wherever its unit was exposed
    metric_id       INTEGER NOT NULL REFERENCES metric_definition,
    value           ANY     NOT NULL                -- bool: 0 or 1; count: integer; numeric: real
                    CHECK (typeof(value) IN ('integer', 'real')),
    timestamp_us    INTEGER NOT NULL CHECK (timestamp_us BETWEEN 0 AND 253402300799999999), -- when it happened
    user_id TEXT, session_id TEXT,                  -- null when unknown
    attributes      TEXT,                           -- JSON object of facts about the outcome; null: none
    id              TEXT                            -- the caller's id of this record, so that a retry adds nothing
) STRICT;
CREATE UNIQUE INDEX outcome_id_once ON outcome_log (id) WHERE id IS NOT NULL;

CREATE TABLE link_log (
    -- One row a recorded link: a session and a user that are one person. Append-only, in order of arrival. Each row of the
    -- other logs that carries both ids is a link, too.
    link_id         INTEGER PRIMARY KEY,            -- order of arrival
    session_id      TEXT    NOT NULL, user_id TEXT NOT NULL,
    timestamp_us    INTEGER NOT NULL CHECK (timestamp_us BETWEEN 0 AND 253402300799999999) -- when it became known
) STRICT;

CREATE TABLE file_identity (
    -- One row: which file this is. A row's id, wherever rows go, is this id, the row's epoch and its number.
    only_row        INTEGER PRIMARY KEY CHECK (only_row = 1),
    file_id         TEXT    NOT NULL                -- a UUID, drawn at random with the first row; later copies have it too
                    CHECK (length(file_id) = 36)
) STRICT;
INSERT INTO file_identity SELECT 1, lower(substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-8' || substr(h, 18, 3)
    || '-' || substr(h, 21)) FROM (SELECT hex(randomblob(16)) AS h);

CREATE TABLE epoch (
    -- One row an opening of the file by somebody who recorded; of equal numbers below, the later epoch holds the rows. Where a
    -- backup was put back, numbers of rows that were lost come again, epochs never do.
    first_exposure INTEGER NOT NULL, first_outcome INTEGER NOT NULL, first_link INTEGER NOT NULL,    -- its rows begin there
    epoch           INTEGER NOT NULL,               -- when it began, in µs since 1970 UTC; later than every epoch before
    PRIMARY KEY (first_exposure, first_outcome, first_link, epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE source (
    -- One row a file that was merged into this one, into which nobody records then. The number of a row here is block * 2^36 plus
    -- its number there, so that rows have one order whatever the order of merging.
    file_id         TEXT    PRIMARY KEY,            -- of the file, as in file_identity
    block           INTEGER NOT NULL UNIQUE         -- the first 27 bits of the file's id
                    CHECK (block BETWEEN 0 AND 134217727),
    last_exposure INTEGER NOT NULL, last_outcome INTEGER NOT NULL, last_link INTEGER NOT NULL,      -- numbers here, merged so far
    first INTEGER, second INTEGER                   -- the key by which the file hashes erased units; null: it erased none
) STRICT, WITHOUT ROWID;

CREATE TABLE source_erasure (
    -- One row a unit that a merged file has erased, as that file's hash of its id: no file's rows of it are taken.
    file_id         TEXT    NOT NULL REFERENCES source,
    first INTEGER NOT NULL, second INTEGER NOT NULL,
    PRIMARY KEY (file_id, first, second)
) STRICT, WITHOUT ROWID;

CREATE TABLE writer (
    -- One row a process that writes: how far it got, written with every batch, so that after a failed commit it can be
    -- told whether the batch is here.
    writer          INTEGER PRIMARY KEY,            -- one running process
    batch           INTEGER NOT NULL                -- the number of its last batch in this file
) STRICT;

CREATE TABLE import (
    -- One row an imported input, so that an interrupted import continues where it ended and a finished one adds nothing
    -- again; and one a run of its records that were refused.
    digest          TEXT    PRIMARY KEY,            -- of the whole input and of what it was read as
    rows            INTEGER NOT NULL,               -- records read and settled so far, the refused ones included
    is_complete     INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
    updated_at_us   INTEGER NOT NULL
) STRICT;

CREATE TABLE import_range (
    -- One row a range of neighbouring rows of a log that one import wrote, so that a later import of a larger export
    -- leaves out what it repeats.
    log             TEXT    NOT NULL CHECK (log IN ('exposure', 'outcome', 'link')),
    first_row       INTEGER NOT NULL,               -- number of its first row in the log
    last_row        INTEGER NOT NULL CHECK (last_row >= first_row),
    digest          TEXT    NOT NULL,               -- of the input, as in import
    first_us        INTEGER NOT NULL,               -- the earliest and the latest time of its rows
    last_us         INTEGER NOT NULL CHECK (last_us >= first_us),
    PRIMARY KEY (log, first_row)
) STRICT, WITHOUT ROWID;

CREATE TABLE removal (
    -- One row a removal of rows from the logs: its receipt. Rows of the logs can be deleted only while a receipt is open.
    removal_id      INTEGER PRIMARY KEY,
    cause           TEXT    NOT NULL                -- erasure: a person asked for it; retention: no longer needed; merge: a
                    CHECK (cause IN ('erasure', 'retention', 'merge')),     -- row of the same id that comes first was merged
    began_at_us     INTEGER NOT NULL,
    ended_at_us     INTEGER,                        -- when the last row was gone; null: under way, or interrupted
    emptied_at_us   INTEGER,                        -- when the write-ahead log held no copy any more; null: it may
    exposures       INTEGER NOT NULL DEFAULT 0,     -- how many rows were removed, of each log
    outcomes INTEGER NOT NULL DEFAULT 0, links INTEGER NOT NULL DEFAULT 0,
    last_exposure   INTEGER NOT NULL DEFAULT 0,     -- the largest number that there was, of each log: none is given again
    last_outcome INTEGER NOT NULL DEFAULT 0, last_link INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE erasure_key (
    -- One row, or none: the key by which the ids of erased units are hashed, drawn at random when the first was erased.
    only_row        INTEGER PRIMARY KEY CHECK (only_row = 1),
    first INTEGER NOT NULL, second INTEGER NOT NULL
) STRICT;

CREATE TABLE erased_unit (
    -- One row an erased user or session, as the hash of its id: imports leave out what is recorded of it.
    first INTEGER NOT NULL, second INTEGER NOT NULL,        -- SipHash-2-4 of 128 bits, by the key of erasure_key
    removal_id      INTEGER NOT NULL REFERENCES removal,    -- the receipt
    PRIMARY KEY (first, second)
) STRICT, WITHOUT ROWID;

CREATE TABLE retained_phase (
    -- One row a phase whose rows a retention removed: stored nights say what they showed, and reports leave it out.
    phase_id        INTEGER PRIMARY KEY REFERENCES phase_definition,
    removal_id      INTEGER NOT NULL REFERENCES removal     -- the receipt
) STRICT;

-- ---- Nights: what the nightly report saw ----
CREATE TABLE night (
    -- One row a date whose night was stored: once, and never changed, whatever arrives later, so that p-values which are
    -- looked at every night hold for what was seen. Only results of a metric that a night did not know can be added.
    night_id        INTEGER PRIMARY KEY,
    date            TEXT    NOT NULL UNIQUE         -- the last day it covers, in UTC
                    CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    as_of_us        INTEGER NOT NULL,               -- the end of that day: rows from then on were left out
    last_exposure   INTEGER NOT NULL, last_outcome INTEGER NOT NULL,    -- numbers of the last rows that were there
    last_change     INTEGER NOT NULL DEFAULT 0,     -- of definition_log: what its decisions rest on
    crossovers      TEXT    NOT NULL                -- what became of units seen in several variants
                    CHECK (crossovers IN ('exclude', 'first')),
    confidence      REAL    NOT NULL,               -- the coverage of the intervals its decisions rest on
    stored_at_us    INTEGER NOT NULL                -- when it was stored; for a missed night, days later
) STRICT;

CREATE TABLE night_withdrawal (
    -- One row a night that was withdrawn, since it was stored by mistake: its rows are gone, and its date can be stored anew.
    withdrawal_id   INTEGER PRIMARY KEY,            -- in order of withdrawal
    date            TEXT    NOT NULL,               -- as in night, like the two that follow
    as_of_us INTEGER NOT NULL, stored_at_us INTEGER NOT NULL,
    withdrawn_at_us INTEGER NOT NULL,
    decisions       TEXT    NOT NULL                -- JSON object: what it had decided, by the experiments' names
                    CHECK (decisions LIKE '{%}')
) STRICT;

CREATE TABLE night_experiment (
    -- One row an experiment on a night, in the phase that was its latest.
    night_id        INTEGER NOT NULL REFERENCES night,
    experiment_id   INTEGER NOT NULL REFERENCES experiment_definition,
    phase_id        INTEGER NOT NULL REFERENCES phase_definition,
    status          TEXT    NOT NULL,               -- of the experiment when the night was stored
    units_exposed   INTEGER NOT NULL, units_crossover INTEGER NOT NULL,
    outcomes        INTEGER NOT NULL, outcomes_kept INTEGER NOT NULL,
    sample_ratio_p_value REAL,                      -- null: too few units
    decision        TEXT    NOT NULL,               -- what the rules said
    decision_variant_id INTEGER REFERENCES variant_definition, -- about which treatment; null: about none in particular
    PRIMARY KEY (experiment_id, night_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE night_alarm (
    -- One row an alarm of an experiment on a night.
    night_id        INTEGER NOT NULL REFERENCES night,
    experiment_id   INTEGER NOT NULL REFERENCES experiment_definition,
    position        INTEGER NOT NULL,               -- the order in which they should be looked into, from 0
    name            TEXT    NOT NULL,               -- as reports write it
    metric TEXT, variant TEXT, detail TEXT,         -- what it is about, where an experiment can have several of its name
    PRIMARY KEY (experiment_id, night_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE night_variant (
    -- One row a variant on a night.
    night_id        INTEGER NOT NULL REFERENCES night,
    experiment_id   INTEGER NOT NULL REFERENCES experiment_definition,
    variant_id      INTEGER NOT NULL REFERENCES variant_definition,
    is_control      INTEGER NOT NULL CHECK (is_control IN (0, 1)),
    units           INTEGER NOT NULL,               -- analysed units
    PRIMARY KEY (experiment_id, night_id, variant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE night_result (
    -- One row a metric and variant on a night, with all that a comparison of means or ratios needs, so that its intervals
    -- and p-values can be computed again.
    night_id        INTEGER NOT NULL REFERENCES night,
    experiment_id   INTEGER NOT NULL REFERENCES experiment_definition,
    metric_id       INTEGER NOT NULL REFERENCES metric_definition,
    variant_id      INTEGER NOT NULL REFERENCES variant_definition,
    aggregation     TEXT,                           -- how the outcomes of a unit became its one value that night; null of a
                                                    -- ratio and a quantile
    units           INTEGER NOT NULL,               -- those that count in the metric
    units_with_outcome INTEGER NOT NULL,
    sum             REAL,                           -- of their values; null of a ratio and a quantile
    mean            REAL,                           -- of their values; or the ratio, or the quantile; null: none
    variance        REAL,                           -- of one unit; null below two units
    skewness        REAL    NOT NULL,               -- of the values of all variants' units around their variant's mean
    past_mean REAL, past_variance REAL, past_covariance REAL, -- of what the units did before, and with their values; null: nothing
    slope           REAL,                           -- by which values follow what was before, where that was taken out of the
                                                    -- comparison of this variant with the control; null: it was not
    residual_skewness REAL,                         -- of what is left of the values of both; null: as slope
    PRIMARY KEY (experiment_id, metric_id, night_id, variant_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE night_quantile (
    -- One row a quantile and treatment on a night whose interval held at every look. It is made of other values of the
    -- units than the quantile, so mean and variance do not say it.
    night_id        INTEGER NOT NULL REFERENCES night,
    experiment_id   INTEGER NOT NULL REFERENCES experiment_definition,
    metric_id       INTEGER NOT NULL REFERENCES metric_definition,
    variant_id      INTEGER NOT NULL REFERENCES variant_definition, -- the treatment, compared with the control
    difference_lower REAL   NOT NULL, difference_upper REAL NOT NULL,
    lift_lower      REAL, lift_upper REAL,          -- null: no interval, such as beside a control of 0
    log_e_value     REAL    NOT NULL,               -- natural logarithm of the evidence against "no difference"
    PRIMARY KEY (experiment_id, metric_id, night_id, variant_id)
) STRICT, WITHOUT ROWID;

-- ---- Inner steps of the views: they may change ----
CREATE VIEW latest_phase AS
-- Inner step. One row an experiment: its phase in force.
SELECT experiment_id, phase_id, max(number) AS number   -- the others are from the row with the highest number
FROM phase_definition GROUP BY experiment_id;

CREATE VIEW variant_span AS
-- Inner step. One row a variant and a span of time, with what an exposure to it in that span is where its record does not say:
-- of which phase, and whether its unit took part. The phase is the one in force, else the nearest that has the variant, of
-- equally near ones the earlier; a variant that no phase has is in all. The first phase has no beginning, and a phase that
-- has not started begins after all times.
WITH phase AS (
    SELECT experiment_id, phase_id, number,
        min(coalesce(started_at_us, 253402300800000000)) OVER
            (PARTITION BY experiment_id ORDER BY number ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS from_us,
        coalesce(min(coalesce(started_at_us, 253402300800000000)) OVER
            (PARTITION BY experiment_id ORDER BY number ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING),
            253402300800000000) AS until_us
    FROM phase_definition
),
nearest AS MATERIALIZED (
    SELECT v.experiment_id, v.variant_id, p.phase_id,
        coalesce((lag(p.until_us) OVER variant + p.from_us + 1) / 2, 0) AS from_us,
        coalesce((p.until_us + lead(p.from_us) OVER variant + 1) / 2, 253402300800000000) AS until_us
    FROM phase AS p JOIN variant_definition AS v ON v.experiment_id = p.experiment_id
    WHERE EXISTS (SELECT 1 FROM phase_variant AS w WHERE w.phase_id = p.phase_id AND w.variant_id = v.variant_id)
        OR v.variant_id NOT IN (SELECT variant_id FROM phase_variant)
    WINDOW variant AS (PARTITION BY v.variant_id ORDER BY p.number)
),
point AS (
    SELECT experiment_id, variant_id, from_us AS at_us FROM nearest
    UNION SELECT v.experiment_id, v.variant_id, r.started_at_us
    FROM experiment_run AS r JOIN variant_definition AS v ON v.experiment_id = r.experiment_id
    UNION SELECT v.experiment_id, v.variant_id, r.stopped_at_us
    FROM experiment_run AS r JOIN variant_definition AS v ON v.experiment_id = r.experiment_id
)
SELECT
    t.experiment_id, t.variant_id, t.at_us AS from_us,
    lead(t.at_us, 1, 253402300800000000) OVER (PARTITION BY t.variant_id ORDER BY t.at_us) AS until_us,     -- excluded
    n.phase_id,
    CASE WHEN EXISTS (SELECT 1 FROM experiment_run AS r WHERE r.experiment_id = t.experiment_id
        AND t.at_us >= coalesce(r.started_at_us, 0) AND t.at_us < coalesce(r.stopped_at_us, 253402300800000000))
        THEN 0 ELSE 3
    END AS enrollment
FROM point AS t JOIN nearest AS n ON n.variant_id = t.variant_id AND t.at_us >= n.from_us AND t.at_us < n.until_us;

CREATE VIEW decided_exposure AS
-- Inner step. One row a logged exposure with its experiment, and with what its record does not say.
SELECT
    e.exposure_id, s.experiment_id, coalesce(e.phase_id, s.phase_id) AS phase_id, e.variant_id,
    coalesce(e.enrollment, s.enrollment) AS enrollment, e.timestamp_us, e.user_id, e.session_id, e.attributes, e.id
FROM exposure_log AS e
CROSS JOIN variant_span AS s
    ON s.variant_id = e.variant_id AND e.timestamp_us >= s.from_us AND e.timestamp_us < s.until_us;

CREATE VIEW phase_unit AS
-- Inner step. One row a unit seen in its experiment's latest phase: its first enrolled exposure (smallest time, ties by
-- arrival), or why it has none. The time, the arrival and the variant, each padded with zeros, travel as one text
-- through min(), which thus picks one exposure; row_number() takes twice as long.
SELECT
    experiment_id, phase, unit, unit_id,
    best_enrollment,                                            -- of its exposures: 0 when any is enrolled
    CAST(substr(first, 1, 18) AS INTEGER) AS exposed_at_us,
    CAST(substr(first, 19, 19) AS INTEGER) AS exposure_id,      -- also serves as the unit's number
    CAST(substr(first, 38) AS INTEGER) AS variant_id,
    exposures, is_crossover
FROM (
    SELECT
        p.experiment_id, p.number AS phase, x.unit,
        CAST(CASE x.unit WHEN 'user' THEN e.user_id ELSE e.session_id END AS TEXT) AS unit_id,
        min(e.enrollment) AS best_enrollment,
        min(printf('%018d%019d%d', e.timestamp_us, e.exposure_id, e.variant_id))
            FILTER (WHERE e.enrollment = 0) AS first,
        count(*) FILTER (WHERE e.enrollment = 0) AS exposures,
        min(e.variant_id) FILTER (WHERE e.enrollment = 0) < max(e.variant_id) FILTER (WHERE e.enrollment = 0)
            AS is_crossover
    FROM decided_exposure AS e
    CROSS JOIN latest_phase AS p ON p.phase_id = e.phase_id
    CROSS JOIN experiment_definition AS x ON x.experiment_id = p.experiment_id
    WHERE p.phase_id NOT IN (SELECT phase_id FROM retained_phase)       -- what is left of its rows are links
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

CREATE VIEW identity_link AS
-- Inner step. One row a session and a user that are together on a row of any log, with the age of the oldest such row as one
-- text: its time, then exposures before outcomes before links, then its arrival. No row where every experiment is strict.
WITH asked AS (SELECT 1 FROM experiment_definition WHERE identity <> 'strict' LIMIT 1)
SELECT session_id, user_id, min(age) AS age
FROM (
    SELECT session_id, user_id, printf('%018d0%019d', timestamp_us, exposure_id) AS age
    FROM asked CROSS JOIN exposure_log WHERE session_id IS NOT NULL AND user_id IS NOT NULL
    UNION ALL
    SELECT session_id, user_id, printf('%018d1%019d', timestamp_us, outcome_id)
    FROM asked CROSS JOIN outcome_log WHERE session_id IS NOT NULL AND user_id IS NOT NULL
    UNION ALL
    SELECT session_id, user_id, printf('%018d2%019d', timestamp_us, link_id)
    FROM asked CROSS JOIN link_log
)
GROUP BY session_id, user_id;

CREATE VIEW attributed_outcome AS
-- Inner step. One row an outcome and experiment it belongs to, with the one reason why it is left out; null: it counts.
-- An outcome without an experiment belongs to every experiment in which its unit has an enrolled exposure. Where an experiment's
-- identity is not strict, an outcome whose own id has no exposure there belongs to the unit that its other id is linked with.
WITH unit AS MATERIALIZED (SELECT * FROM phase_unit),
asked AS (SELECT 1 FROM experiment_definition WHERE identity <> 'strict' LIMIT 1),     -- nothing is linked where none asks
linked AS MATERIALIZED (        -- by experiment and other id, the unit of the oldest link: min() decides the bare columns' row
    SELECT
        u.experiment_id, CASE u.unit WHEN 'user' THEN l.session_id ELSE l.user_id END AS other_id, min(l.age),
        u.unit_id, u.exposed_at_us, u.exposure_id, u.variant_id, u.is_crossover,
        x.identity = 'unambiguous' AND count(*) > 1 AS is_ambiguous
    FROM identity_link AS l
    CROSS JOIN experiment_definition AS x ON x.identity <> 'strict'
    CROSS JOIN unit AS u
        ON u.unit_id = CASE x.unit WHEN 'user' THEN l.user_id ELSE l.session_id END AND u.experiment_id = x.experiment_id
        AND u.best_enrollment = 0
    GROUP BY u.experiment_id, other_id
),
ending AS MATERIALIZED (SELECT us FROM log_end),
attributed AS MATERIALIZED (     -- or a condition on the exposure's time would turn the outer join into a loop of scans
    SELECT
        o.outcome_id, o.experiment_id, o.metric_id, o.value, o.timestamp_us, o.attributes,
        CAST(CASE x.unit WHEN 'user' THEN o.user_id ELSE o.session_id END AS TEXT) AS unit_id,
        u.best_enrollment, u.exposed_at_us, u.exposure_id, u.variant_id, u.is_crossover, 0 AS is_ambiguous
    FROM outcome_log AS o
    CROSS JOIN experiment_definition AS x ON x.experiment_id = o.experiment_id AND x.identity = 'strict'
    LEFT JOIN unit AS u
        ON u.unit_id = CASE x.unit WHEN 'user' THEN o.user_id ELSE o.session_id END
        AND u.experiment_id = o.experiment_id
    UNION ALL
    SELECT
        o.outcome_id, u.experiment_id, o.metric_id, o.value, o.timestamp_us, o.attributes, u.unit_id,
        u.best_enrollment, u.exposed_at_us, u.exposure_id, u.variant_id, u.is_crossover, 0
    FROM outcome_log AS o
    CROSS JOIN (SELECT 'user' AS unit UNION ALL SELECT 'session') AS k
    CROSS JOIN unit AS u
        ON u.unit_id = CASE k.unit WHEN 'user' THEN o.user_id ELSE o.session_id END
        AND u.unit = k.unit AND u.best_enrollment = 0
    WHERE o.experiment_id IS NULL
    UNION ALL
    SELECT                      -- in an experiment that is not strict: the unit of the outcome's own id, or else of its other id
        o.outcome_id, x.experiment_id, o.metric_id, o.value, o.timestamp_us, o.attributes,
        CAST(CASE WHEN k.is_ambiguous = 0 THEN k.unit_id WHEN x.unit = 'user' THEN o.user_id ELSE o.session_id END AS TEXT),
        CASE k.is_ambiguous WHEN 0 THEN 0 ELSE u.best_enrollment END,
        CASE k.is_ambiguous WHEN 0 THEN k.exposed_at_us ELSE u.exposed_at_us END,
        CASE k.is_ambiguous WHEN 0 THEN k.exposure_id ELSE u.exposure_id END,
        CASE k.is_ambiguous WHEN 0 THEN k.variant_id ELSE u.variant_id END,
        CASE k.is_ambiguous WHEN 0 THEN k.is_crossover ELSE u.is_crossover END, coalesce(k.is_ambiguous, 0)
    FROM asked CROSS JOIN outcome_log AS o
    CROSS JOIN experiment_definition AS x
        ON x.identity <> 'strict' AND (x.experiment_id = o.experiment_id OR o.experiment_id IS NULL)
    LEFT JOIN unit AS u
        ON u.unit_id = CASE x.unit WHEN 'user' THEN o.user_id ELSE o.session_id END
        AND u.experiment_id = x.experiment_id
    LEFT JOIN linked AS k
        ON k.other_id = CASE x.unit WHEN 'user' THEN o.session_id ELSE o.user_id END
        AND k.experiment_id = x.experiment_id AND u.unit_id IS NULL
    WHERE o.experiment_id IS NOT NULL OR k.other_id IS NOT NULL
)
SELECT
    a.outcome_id, a.experiment_id, a.metric_id, a.unit_id, a.exposure_id, a.variant_id, a.value, a.timestamp_us, a.attributes,
    a.exposed_at_us,
    CASE WHEN a.best_enrollment = 0 AND NOT a.is_crossover THEN 1 ELSE 0 END AS is_analysed,
    CASE                            -- the first that applies
        WHEN a.is_ambiguous THEN 'ambiguous_identity'
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
-- filter takes it. It counts where the unit is mature in the metric. What only one aggregation asks is null for the others.
WITH ending AS MATERIALIZED (SELECT us FROM log_end),
reading AS MATERIALIZED (       -- what is made of the outcomes recorded as a metric
    SELECT coalesce(of_metric_id, metric_id) AS recorded_id, metric_id, aggregation, delay_us, window_us, is_mature, outcome_filter
    FROM metric_definition WHERE aggregation IS NOT NULL
)
SELECT
    a.experiment_id, m.metric_id, a.exposure_id, a.variant_id, a.value,
    CASE m.aggregation WHEN 'max' THEN a.value WHEN 'last' THEN printf('%018d%019d', a.timestamp_us, a.outcome_id) END AS rank,
    CASE m.aggregation WHEN 'days' THEN a.timestamp_us / 86400000000 END AS day,
    NOT m.is_mature OR a.exposed_at_us + m.delay_us + m.window_us <= (SELECT us FROM ending) AS is_mature
FROM attributed_outcome AS a CROSS JOIN reading AS m ON m.recorded_id = a.metric_id
WHERE a.is_analysed AND a.timestamp_us >= a.exposed_at_us + m.delay_us
    AND (m.window_us IS NULL OR a.timestamp_us < a.exposed_at_us + m.delay_us + m.window_us)
    AND (m.outcome_filter IS NULL OR NOT EXISTS (       -- an attribute that it lacks, or has with another value
        SELECT 1 FROM json_each(m.outcome_filter) AS f WHERE NOT EXISTS (
            SELECT 1 FROM json_each(a.attributes) AS t JOIN json_each(f.value) AS w ON w.value = t.value
            WHERE t.key = f.key)));

CREATE VIEW unit_value AS
-- Inner step. One row a unit and metric with an outcome in its window: those outcomes as one value, before floor and cap. The
-- halves of an integer are summed apart, so that no sum can overflow. A first exposure is of one experiment and variant: sorting
-- by its number first, and few columns, is most of the speed.
SELECT
    u.experiment_id, u.metric_id, u.exposure_id, u.variant_id, u.is_mature, u.outcomes,
    CASE m.aggregation
        WHEN 'any' THEN CAST(u.nonzeros > 0 AS REAL)
        WHEN 'count' THEN CAST(u.outcomes AS REAL)
        WHEN 'days' THEN CAST(u.days AS REAL)
        WHEN 'max' THEN CAST(u.peak AS REAL)
        WHEN 'last' THEN CAST(u.peak AS REAL)
        ELSE CASE m.kind WHEN 'numeric' THEN u.total ELSE u.high * 4294967296.0 + u.low END
            / CASE m.aggregation WHEN 'mean' THEN u.outcomes ELSE 1 END
    END AS value
FROM (
    SELECT
        experiment_id, metric_id, exposure_id, variant_id, is_mature, count(*) AS outcomes,
        value AS peak, max(rank),       -- of the row where the rank is largest: SQLite takes a bare column from there
        sum(value <> 0) AS nonzeros, count(DISTINCT day) AS days,
        total(value) AS total, sum(value >> 32) AS high, sum(value & 4294967295) AS low
    FROM metric_outcome
    GROUP BY exposure_id, metric_id
) AS u
CROSS JOIN metric_definition AS m ON m.metric_id = u.metric_id;

CREATE VIEW metric_unit AS
-- Inner step. One row a unit that counts in a metric and has an outcome: its value, floor applied; and one a variant for all its
-- units without one, which are zeros. Where a ratio pairs units, those are rows of their own. The numerator of a ratio is there
-- too where only the denominator has outcomes; is_present tells.
WITH own AS MATERIALIZED (SELECT * FROM unit_value),
analysed AS MATERIALIZED (
    SELECT experiment_id, variant_id, exposure_id, exposed_at_us FROM phase_unit WHERE best_enrollment = 0 AND NOT is_crossover
),
ending AS MATERIALIZED (SELECT us FROM log_end),
tally AS MATERIALIZED (     -- the units with an outcome
    SELECT experiment_id, metric_id, variant_id, sum(is_mature) AS units FROM own
    GROUP BY experiment_id, metric_id, variant_id
),
needed AS MATERIALIZED (    -- what has outcomes, and the numerators of what has
    SELECT y.experiment_id, n.metric_id, max(n.is_own AND y.units > 0) AS is_present,
        EXISTS (SELECT 1 FROM metric_definition AS r WHERE n.metric_id IN (r.numerator_id, r.denominator_id)) AS is_paired
    FROM tally AS y
    CROSS JOIN (
        SELECT metric_id AS source_id, metric_id, 1 AS is_own FROM metric_definition
        UNION ALL
        SELECT denominator_id, numerator_id, 0 FROM metric_definition WHERE kind = 'ratio'
    ) AS n ON n.source_id = y.metric_id
    GROUP BY y.experiment_id, n.metric_id
),
counted AS (
    SELECT experiment_id, metric_id, 1 AS is_present, variant_id, exposure_id, 1 AS units, outcomes, value
    FROM own WHERE is_mature
    UNION ALL
    SELECT k.experiment_id, k.metric_id, k.is_present, u.variant_id, u.exposure_id, 1, 0, 0.0
    FROM needed AS k
    CROSS JOIN metric_definition AS m ON m.metric_id = k.metric_id AND m.absent = 'zero'
    CROSS JOIN analysed AS u ON u.experiment_id = k.experiment_id
    WHERE k.is_paired
        AND (NOT m.is_mature OR u.exposed_at_us + m.delay_us + m.window_us <= (SELECT us FROM ending))
        AND NOT EXISTS (SELECT 1 FROM own AS y WHERE y.exposure_id = u.exposure_id AND y.metric_id = k.metric_id)
    UNION ALL
    SELECT z.experiment_id, z.metric_id, z.is_present, z.variant_id, NULL, z.units - coalesce(y.units, 0), 0, 0.0
    FROM (
        SELECT k.experiment_id, k.metric_id, k.is_present, u.variant_id, sum(u.units) AS units
        FROM needed AS k
        CROSS JOIN metric_definition AS m ON m.metric_id = k.metric_id AND m.absent = 'zero'
        CROSS JOIN (        -- each unit where it must be mature, and all of a variant as one row where not
            SELECT experiment_id, 1 AS is_mature, variant_id, exposed_at_us, 1 AS units FROM analysed
            UNION ALL
            SELECT experiment_id, 0, variant_id, 0, count(*) FROM analysed GROUP BY experiment_id, variant_id
        ) AS u ON u.experiment_id = k.experiment_id AND u.is_mature = m.is_mature
        WHERE NOT k.is_paired
            AND (NOT m.is_mature OR u.exposed_at_us + m.delay_us + m.window_us <= (SELECT us FROM ending))
        GROUP BY k.experiment_id, k.metric_id, u.variant_id
    ) AS z
    LEFT JOIN tally AS y
        ON y.experiment_id = z.experiment_id AND y.metric_id = z.metric_id AND y.variant_id = z.variant_id
    WHERE z.units > coalesce(y.units, 0)
)
SELECT
    c.experiment_id, c.metric_id, c.is_present, c.variant_id, c.exposure_id, c.units, c.outcomes,
    CASE WHEN m.aggregation <> 'any' AND c.value < m.floor THEN m.floor ELSE c.value END AS value
FROM counted AS c CROSS JOIN metric_definition AS m ON m.metric_id = c.metric_id;

CREATE VIEW metric_value AS
-- Inner step. One row of metric_unit, floor and cap applied. A cap that is a percentile is that of
-- the values of all variants together: the one of rank ⌈level · count⌉, in integers.
WITH counted AS MATERIALIZED (SELECT * FROM metric_unit),
ranked AS (
    SELECT y.experiment_id, y.metric_id, y.value, CAST(round(m.cap_level * 1e9) AS INTEGER) AS billionths,
        sum(y.units) OVER (PARTITION BY y.experiment_id, y.metric_id ORDER BY y.value) AS place,
        sum(y.units) OVER (PARTITION BY y.experiment_id, y.metric_id) AS count
    FROM metric_definition AS m CROSS JOIN counted AS y ON y.metric_id = m.metric_id
    WHERE m.cap_level IS NOT NULL AND (NOT m.cap_nonzero OR y.value <> 0)
),
percentile AS MATERIALIZED (
    SELECT experiment_id, metric_id, min(value) AS value FROM ranked
    WHERE place >= (billionths * count + 999999999) / 1000000000 GROUP BY experiment_id, metric_id
)
SELECT
    y.experiment_id, y.metric_id, y.is_present, y.variant_id, y.exposure_id, y.units, y.outcomes,
    CASE WHEN m.aggregation <> 'any' AND y.value > coalesce(m.cap, p.value) THEN coalesce(m.cap, p.value) ELSE y.value END
        AS value
FROM counted AS y
CROSS JOIN metric_definition AS m ON m.metric_id = y.metric_id
LEFT JOIN percentile AS p ON p.experiment_id = y.experiment_id AND p.metric_id = y.metric_id;

CREATE VIEW definition_fact AS
-- Inner step. One row a fact that decides, as it is now: what definition_log keeps the changes of. Metrics that were only
-- recorded are left out.
SELECT experiment_id, 0 AS metric_id, role AS field, 0 AS phase, position, metric AS value FROM metric_role
UNION ALL SELECT experiment_id, 0, 'margin', 0, position, margin FROM metric_role WHERE margin IS NOT NULL
UNION ALL SELECT p.experiment_id, 0, 'variant', p.number, w.position, v.name FROM phase_definition AS p
    CROSS JOIN phase_variant AS w ON w.phase_id = p.phase_id CROSS JOIN variant_definition AS v ON v.variant_id = w.variant_id
UNION ALL SELECT p.experiment_id, 0, 'weight', p.number, w.position, w.weight FROM phase_definition AS p
    CROSS JOIN phase_variant AS w ON w.phase_id = p.phase_id
UNION ALL SELECT p.experiment_id, 0, 'is_control', p.number, w.position, w.is_control FROM phase_definition AS p
    CROSS JOIN phase_variant AS w ON w.phase_id = p.phase_id
UNION ALL SELECT experiment_id, 0, 'unit', 0, 0, unit FROM experiment_definition WHERE unit IS NOT NULL
UNION ALL SELECT experiment_id, 0, 'status', 0, 0, status FROM experiment_definition WHERE status IS NOT NULL
UNION ALL SELECT experiment_id, 0, 'winner', 0, 0, winner FROM experiment_definition WHERE winner IS NOT NULL
UNION ALL SELECT experiment_id, 0, 'starts_at_us', 0, 0, starts_at_us FROM experiment_definition WHERE starts_at_us IS NOT NULL
UNION ALL SELECT experiment_id, 0, 'ends_at_us', 0, 0, ends_at_us FROM experiment_definition WHERE ends_at_us IS NOT NULL
UNION ALL SELECT experiment_id, 0, 'planned_units', 0, 0, planned_units FROM experiment_definition WHERE planned_units IS NOT NULL
UNION ALL SELECT experiment_id, 0, 'minimum_lift', 0, 0, minimum_lift FROM experiment_definition WHERE minimum_lift IS NOT NULL
UNION ALL SELECT experiment_id, 0, 'planned_days', 0, 0, planned_days FROM experiment_definition WHERE planned_days IS NOT NULL
UNION ALL SELECT experiment_id, 0, 'plausible_lift', 0, 0, plausible_lift FROM experiment_definition WHERE plausible_lift IS NOT NULL
UNION ALL SELECT experiment_id, 0, 'segments', 0, 0, segments FROM experiment_definition WHERE segments IS NOT NULL
UNION ALL SELECT experiment_id, 0, 'covariate', 0, 0, covariate FROM experiment_definition WHERE covariate IS NOT NULL
UNION ALL SELECT experiment_id, 0, 'identity', 0, 0, identity FROM experiment_definition WHERE identity IS NOT NULL
UNION ALL SELECT experiment_id, 0, 'is_strict', 0, 0, is_strict FROM experiment_definition WHERE is_strict IS NOT NULL
UNION ALL SELECT experiment_id, 0, 'hypothesis', 0, 0, hypothesis FROM experiment_definition WHERE hypothesis IS NOT NULL
UNION ALL SELECT experiment_id, 0, 'owner', 0, 0, owner FROM experiment_definition WHERE owner IS NOT NULL
UNION ALL SELECT 0, metric_id, 'direction', 0, 0, direction FROM metric_definition WHERE direction IS NOT NULL AND is_defined = 1
UNION ALL SELECT 0, metric_id, 'aggregation', 0, 0, aggregation FROM metric_definition WHERE aggregation IS NOT NULL AND is_defined = 1
UNION ALL SELECT 0, m.metric_id, 'of', 0, 0, o.name FROM metric_definition AS m
    CROSS JOIN metric_definition AS o ON o.metric_id = m.of_metric_id WHERE m.is_defined = 1
UNION ALL SELECT 0, metric_id, 'outcome_filter', 0, 0, outcome_filter FROM metric_definition WHERE outcome_filter IS NOT NULL AND is_defined = 1
UNION ALL SELECT 0, metric_id, 'delay_us', 0, 0, delay_us FROM metric_definition WHERE delay_us IS NOT NULL AND is_defined = 1
UNION ALL SELECT 0, metric_id, 'window_us', 0, 0, window_us FROM metric_definition WHERE window_us IS NOT NULL AND is_defined = 1
UNION ALL SELECT 0, metric_id, 'is_mature', 0, 0, is_mature FROM metric_definition WHERE is_mature IS NOT NULL AND is_defined = 1
UNION ALL SELECT 0, metric_id, 'absent', 0, 0, absent FROM metric_definition WHERE absent IS NOT NULL AND is_defined = 1
UNION ALL SELECT 0, metric_id, 'floor', 0, 0, floor FROM metric_definition WHERE floor IS NOT NULL AND is_defined = 1
UNION ALL SELECT 0, metric_id, 'cap', 0, 0, cap FROM metric_definition WHERE cap IS NOT NULL AND is_defined = 1
UNION ALL SELECT 0, metric_id, 'cap_level', 0, 0, cap_level FROM metric_definition WHERE cap_level IS NOT NULL AND is_defined = 1
UNION ALL SELECT 0, metric_id, 'cap_nonzero', 0, 0, cap_nonzero FROM metric_definition WHERE cap_nonzero IS NOT NULL AND is_defined = 1
UNION ALL SELECT 0, m.metric_id, 'numerator', 0, 0, o.name FROM metric_definition AS m
    CROSS JOIN metric_definition AS o ON o.metric_id = m.numerator_id WHERE m.is_defined = 1
UNION ALL SELECT 0, m.metric_id, 'denominator', 0, 0, o.name FROM metric_definition AS m
    CROSS JOIN metric_definition AS o ON o.metric_id = m.denominator_id WHERE m.is_defined = 1
UNION ALL SELECT 0, metric_id, 'quantile_level', 0, 0, quantile_level FROM metric_definition WHERE quantile_level IS NOT NULL AND is_defined = 1
UNION ALL SELECT 0, metric_id, 'population', 0, 0, population FROM metric_definition WHERE population IS NOT NULL AND is_defined = 1
UNION ALL SELECT 0, metric_id, 'measurement_unit', 0, 0, measurement_unit FROM metric_definition WHERE measurement_unit IS NOT NULL AND is_defined = 1;

CREATE VIEW definition_memory AS
-- Inner step. One row a fact that ever was, as the log has it last; null: it is not there any more.
SELECT experiment_id, metric_id, field, phase, position, after AS value, max(change_id) AS change_id
FROM definition_log GROUP BY experiment_id, metric_id, field, phase, position;   -- value is of the last change

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

-- ---- Triggers: logs only grow, what has started is fixed, and every change of a definition is counted ----
CREATE TRIGGER exposure_log_update BEFORE UPDATE ON exposure_log BEGIN SELECT RAISE(ABORT, 'exposures are append-only'); END;
CREATE TRIGGER exposure_log_delete BEFORE DELETE ON exposure_log WHEN NOT EXISTS (SELECT 1 FROM removal WHERE ended_at_us IS NULL) BEGIN SELECT RAISE(ABORT, 'exposures are append-only'); END;
CREATE TRIGGER outcome_log_update BEFORE UPDATE ON outcome_log BEGIN SELECT RAISE(ABORT, 'outcomes are append-only'); END;
CREATE TRIGGER outcome_log_delete BEFORE DELETE ON outcome_log WHEN NOT EXISTS (SELECT 1 FROM removal WHERE ended_at_us IS NULL) BEGIN SELECT RAISE(ABORT, 'outcomes are append-only'); END;
CREATE TRIGGER link_log_update BEFORE UPDATE ON link_log BEGIN SELECT RAISE(ABORT, 'links are append-only'); END;
CREATE TRIGGER link_log_delete BEFORE DELETE ON link_log WHEN NOT EXISTS (SELECT 1 FROM removal WHERE ended_at_us IS NULL) BEGIN SELECT RAISE(ABORT, 'links are append-only'); END;
CREATE TRIGGER definition_log_update BEFORE UPDATE ON definition_log BEGIN SELECT RAISE(ABORT, 'the log of definitions is append-only'); END;
CREATE TRIGGER definition_log_delete BEFORE DELETE ON definition_log BEGIN SELECT RAISE(ABORT, 'the log of definitions is append-only'); END;
CREATE TRIGGER retained_phase_stays_over BEFORE UPDATE ON experiment_definition
WHEN NEW.status = 'running' AND EXISTS (SELECT 1 FROM retained_phase WHERE phase_id = (SELECT phase_id FROM latest_phase WHERE experiment_id = NEW.experiment_id))
BEGIN SELECT RAISE(ABORT, 'the rows of the phase were removed, so the experiment can only run in a new phase: open one first'); END;
CREATE TRIGGER night_update BEFORE UPDATE ON night BEGIN SELECT RAISE(ABORT, 'a night is stored once'); END;
CREATE TRIGGER night_experiment_update BEFORE UPDATE ON night_experiment BEGIN SELECT RAISE(ABORT, 'a night is stored once'); END;
CREATE TRIGGER night_alarm_update BEFORE UPDATE ON night_alarm BEGIN SELECT RAISE(ABORT, 'a night is stored once'); END;
CREATE TRIGGER night_variant_update BEFORE UPDATE ON night_variant BEGIN SELECT RAISE(ABORT, 'a night is stored once'); END;
CREATE TRIGGER night_result_update BEFORE UPDATE ON night_result BEGIN SELECT RAISE(ABORT, 'a night is stored once'); END;
CREATE TRIGGER night_quantile_update BEFORE UPDATE ON night_quantile BEGIN SELECT RAISE(ABORT, 'a night is stored once'); END;

CREATE VIEW definition_record AS
-- For triggers: a row inserted here writes down by what the facts of its experiment or metric differ from the log.
SELECT experiment_id, metric_id FROM definition_log;
CREATE TRIGGER definition_record_insert INSTEAD OF INSERT ON definition_record BEGIN
    INSERT INTO definition_log (changed_at_us, origin, last_exposure, experiment_id, metric_id, field, phase, position, before, after)
    SELECT coalesce(a.changed_at_us, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000), coalesce(a.origin, 'hand'),
        coalesce((SELECT max(exposure_id) FROM exposure_log), 0), d.*
    FROM (SELECT experiment_id, metric_id, field, phase, position, max(before) AS before, max(after) AS after   -- one of each at most
        FROM (SELECT experiment_id, metric_id, field, phase, position, NULL AS before, value AS after FROM definition_fact
            WHERE experiment_id = NEW.experiment_id AND metric_id = NEW.metric_id
            UNION ALL SELECT experiment_id, metric_id, field, phase, position, value, NULL FROM definition_memory
            WHERE experiment_id = NEW.experiment_id AND metric_id = NEW.metric_id)
        GROUP BY experiment_id, metric_id, field, phase, position HAVING max(before) IS NOT max(after)) AS d
    LEFT JOIN definition_author AS a ON true;
END;

CREATE VIEW definition_change AS
-- For triggers: a row inserted here counts a change of its experiment (null: of what belongs to none), and is refused
-- where the change has led to an overlapping claim.
SELECT experiment_id FROM experiment_version;
CREATE TRIGGER definition_change_insert INSTEAD OF INSERT ON definition_change BEGIN
    UPDATE definition_version SET version = version + 1;
    UPDATE experiment_version SET version = (SELECT version FROM definition_version)
    WHERE experiment_id = NEW.experiment_id;
    SELECT RAISE(ABORT, 'experiments must not claim overlapping ranges of a namespace')
    FROM overlapping_claim WHERE experiment_id = NEW.experiment_id;
END;

CREATE VIEW phase_change AS
-- For triggers: a row inserted here is refused where its phase has started, and counts a change of its experiment.
SELECT phase_id FROM phase_definition;
CREATE TRIGGER phase_change_insert INSTEAD OF INSERT ON phase_change BEGIN
    SELECT RAISE(ABORT, 'a phase that has started cannot change; open a new phase')
    FROM phase_definition WHERE phase_id = NEW.phase_id AND started_at_us IS NOT NULL;
    INSERT INTO definition_change VALUES ((SELECT experiment_id FROM phase_definition WHERE phase_id = NEW.phase_id));
END;
CREATE TRIGGER experiment_insert AFTER INSERT ON experiment_definition BEGIN
    INSERT OR REPLACE INTO experiment_version VALUES (NEW.experiment_id, 0); INSERT INTO definition_change VALUES (NEW.experiment_id); INSERT INTO definition_record VALUES (NEW.experiment_id, 0); END;
CREATE TRIGGER experiment_update AFTER UPDATE ON experiment_definition BEGIN
    UPDATE OR REPLACE experiment_version SET experiment_id = NEW.experiment_id WHERE experiment_id = OLD.experiment_id;
    INSERT INTO definition_change VALUES (NEW.experiment_id); INSERT INTO definition_record SELECT OLD.experiment_id, 0 UNION SELECT NEW.experiment_id, 0; END;
CREATE TRIGGER experiment_delete AFTER DELETE ON experiment_definition BEGIN
    DELETE FROM experiment_version WHERE experiment_id = OLD.experiment_id; INSERT INTO definition_change VALUES (NULL); INSERT INTO definition_record VALUES (OLD.experiment_id, 0); END;
-- The runs follow what an experiment's own row says; the end of a run is the earlier of its schedule's end and its stop.
CREATE TRIGGER experiment_run_defined AFTER INSERT ON experiment_definition WHEN NEW.status <> 'draft' BEGIN
    INSERT OR REPLACE INTO experiment_run VALUES (NEW.experiment_id, 1, NEW.starts_at_us,
        coalesce(min(NEW.stopped_at_us, NEW.ends_at_us), NEW.stopped_at_us, NEW.ends_at_us));
    DELETE FROM experiment_run WHERE experiment_id = NEW.experiment_id AND stopped_at_us <= started_at_us; END;
CREATE TRIGGER experiment_run_started AFTER UPDATE ON experiment_definition WHEN NEW.status = 'running' AND OLD.status <> 'running' BEGIN
    INSERT INTO experiment_run SELECT NEW.experiment_id, 1 + coalesce(max(number), 0), NEW.started_at_us, NEW.ends_at_us
    FROM experiment_run WHERE experiment_id = NEW.experiment_id; END;
CREATE TRIGGER experiment_run_changed AFTER UPDATE ON experiment_definition WHEN OLD.status = 'running' BEGIN
    UPDATE experiment_run SET stopped_at_us = coalesce(min(NEW.stopped_at_us, NEW.ends_at_us), NEW.stopped_at_us, NEW.ends_at_us),
        started_at_us = iif(NEW.status <> 'running' OR NEW.started_at_us IS OLD.started_at_us, started_at_us, NEW.started_at_us)
    WHERE experiment_id = NEW.experiment_id AND number = (SELECT max(number) FROM experiment_run WHERE experiment_id = NEW.experiment_id);
    DELETE FROM experiment_run WHERE experiment_id = NEW.experiment_id AND (stopped_at_us <= started_at_us OR NEW.status = 'draft'); END;
CREATE TRIGGER variant_insert AFTER INSERT ON variant_definition BEGIN INSERT INTO definition_change VALUES (NEW.experiment_id); END;
CREATE TRIGGER variant_update AFTER UPDATE ON variant_definition BEGIN INSERT INTO definition_change VALUES (OLD.experiment_id), (NEW.experiment_id); INSERT INTO definition_record SELECT OLD.experiment_id, 0 UNION SELECT NEW.experiment_id, 0; END;
CREATE TRIGGER variant_delete AFTER DELETE ON variant_definition BEGIN INSERT INTO definition_change VALUES (OLD.experiment_id); END;
CREATE TRIGGER unit_override_insert AFTER INSERT ON unit_override BEGIN INSERT INTO definition_change VALUES (NEW.experiment_id); END;
CREATE TRIGGER unit_override_update AFTER UPDATE ON unit_override BEGIN INSERT INTO definition_change VALUES (OLD.experiment_id), (NEW.experiment_id); END;
CREATE TRIGGER unit_override_delete AFTER DELETE ON unit_override BEGIN INSERT INTO definition_change VALUES (OLD.experiment_id); END;
-- A metric that outcomes bring along changes no definition; how metrics are read is one.
CREATE TRIGGER metric_insert AFTER INSERT ON metric_definition WHEN NEW.is_defined = 1 BEGIN
    INSERT INTO definition_change SELECT NULL WHERE NEW.of_metric_id IS NOT NULL; INSERT INTO definition_record VALUES (0, NEW.metric_id); END;
CREATE TRIGGER metric_update AFTER UPDATE ON metric_definition BEGIN
    INSERT INTO definition_change VALUES (NULL); INSERT INTO definition_record SELECT 0, OLD.metric_id UNION SELECT 0, NEW.metric_id; END;
CREATE TRIGGER metric_delete AFTER DELETE ON metric_definition BEGIN INSERT INTO definition_record VALUES (0, OLD.metric_id); END;
CREATE TRIGGER metric_role_insert AFTER INSERT ON metric_role BEGIN INSERT INTO definition_change VALUES (NEW.experiment_id); INSERT INTO definition_record VALUES (NEW.experiment_id, 0); END;
CREATE TRIGGER metric_role_update AFTER UPDATE ON metric_role BEGIN INSERT INTO definition_change VALUES (OLD.experiment_id), (NEW.experiment_id); INSERT INTO definition_record SELECT OLD.experiment_id, 0 UNION SELECT NEW.experiment_id, 0; END;
CREATE TRIGGER metric_role_delete AFTER DELETE ON metric_role BEGIN INSERT INTO definition_change VALUES (OLD.experiment_id); INSERT INTO definition_record VALUES (OLD.experiment_id, 0); END;
CREATE TRIGGER phase_variant_insert AFTER INSERT ON phase_variant BEGIN INSERT INTO phase_change VALUES (NEW.phase_id); INSERT INTO definition_record SELECT experiment_id, 0 FROM phase_definition WHERE phase_id = NEW.phase_id; END;
CREATE TRIGGER phase_variant_update AFTER UPDATE ON phase_variant BEGIN INSERT INTO phase_change VALUES (OLD.phase_id), (NEW.phase_id); INSERT INTO definition_record SELECT experiment_id, 0 FROM phase_definition WHERE phase_id IN (OLD.phase_id, NEW.phase_id); END;
CREATE TRIGGER phase_variant_delete AFTER DELETE ON phase_variant BEGIN INSERT INTO phase_change VALUES (OLD.phase_id); INSERT INTO definition_record SELECT experiment_id, 0 FROM phase_definition WHERE phase_id = OLD.phase_id; END;
CREATE TRIGGER holdout_insert AFTER INSERT ON holdout BEGIN INSERT INTO definition_change VALUES (NULL); END;
CREATE TRIGGER holdout_update AFTER UPDATE ON holdout BEGIN INSERT INTO definition_change VALUES (NULL); END;
CREATE TRIGGER holdout_delete AFTER DELETE ON holdout BEGIN INSERT INTO definition_change VALUES (NULL); END;
CREATE TRIGGER phase_insert AFTER INSERT ON phase_definition BEGIN INSERT INTO definition_change VALUES (NEW.experiment_id); END;
CREATE TRIGGER phase_update_early BEFORE UPDATE ON phase_definition BEGIN INSERT INTO phase_change VALUES (OLD.phase_id); END;
CREATE TRIGGER phase_update AFTER UPDATE ON phase_definition BEGIN INSERT INTO definition_change VALUES (OLD.experiment_id), (NEW.experiment_id); END;
CREATE TRIGGER phase_delete BEFORE DELETE ON phase_definition BEGIN INSERT INTO phase_change VALUES (OLD.phase_id); END;
CREATE TRIGGER phase_coverage_grows BEFORE INSERT ON phase_coverage
WHEN NEW.coverage <= coalesce((SELECT max(coverage) FROM phase_coverage WHERE phase_id = NEW.phase_id), 1)
    AND (SELECT started_at_us FROM phase_definition WHERE phase_id = NEW.phase_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'the coverage of a phase that has started can only grow; open a new phase'); END;
CREATE TRIGGER phase_coverage_insert AFTER INSERT ON phase_coverage BEGIN INSERT INTO definition_change SELECT experiment_id FROM phase_definition WHERE phase_id = NEW.phase_id; END;
CREATE TRIGGER phase_coverage_update BEFORE UPDATE ON phase_coverage BEGIN SELECT RAISE(ABORT, 'coverage is a history: add a row'); END;
CREATE TRIGGER phase_coverage_delete AFTER DELETE ON phase_coverage BEGIN INSERT INTO phase_change VALUES (OLD.phase_id); END;

-- A row that takes the number of another one: INSERT OR REPLACE and UPDATE OR REPLACE delete that one without a trigger
-- of its deletion, unless PRAGMA recursive_triggers is on; and a variant or a phase may have been another experiment's.
CREATE TRIGGER variant_insert_replace BEFORE INSERT ON variant_definition BEGIN INSERT INTO definition_change SELECT experiment_id FROM variant_definition WHERE variant_id = NEW.variant_id; END;
CREATE TRIGGER variant_update_replace BEFORE UPDATE ON variant_definition BEGIN INSERT INTO definition_change SELECT experiment_id FROM variant_definition WHERE variant_id = NEW.variant_id; END;
CREATE TRIGGER phase_insert_replace BEFORE INSERT ON phase_definition BEGIN INSERT INTO definition_change SELECT experiment_id FROM phase_definition WHERE phase_id = NEW.phase_id; END;
CREATE TRIGGER phase_update_replace BEFORE UPDATE ON phase_definition BEGIN INSERT INTO definition_change SELECT experiment_id FROM phase_definition WHERE phase_id = NEW.phase_id; END;
