-- What the logs mean: an outcome counts only after its unit's first exposure.
--
-- Nine views are the public interface, and their columns stay: experiments, variants, exposures, outcomes,
-- first_exposures, counted_outcomes, discarded_outcomes, unit_metrics and results. They show the latest phase of each
-- experiment and leave crossover units out. Views with a singular name are steps on the way and may change.
--
-- CROSS JOIN fixes the order of a join: the log outside, what is looked up inside.

-- ---- Definitions ----

CREATE VIEW latest_phase AS
SELECT experiment_id, phase_id, max(number) AS number   -- the others are from the row with the highest number
FROM phase GROUP BY experiment_id;

CREATE VIEW experiments AS
SELECT
    x.name AS experiment, x.status, x.unit, p.number AS phase,
    strftime('%Y-%m-%dT%H:%M:%S', x.started_at_us / 1000000, 'unixepoch')
        || printf('.%06dZ', x.started_at_us % 1000000) AS started_at,
    strftime('%Y-%m-%dT%H:%M:%S', x.stopped_at_us / 1000000, 'unixepoch')
        || printf('.%06dZ', x.stopped_at_us % 1000000) AS stopped_at,
    x.winner
FROM experiment AS x JOIN latest_phase AS p ON p.experiment_id = x.experiment_id
ORDER BY x.experiment_id;

CREATE VIEW variants AS
SELECT x.name AS experiment, p.number AS phase, v.name AS variant_id, w.weight, w.is_control
FROM latest_phase AS p
JOIN experiment AS x ON x.experiment_id = p.experiment_id
JOIN phase_variant AS w ON w.phase_id = p.phase_id
JOIN variant AS v ON v.variant_id = w.variant_id
ORDER BY x.experiment_id, w.position;

-- ---- The logs, with names for numbers ----

CREATE VIEW exposures AS
SELECT
    e.exposure_id AS exposure, x.name AS experiment, p.number AS phase, v.name AS variant_id, e.user_id, e.session_id,
    CASE e.enrollment
        WHEN 0 THEN 'enrolled' WHEN 1 THEN 'override' WHEN 2 THEN 'not_enrolled' ELSE 'not_running'
    END AS enrollment,
    strftime('%Y-%m-%dT%H:%M:%S', e.timestamp_us / 1000000, 'unixepoch')
        || printf('.%06dZ', e.timestamp_us % 1000000) AS timestamp,
    e.timestamp_us, e.attributes
FROM exposure AS e
JOIN phase AS p ON p.phase_id = e.phase_id
JOIN experiment AS x ON x.experiment_id = p.experiment_id
JOIN variant AS v ON v.variant_id = e.variant_id;

CREATE VIEW outcomes AS
SELECT
    o.outcome_id AS outcome, x.name AS experiment, m.name AS metric, m.kind, o.value, o.user_id, o.session_id,
    strftime('%Y-%m-%dT%H:%M:%S', o.timestamp_us / 1000000, 'unixepoch')
        || printf('.%06dZ', o.timestamp_us % 1000000) AS timestamp,
    o.timestamp_us, o.attributes
FROM outcome AS o
JOIN metric AS m ON m.metric_id = o.metric_id
LEFT JOIN experiment AS x ON x.experiment_id = o.experiment_id;

-- ---- Units: who was exposed first to what ----

-- One row a unit seen in the latest phase: its first enrolled exposure (smallest time, ties by arrival), or why it has
-- none. The time, the arrival and the variant travel as one text through min(), which thus picks one exposure.
CREATE VIEW phase_unit AS
SELECT
    experiment_id, unit, CAST(unit_id AS TEXT) AS unit_id,
    best_enrollment,                                            -- as in exposure: 0 when any exposure is enrolled
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
    FROM exposure AS e
    JOIN latest_phase AS p ON p.phase_id = e.phase_id
    JOIN experiment AS x ON x.experiment_id = p.experiment_id
    GROUP BY p.experiment_id, unit_id
)
WHERE unit_id IS NOT NULL;

CREATE VIEW first_exposures AS
SELECT
    x.name AS experiment, u.unit_id, v.name AS variant_id,
    strftime('%Y-%m-%dT%H:%M:%S', u.exposed_at_us / 1000000, 'unixepoch')
        || printf('.%06dZ', u.exposed_at_us % 1000000) AS timestamp,
    u.exposed_at_us AS timestamp_us, u.exposures, u.is_crossover
FROM phase_unit AS u
JOIN experiment AS x ON x.experiment_id = u.experiment_id
JOIN variant AS v ON v.variant_id = u.variant_id
WHERE u.best_enrollment = 0;

-- ---- Outcomes: which count ----

