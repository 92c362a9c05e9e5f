#!/usr/bin/env python3
"""Seconds and peak memory of the tool's analysis beside other engines on the same files, in interleaved rounds.

    Tests/Benchmarks/report-speed.py FOLDER TOOL... [--case one|three|fifty ...] [--rounds N] [--engine FOLDER]
        [--units N] [--outcomes N] [--memory SIZE] [--only TEXT ...]

Cases: `one` experiment of --units units, a million by default, with --outcomes outcomes, ten million by default, and two metrics;
`three` experiments of as many units each with ten metrics of the same outcomes, recorded without an experiment; `fifty`
experiments that share 20,000 users. Their files are made in FOLDER by the first TOOL, and used again where they are there. Each
TOOL is a build that reads the schema of the first. Of `one` the table also has a night, power, verify, `select * from results`,
and of --engine, a folder with loop.c, a plain loop in C over SQLite's rows on one thread and two, and with chdb and duckdb
from PyPI ClickHouse over the same file and DuckDB over its own columns (loading not counted). Seconds are those of the clock;
beside other work go by the seconds of the processor.
"""
import argparse, os, random, shutil, statistics, subprocess, sys, tempfile, time

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("folder")
arguments.add_argument("tools", nargs="+")
arguments.add_argument("--case", action="append", choices=["one", "three", "fifty"])
arguments.add_argument("--rounds", type=int, default=5)
arguments.add_argument("--engine")
arguments.add_argument("--units", type=int, default=1_000_000)
arguments.add_argument("--outcomes", type=int, default=10_000_000)
arguments.add_argument("--memory", help="of reports and nights, such as 64MiB or 3GiB")
arguments.add_argument("--only", action="append", help="ways whose name has this text, or another that is given so")
options = arguments.parse_args()

START, DAY = 1_767_225_600_000_000, 86_400_000_000
VARIANTS = 'variants = [{ id = "control", weight = 1, is_control = true }, { id = "treatment", weight = 1 }]\n'
TEN_METRICS = """
[[metrics]]\nname = "revenue"\nkind = "numeric"
[[metrics]]\nname = "items"\nkind = "count"
[[metrics]]\nname = "capped"\nof = "revenue"\nkind = "numeric"\ncap = "p99"
[[metrics]]\nname = "orders"\nof = "revenue"\nkind = "numeric"\naggregation = "count"
[[metrics]]\nname = "any_order"\nof = "items"\nkind = "count"\naggregation = "any"
[[metrics]]\nname = "largest"\nof = "revenue"\nkind = "numeric"\naggregation = "max"
[[metrics]]\nname = "week"\nof = "revenue"\nkind = "numeric"\nwindow = "7d"\nmature = false
[[metrics]]\nname = "capped_items"\nof = "items"\nkind = "count"\ncap = 20
[[metrics]]\nname = "value_per_order"\nratio = { numerator = "revenue", denominator = "orders" }
[[metrics]]\nname = "value_per_item"\nratio = { numerator = "capped", denominator = "items" }
"""


def user(unit):
    return f"user-{unit:08d}-{unit * 2654435761 % 2**32:08x}"


