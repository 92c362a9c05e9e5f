#!/usr/bin/env python3
"""Plants a fault in each rule of metrics, one at a time, and asks whether the comparison of views and report would tell.

    compare.py --tool PATH --oracle FOLDER --sort metrics --sets 4 --databases FILES
    planted.py --tool PATH FILES/*.db

The faults are planted in the views of a copy of a file, by the text that says the rule, and the report is made of the file as it
is: what differs then would differ likewise if the report had the fault. Exit 0 when each fault shows in one of the files,
1 when one does not, or when views and report differ without any.
"""
import argparse, json, shutil, sqlite3, subprocess, tempfile

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--tool", required=True)
ap.add_argument("databases", nargs="+")
a = ap.parse_args()

# By the rule: the view, what it says, and what it says with the fault.
FAULTS = {
    "13 derived: the recorded metric's own outcomes alone": (
        "metric_outcome", "coalesce(of_metric_id, metric_id) AS recorded_id", "metric_id AS recorded_id"),
    "14 where: any of the attributes is enough": ("metric_outcome", "WHERE NOT EXISTS (\n            SELECT 1", "WHERE EXISTS (\n            SELECT 0 WHERE 0 UNION ALL SELECT 1"),
    "15 delay: the window begins with the exposure": (
        "metric_outcome", "a.timestamp_us >= a.exposed_at_us + m.delay_us", "a.timestamp_us >= a.exposed_at_us"),
    "15 delay: the window ends as if there were none": (
        "metric_outcome", "a.timestamp_us < a.exposed_at_us + m.delay_us + m.window_us", "a.timestamp_us < a.exposed_at_us + m.window_us"),
    "16 mature: units count at once": (
        "metric_outcome", "NOT m.is_mature OR a.exposed_at_us + m.delay_us + m.window_us <= (SELECT us FROM ending)", "1"),
    "17 ledger: what is after the window is before it": ("attributed_outcome", "THEN 'after_window'", "THEN 'before_window'"),
    "17 ledger: nothing is immature": ("attributed_outcome", "WHEN m.is_mature AND", "WHEN 0 AND"),
    "18 max: the smallest": ("metric_outcome", "WHEN 'max' THEN a.value", "WHEN 'max' THEN -a.value"),
    "18 last: of equal times the first": (
        "metric_outcome", "a.timestamp_us, a.outcome_id) END AS rank", "a.timestamp_us, 1000000000000 - a.outcome_id) END AS rank"),
    "18 days: of 12 hours": ("metric_outcome", "a.timestamp_us / 86400000000", "a.timestamp_us / 43200000000"),
    "18 absent: units without an outcome are zeros": ("metric_unit", "m.absent = 'zero'", "1"),
    "19 floor: none": ("metric_unit", "c.value < m.floor", "0"),
    "20 percentile cap: one rank higher": (
        "metric_value", "place >= (billionths * count + 999999999) / 1000000000", "place > (billionths * count + 999999999) / 1000000000"),
    "20 percentile cap: zeros are among those that are not zero": ("metric_value", "NOT m.cap_nonzero OR y.value <> 0", "1"),
    "21 ratio: the mean of the units' ratios": (
        "results", "total(n.value) OVER part / nullif(total(d.value) OVER part, 0) AS mean", "avg(n.value / nullif(d.value, 0)) OVER part AS mean"),
    "21 ratio: units without an outcome above are left out": (
        "results", "n.exposure_id = d.exposure_id\n", "n.exposure_id = d.exposure_id AND n.outcomes > 0\n"),
    "22 quantile: the next value": (
        "results", "place >= (billionths * count + 999999999) / 1000000000", "place > (billionths * count + 999999999) / 1000000000"),
    "22 quantile of events: of units": ("results", "q.population = 'units' OR", "q.population IN ('units', 'events') OR"),
}


def shown(database):
    """What the views say: counts, means and the ledger."""
    connection = sqlite3.connect(database)
    numbers = {("mean", *row[:4]): row[4:] for row in connection.execute(
        "SELECT experiment, metric, kind, variant_id, units, units_with_outcome, mean FROM results WHERE units > 0")}
    numbers |= {("ledger", *row[:2]): row[2] for row in connection.execute(
        "SELECT experiment, reason, count(*) FROM discarded_outcomes WHERE experiment IS NOT NULL GROUP BY 1, 2")}
    connection.close()
    return numbers


def reported(report):
    numbers = {}
    for e in report["experiments"]:
        for m in e["metrics"]:
            for v in m["variants"]:
                if v["units"]:
                    numbers["mean", e["experiment"], m["metric"], m["kind"], v["variant_id"]] = (
                        v["units"], v["units_with_outcome"], v["mean"])
        numbers |= {("ledger", e["experiment"], reason): n for reason, n in e["outcomes"]["discarded"].items() if n}
    return numbers


def differ(ours, theirs):
    def same(one, other):
        if not isinstance(one, tuple) or not isinstance(other, tuple): return one == other
        (*counts, mean), (*others, value) = one, other
        return counts == others and (mean == value or None not in (mean, value) and abs(mean - value) <= 1e-9 * max(1, abs(mean)))
    return sorted(key for key in ours.keys() | theirs.keys() if not same(ours.get(key), theirs.get(key)))


def plant(database, copy, view, rule, fault):
    shutil.copyfile(database, copy)
    connection = sqlite3.connect(copy)
    (text,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (view,)).fetchone()
    if rule not in text: raise SystemExit(f"the view {view} no longer says: {rule}")
    connection.execute(f"DROP VIEW {view}")
    connection.execute(text.replace(rule, fault))
    connection.commit()
    connection.close()


left = dict(FAULTS)
with tempfile.TemporaryDirectory() as work:
    for database in a.databases:
        text = subprocess.run([a.tool, "report", "--format", "json", "--database", database], check=True, capture_output=True, text=True)
        report = reported(json.loads(text.stdout))
        if different := differ(report, shown(database)): raise SystemExit(f"{database} differs without a fault: {different[:5]}")
        for name in list(left):
            plant(database, f"{work}/planted.db", *left[name])
            different = differ(report, shown(f"{work}/planted.db"))
            if different:
                del left[name]
                print(f"caught  {name}: {len(different)} numbers differ", flush=True)
for name in left: print(f"MISSED  {name}")
raise SystemExit(1 if left else 0)