-- One row an outcome and experiment it belongs to, with the one reason why it is left out; null: it counts. An outcome
-- without an experiment belongs to every experiment in which its unit has an enrolled exposure.
CREATE VIEW attributed_outcome AS
WITH unit AS MATERIALIZED (SELECT * FROM phase_unit),
attributed AS (
    SELECT
        o.outcome_id, o.experiment_id, o.metric_id, o.value, o.timestamp_us,
        CASE x.unit WHEN 'user' THEN o.user_id ELSE o.session_id END AS unit_id,
        u.best_enrollment, u.exposed_at_us, u.exposure_id, u.variant_id, u.is_crossover
    FROM outcome AS o
    CROSS JOIN experiment AS x ON x.experiment_id = o.experiment_id
    LEFT JOIN unit AS u
        ON u.unit_id = CASE x.unit WHEN 'user' THEN o.user_id ELSE o.session_id END
        AND u.experiment_id = o.experiment_id
    UNION ALL
    SELECT
        o.outcome_id, u.experiment_id, o.metric_id, o.value, o.timestamp_us, u.unit_id,
        u.best_enrollment, u.exposed_at_us, u.exposure_id, u.variant_id, u.is_crossover
    FROM outcome AS o
    CROSS JOIN (SELECT 'user' AS unit UNION ALL SELECT 'session') AS k
    CROSS JOIN unit AS u
        ON u.unit_id = CASE k.unit WHEN 'user' THEN o.user_id ELSE o.session_id END
        AND u.unit = k.unit AND u.best_enrollment = 0
    WHERE o.experiment_id IS NULL
)
SELECT
    a.outcome_id, a.experiment_id, a.metric_id, m.kind, m.aggregation, m.cap, a.unit_id, a.exposure_id, a.variant_id,
    a.value, a.timestamp_us, a.exposed_at_us,
    CASE
        WHEN a.unit_id IS NULL THEN 'no_unit'
        WHEN a.best_enrollment = 1 THEN 'override'
        WHEN a.best_enrollment = 2 THEN 'not_enrolled'
        WHEN a.best_enrollment = 3 THEN 'not_running'
        WHEN a.best_enrollment IS NULL THEN 'never_exposed'
        WHEN a.is_crossover THEN 'crossover'
        WHEN a.timestamp_us < a.exposed_at_us THEN 'before_exposure'
        WHEN a.timestamp_us >= a.exposed_at_us + m.window_us THEN 'after_window'
    END AS reason
FROM attributed AS a CROSS JOIN metric AS m ON m.metric_id = a.metric_id;

CREATE VIEW counted_outcomes AS
SELECT
    a.outcome_id AS outcome, x.name AS experiment, v.name AS variant_id, a.unit_id, m.name AS metric, m.kind, a.value,
    a.timestamp_us, a.exposed_at_us
FROM attributed_outcome AS a
CROSS JOIN experiment AS x ON x.experiment_id = a.experiment_id
CROSS JOIN variant AS v ON v.variant_id = a.variant_id
CROSS JOIN metric AS m ON m.metric_id = a.metric_id
WHERE a.reason IS NULL;

-- With counted_outcomes these are all outcomes: those of no experiment, whose unit was exposed nowhere, come last.
CREATE VIEW discarded_outcomes AS
SELECT
    a.outcome_id AS outcome, x.name AS experiment, v.name AS variant_id, a.unit_id, m.name AS metric, m.kind, a.value,
    a.timestamp_us, a.reason
FROM attributed_outcome AS a
CROSS JOIN experiment AS x ON x.experiment_id = a.experiment_id
CROSS JOIN metric AS m ON m.metric_id = a.metric_id
LEFT JOIN variant AS v ON v.variant_id = a.variant_id
WHERE a.reason IS NOT NULL
UNION ALL
SELECT
    o.outcome_id, NULL, NULL, coalesce(o.user_id, o.session_id), m.name, m.kind, o.value, o.timestamp_us,
    CASE WHEN o.user_id IS NULL AND o.session_id IS NULL THEN 'no_unit' ELSE 'never_exposed' END
FROM outcome AS o CROSS JOIN metric AS m ON m.metric_id = o.metric_id
WHERE o.experiment_id IS NULL
    AND (o.user_id IS NULL OR o.user_id NOT IN
        (SELECT unit_id FROM phase_unit WHERE unit = 'user' AND best_enrollment = 0))
    AND (o.session_id IS NULL OR o.session_id NOT IN
        (SELECT unit_id FROM phase_unit WHERE unit = 'session' AND best_enrollment = 0));

-- ---- Values: one a unit and metric, and what they come to ----

-- One row a unit and metric with a counted outcome: its outcomes as one value. The halves of an integer are summed
-- apart, so that no sum can overflow.
CREATE VIEW unit_value AS
SELECT
    experiment_id, metric_id, exposure_id, variant_id, outcomes,
    CASE WHEN aggregation <> 'any' AND value > cap THEN cap ELSE value END AS value