def generate(case, database):
    """An outcome in eleven is of a unit that was never exposed, a sixth before the exposure."""
    numbers = random.Random(7)
    experiments = {"one": 1, "three": 3, "fifty": 50}[case]
    units, outcomes = options.units, options.outcomes
    if case == "fifty":
        units, outcomes = min(units, 20_000), min(outcomes, 400_000)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        with open(f"{folder}/d.toml", "w") as file:
            for number in range(experiments):
                file.write(f'[[experiments]]\nid = "e{number + 1}"\n{VARIANTS}goals = ["revenue"]\n')
            if case == "three":
                file.write(TEN_METRICS)
            if case == "fifty":
                file.write('[[metrics]]\nname = "orders"\nof = "revenue"\nkind = "numeric"\naggregation = "count"\n')
        with open(f"{folder}/x.csv", "w") as file:
            file.write("experiment,variant_id,user_id,timestamp_us\n")
            for unit in range(units):
                for number in range(experiments):
                    variant = numbers.choice(("control", "treatment"))
                    file.write(f"e{number + 1},{variant},{user(unit)},{START + numbers.randrange(14 * DAY)}\n")
        with open(f"{folder}/o.csv", "w") as file:
            file.write("experiment,metric,kind,value,user_id,timestamp_us\n")
            experiment = "e1" if case == "one" else ""
            times = sorted(numbers.randrange(-3 * DAY, 17 * DAY) for _ in range(outcomes))
            for moment in times:
                kind = f"revenue,numeric,{numbers.lognormvariate(3, 1):.2f}" if numbers.random() < 0.5 else (
                    f"items,count,{numbers.randrange(1, 6)}")
                unit = numbers.randrange(units * 11 // 10)
                file.write(f"{experiment},{kind},{user(unit)},{START + moment}\n")
        for command in (["import", "outcomes", f"{folder}/o.csv"], ["import", "exposures", f"{folder}/x.csv"]):
            if command[1] == "outcomes":
                run([options.tools[0], "apply", f"{folder}/d.toml", "--database", database])
            run([options.tools[0], *command, "--database", database])


def run(command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(command):
    """Seconds of the clock and of the processor, and the peak of memory in MiB."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    text = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 4):
        sys.exit(f"{' '.join(command)} failed")
    seconds = time.monotonic() - began
    # A query of another engine says by itself how long it took, without starting and loading.
    if text.startswith(b"seconds "):
        seconds = float(text.split()[1])
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


SUMS = """WITH u AS (SELECT user_id, {first}(variant_id, timestamp_us) v, min(timestamp_us) t0, min(variant_id) <> max(variant_id) cr
 FROM {exposures} GROUP BY user_id), k AS (SELECT metric_id, v, user_id, {kept} y, {before} x
 FROM {outcomes} o JOIN u USING (user_id) WHERE NOT cr GROUP BY 1, 2, 3)
SELECT metric_id, v, count(*), sum(y), {variance}(y), {covariance}(x, y) FROM k GROUP BY 1, 2 ORDER BY 1, 2"""
CLICKHOUSE = """import sys, time
from chdb import session
s = session.Session()
t = time.monotonic(); s.query(sys.argv[1], "CSV"); print("seconds", time.monotonic() - t)"""
# By way of a file, since DuckDB would have to download what reads SQLite.
DUCKDB = """import os, subprocess, sys, tempfile, time, duckdb
c = duckdb.connect(); c.execute("SET threads = 2")
def load(table, columns, log):
    with tempfile.NamedTemporaryFile(suffix=".csv", dir=os.path.dirname(sys.argv[2])) as file:
        subprocess.run(["sqlite3", "-readonly", "-csv", "-header", sys.argv[2], f"SELECT {columns} FROM {log}"], stdout=file, check=True)
        c.execute(f"CREATE TABLE {table} AS SELECT * FROM read_csv('{file.name}', header = true)")
load("x", "user_id, variant_id, timestamp_us", "exposure_log")
load("o", "user_id, metric_id, CAST(value AS REAL) AS value, timestamp_us", "outcome_log")
t = time.monotonic(); c.execute(sys.argv[1]).fetchall(); print("seconds", time.monotonic() - t)"""


def engines(database, folder):
    """The bare question of the same file: first exposure, crossovers out, sums and variances by metric and variant."""
    ways = {}
    source = options.engine and os.path.join(options.engine, "loop.c")
    if source and os.path.exists(source) and shutil.which("cc"):
        with open(source) as file:
            text = file.read().replace("FROM outcome", "FROM outcome_log").replace(
                "FROM exposure WHERE enrollment=0", "FROM exposure_log")
        with open(f"{folder}/loop.c", "w") as file:
            file.write(text)
        run(["cc", "-O2", f"{folder}/loop.c", "-o", f"{folder}/loop", "-lsqlite3", "-lpthread"])
        ways |= {f"loop.c, {n} threads": [f"{folder}/loop", database, str(n)] for n in (1, 2)}
    value = "toFloat64OrZero(toString(value))"
    query = SUMS.format(
        first="argMin", exposures=f"sqlite('{database}', 'exposure_log')", outcomes=f"sqlite('{database}', 'outcome_log')",
        kept=f"sumIf({value}, o.timestamp_us >= t0)", before=f"sumIf({value}, o.timestamp_us < t0)",
        variance="varSamp", covariance="covarSamp")
    own = SUMS.format(
        first="arg_min", exposures="x", outcomes="o", kept="sum(value) FILTER (o.timestamp_us >= t0)",
        before="sum(value) FILTER (o.timestamp_us < t0)", variance="var_samp", covariance="covar_samp")
    for module, name, script, sql in (("chdb", "ClickHouse over the file", CLICKHOUSE, query),
                                      ("duckdb", "DuckDB over its columns", DUCKDB, own)):
        if subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True).returncode == 0:
            ways[name] = [sys.executable, "-c", script, sql, database]
        else:
            print(f"skipped: {name}, since {module} is not installed")
    return ways


os.makedirs(options.folder, exist_ok=True)
for case in options.case or ["one"]:
    database = os.path.abspath(f"{options.folder}/{case}.db")
    if not os.path.exists(database):
        generate(case, database)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        ways = {}
        for tool in options.tools:
            ways[f"report, {tool}"] = [tool, "report", "--format", "json", "--database", database]
            if case == "fifty":
                ways[f"report of one, {tool}"] = [tool, "report", "e1", "--format", "json", "--database", database]
            if case == "one":
                night = f"{folder}/night.db"
                # Each round has a file without nights, whose copy is not counted.
                ways[f"night, {tool}"] = [tool, "nightly", "--date", "2026-01-17", "--database", night]
                ways[f"power, {tool}"] = [
                    tool, "power", "e1", "--metric", "revenue", "--lift", "0.01", "--database", database]
                ways[f"verify, {tool}"] = [tool, "verify", "--database", database]
        if case == "one":
            ways |= engines(database, folder)
            ways["select * from results"] = ["sqlite3", "-readonly", database, "SELECT * FROM results"]
        if options.memory:
            for way, command in ways.items():
                if way.startswith(("report", "night")):
                    command[-2:-2] = ["--memory", options.memory]
        ways = {way: command for way, command in ways.items() if not options.only or any(text in way for text in options.only)}
        rounds = {way: [] for way in ways}
        for _ in range(options.rounds):
            for way, command in ways.items():
                if "night.db" in command[-1]:
                    shutil.copyfile(database, command[-1])
                    os.chmod(command[-1], 0o600)
                rounds[way].append(measure(command))
    print(f"\n{case}: medians of {options.rounds}\n\n| way | s | s of the processor | MiB, peak |\n|---|---:|---:|---:|")
    for way, found in rounds.items():
        clock, processor, peak = zip(*found)
        print(f"| {way} | {statistics.median(clock):.2f} | {statistics.median(processor):.2f} | {max(peak):.0f} |")
