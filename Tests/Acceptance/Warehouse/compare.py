#!/usr/bin/env python3
"""Holds the report of engines against that of the file, on golden data and on data made at random.

  compare.py --tool PATH --engines duckdb,postgresql,... [--golden FOLDER] [--oracle FOLDER --sets N]

For each set: the file is made and exported, the engine's tables are made and loaded twice, and every combination of
--crossovers and --as-of is reported as JSON. Counts and texts must be equal, other numbers to 1e-11 of their size.

One more set is made here, of what texts and clocks can be: an attribute that is empty, missing, or what an engine writes for nothing,
and times of 1970 and years ahead. Of its rows a file that has none must know whether a plan was changed after them.
"""
import argparse, json, math, os, shutil, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--tool", required=True)
ap.add_argument("--engines", default="duckdb")
ap.add_argument("--sets", nargs="*", default=[], help="folders with definitions.toml, exposures.csv and outcomes.csv")
ap.add_argument("--postgresql", default="psql --no-psqlrc --quiet --csv --tuples-only --set ON_ERROR_STOP=1")
a = ap.parse_args()


def run(command, stdin=None, ok=(0,), cwd=None):
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, shell=isinstance(command, str), cwd=cwd)
    if done.returncode not in ok:
        raise SystemExit(f"{command}: exit {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}")
    return done.stdout


def client(engine, work):
    if engine == "postgresql": return a.postgresql
    return f"{sys.executable} {here}/client.py {engine} {work}/{engine}.place"


# What an engine is not asked, as the guide Growing says: of windows that are open, and of single units and their ids.
UNASKED = {"placeholder_unit", "dominant_unit", "exposures_lost", "other_spelling"}


def asked(problems):
    return [one for one in problems if one["problem"] not in UNASKED]


def differences(file, engine, path=""):
    """Where two documents differ."""
    if path.endswith(".problems"): file, engine = asked(file), asked(engine)
    if isinstance(file, dict) and isinstance(engine, dict):
        for key in (file.keys() | engine.keys()) - {"so_far"}: yield from differences(file.get(key), engine.get(key), f"{path}.{key}")
    elif isinstance(file, list) and isinstance(engine, list) and len(file) == len(engine):
        for index, (one, other) in enumerate(zip(file, engine)): yield from differences(one, other, f"{path}[{index}]")
    elif isinstance(file, float) or isinstance(engine, float):
        if file is None or engine is None or not math.isclose(file, engine, rel_tol=a_tolerance(path), abs_tol=1e-13):
            yield f"{path}: {file} and {engine}"
    elif file != engine:
        yield f"{path}: {file} and {engine}"


def a_tolerance(path):
    """Means and variances to 1e-11; what a test makes of them magnifies that."""
    return 1e-11 if path.rsplit(".", 1)[-1] in ("mean", "variance", "sum", "numerator_sum", "denominator_sum") else 1e-7


ODD = """
[[metrics]]
name = "purchase"
kind = "bool"

[[metrics]]
name = "items"
kind = "count"

[[experiments]]
id = "button"
variants = [{ id = "c", is_control = true }, { id = "t" }]
goals = ["purchase", "items"]
segments = ["plan"]
"""


def make_odd(folder):
    """600 users, two of them at odd times; outcomes of the treatment were recorded twice."""
    os.makedirs(folder)
    with open(f"{folder}/definitions.toml", "w") as file: file.write(ODD)
    with open(f"{folder}/exposures.csv", "w") as exposures, open(f"{folder}/outcomes.csv", "w") as outcomes:
        exposures.write("experiment,variant_id,user_id,timestamp,enrollment,attributes\n")
        outcomes.write("metric,kind,value,user_id,timestamp\n")
        for user in range(600):
            plan = ["", '"{""plan"":""""}"', '"{""plan"":""\\\\N""}"', '"{""plan"":""a""}"'][user // 2 % 4]
            time = {7: "1970-01-01T00:00:05Z", 8: "2200-01-01T00:00:00Z"}.get(user, "2026-01-05T10:00:00Z")
            exposures.write(f"button,{'ct'[user % 2]},u{user},{time},enrolled,{plan}\n")
            if user % 7 < 3: outcomes.write(f"purchase,bool,true,u{user},{time.replace('05T', '06T')}\n")
            for _ in range(1 + user % 2 if user % 7 < 3 else 0):
                outcomes.write(f"items,count,2,u{user},{time.replace('05T', '07T')}\n")
    return folder


def plan_is_held(ask, engine, work):
    """A file without rows calls a plan changed once it was changed after them, and not before."""
    def changes(*options):
        database = f"{work}/plan.db"
        with open(f"{work}/plan.toml", "w") as file: file.write(ODD + "".join(options))
        run([a.tool, "apply", f"{work}/plan.toml", "-d", database])
        report = json.loads(run([a.tool, "warehouse", "report", "--engine", engine, "--client", ask, "--format", "json", "-d", database]))
        return len(report["experiments"][0]["plan_changes"])
    for suffix in ("", "-wal", "-shm"):
        if os.path.exists(f"{work}/plan.db{suffix}"): os.remove(f"{work}/plan.db{suffix}")
    return (changes(), changes("plan = { days = 3 }\n")) == (0, 1)


failures = 0
odd = make_odd(os.path.join(tempfile.mkdtemp(), "odd"))
for folder in a.sets + [odd]:
    with tempfile.TemporaryDirectory() as work:
        database = f"{work}/shop.db"
        run([a.tool, "apply", f"{folder}/definitions.toml", "-d", database])
        for log in ("exposures", "outcomes"):
            run([a.tool, "import", log, f"{folder}/{log}.csv", "--on-error", "skip", "-d", database], ok=(0, 3))
            run([a.tool, "export", log, "--output", f"{work}/{log}.csv", "-d", database])
        for engine in a.engines.split(","):
            ask = client(engine, work)
            script = [a.tool, "warehouse", "sql", "--engine", engine, "-d", database]
            files = ["--exposures", f"{work}/exposures.csv", "--outcomes", f"{work}/outcomes.csv"]
            if engine == "postgresql":
                run(ask, "DROP TABLE IF EXISTS experiment_exposures; DROP TABLE IF EXISTS experiment_outcomes;\n")
            run(ask, run(script + ["--part", "tables"]))
            for _ in range(2): run(ask, run(script + ["--part", "load"] + files))
            if folder == odd and not plan_is_held(ask, engine, work):
                failures += 1
                print(f"{engine}: a plan that was changed after the rows is not a changed one, or one that was not is")
            for options in ([], ["--crossovers", "first"], ["--as-of", "2025-10-18T15:06:40Z"]) + (
                    (["--by", "plan"],) if folder == odd else ()):
                report = ["--format", "json"] + options + ["-d", database]
                file = json.loads(run([a.tool, "report"] + report))
                other = json.loads(run([a.tool, "warehouse", "report", "--engine", engine, "--client", ask] + report))
                found = list(differences(file, other))
                failures += len(found) > 0
                print(f"{os.path.basename(folder)} {engine} {' '.join(options)}: "
                    + ("equal" if not found else f"{len(found)} differences"), flush=True)
                for line in found[:12]: print("    " + line)
shutil.rmtree(os.path.dirname(odd))
sys.exit(1 if failures else 0)