FROM (
    SELECT
        experiment_id, metric_id, exposure_id, variant_id, aggregation, cap, count(*) AS outcomes,
        CASE aggregation
            WHEN 'any' THEN CAST(max(value <> 0) AS REAL)
            WHEN 'count' THEN CAST(count(*) AS REAL)
            ELSE CASE kind
                WHEN 'numeric' THEN total(value)
                ELSE sum(value >> 32) * 4294967296.0 + sum(value & 4294967295)
            END / CASE aggregation WHEN 'mean' THEN count(*) ELSE 1 END
        END AS value
    FROM attributed_outcome
    WHERE reason IS NULL
    GROUP BY experiment_id, metric_id, exposure_id
);

CREATE VIEW unit_metrics AS
WITH value AS MATERIALIZED (SELECT * FROM unit_value)
SELECT
    x.name AS experiment, v.name AS variant_id, u.unit_id, m.name AS metric, m.kind,
    coalesce(y.value, 0.0) AS value, coalesce(y.outcomes, 0) AS outcomes
FROM (SELECT DISTINCT experiment_id, metric_id FROM value) AS k
CROSS JOIN metric AS m ON m.metric_id = k.metric_id
CROSS JOIN experiment AS x ON x.experiment_id = k.experiment_id
CROSS JOIN phase_unit AS u ON u.experiment_id = k.experiment_id AND u.best_enrollment = 0 AND NOT u.is_crossover
CROSS JOIN variant AS v ON v.variant_id = u.variant_id
LEFT JOIN value AS y ON y.exposure_id = u.exposure_id AND y.metric_id = k.metric_id;

-- Every unit counts, also one without an outcome: it is a zero in mean and variance. The variance is the sample's, from
-- squares around the mean, so that nothing cancels.
CREATE VIEW results AS
WITH value AS MATERIALIZED (SELECT experiment_id, metric_id, variant_id, value FROM unit_value),
arm AS MATERIALIZED (   -- the variants of the phase, and any other with units
    SELECT experiment_id, variant_id, min(position) AS position, max(is_control) AS is_control, sum(units) AS units
    FROM (
        SELECT p.experiment_id, w.variant_id, w.position, w.is_control, 0 AS units
        FROM latest_phase AS p JOIN phase_variant AS w ON w.phase_id = p.phase_id
        UNION ALL
        SELECT experiment_id, variant_id, 1000000 + variant_id, 0, count(*)
        FROM phase_unit WHERE best_enrollment = 0 AND NOT is_crossover GROUP BY experiment_id, variant_id
    )
    GROUP BY experiment_id, variant_id
),
average AS MATERIALIZED (
    SELECT k.experiment_id, k.metric_id, a.variant_id, a.position, a.is_control, a.units,
        coalesce(s.units, 0) AS units_with_outcome, coalesce(s.sum, 0.0) AS sum, coalesce(s.sum, 0.0) / a.units AS mean
    FROM (SELECT DISTINCT experiment_id, metric_id FROM value) AS k
    JOIN arm AS a ON a.experiment_id = k.experiment_id
    LEFT JOIN (
        SELECT experiment_id, metric_id, variant_id, count(*) AS units, total(value) AS sum
        FROM value GROUP BY experiment_id, metric_id, variant_id
    ) AS s ON s.experiment_id = k.experiment_id AND s.metric_id = k.metric_id AND s.variant_id = a.variant_id
),
square AS MATERIALIZED (
    SELECT y.experiment_id, y.metric_id, y.variant_id, total((y.value - a.mean) * (y.value - a.mean)) AS sum
    FROM value AS y CROSS JOIN average AS a
        ON a.experiment_id = y.experiment_id AND a.metric_id = y.metric_id AND a.variant_id = y.variant_id
    GROUP BY y.experiment_id, y.metric_id, y.variant_id
)
SELECT
    x.name AS experiment, m.name AS metric, m.kind, v.name AS variant_id, a.is_control, a.units, a.units_with_outcome,
    a.sum, a.mean,
    (coalesce(q.sum, 0.0) + (a.units - a.units_with_outcome) * a.mean * a.mean) / nullif(max(a.units - 1, 0), 0)
        AS variance
FROM average AS a
JOIN experiment AS x ON x.experiment_id = a.experiment_id
JOIN metric AS m ON m.metric_id = a.metric_id
JOIN variant AS v ON v.variant_id = a.variant_id
LEFT JOIN square AS q
    ON q.experiment_id = a.experiment_id AND q.metric_id = a.metric_id AND q.variant_id = a.variant_id
ORDER BY a.experiment_id, m.name, m.kind, a.position;
