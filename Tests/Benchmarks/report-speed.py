#!/usr/bin/env python3
"""Seconds and peak memory of `report --format json` of several builds of the tool on one file, in interleaved rounds.

    Tests/Benchmarks/report-speed.py DATABASE TOOL... [--rounds N] [--loop PROGRAM]

DATABASE is made with the tool of the schema that the builds read: `apply` and `import` of a generator's files. --loop is a
program that is given the file and a number of threads, such as a plain loop in C over the same rows. Without DATABASE being
there, units and outcomes of a made-up shop are generated into it by the first tool: --units and --outcomes, 100,000 and
1,000,000 by default.
"""
import argparse, os, random, statistics, subprocess, sys, tempfile, time

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("database")
arguments.add_argument("tools", nargs="+")
arguments.add_argument("--rounds", type=int, default=5)
arguments.add_argument("--loop")
arguments.add_argument("--units", type=int, default=100_000)
arguments.add_argument("--outcomes", type=int, default=1_000_000)
options = arguments.parse_args()

START, DAY = 1_767_225_600_000_000, 86_400_000_000


def generate():
    """One experiment and two metrics; an outcome in eleven of a unit that was never exposed, a sixth before the exposure."""
    numbers = random.Random(7)
    user = lambda unit: f"user-{unit:08d}-{unit * 2654435761 % 2**32:08x}"
    with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(options.database))) as folder:
        with open(f"{folder}/d.toml", "w") as file:
            file.write('[[experiments]]\nid = "e1"\nvariants = [{ id = "control", weight = 1, is_control = true }, '
                       '{ id = "treatment", weight = 1 }]\ngoals = ["revenue"]\n')
        with open(f"{folder}/x.csv", "w") as file:
            file.write("experiment,variant_id,user_id,timestamp_us\n")
            for unit in range(options.units):
                variant = numbers.choice(("control", "treatment"))
                file.write(f"e1,{variant},{user(unit)},{START + numbers.randrange(14 * DAY)}\n")
        with open(f"{folder}/o.csv", "w") as file:
            file.write("experiment,metric,kind,value,user_id,timestamp_us\n")
            for _ in range(options.outcomes):
                kind = f"revenue,numeric,{numbers.lognormvariate(3, 1):.2f}" if numbers.random() < 0.5 else (
                    f"items,count,{numbers.randrange(1, 6)}")
                unit = numbers.randrange(options.units * 11 // 10)
                file.write(f"e1,{kind},{user(unit)},{START + numbers.randrange(-3 * DAY, 17 * DAY)}\n")
        for command in (["apply", f"{folder}/d.toml"], ["import", "exposures", f"{folder}/x.csv"],
                        ["import", "outcomes", f"{folder}/o.csv"]):
            subprocess.run([options.tools[0], *command, "--database", options.database], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(command):
    """Seconds and the peak of memory in MiB."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} failed")
    return time.monotonic() - began, used.ru_maxrss / 1024


if not os.path.exists(options.database):
    generate()
ways = {tool: [tool, "report", "--format", "json", "--database", options.database] for tool in options.tools}
if options.loop:
    for threads in ("1", "2"):
        ways[f"{options.loop}, {threads} threads"] = [options.loop, options.database, threads]
rounds = {way: [] for way in ways}
for _ in range(options.rounds):
    for way, command in ways.items():
        rounds[way].append(measure(command))
print("| way | s, median | s, best | MiB, peak |\n|---|---:|---:|---:|")
for way, found in rounds.items():
    seconds = [second for second, _ in found]
    print(f"| {way} | {statistics.median(seconds):.2f} | {min(seconds):.2f} | {max(peak for _, peak in found):.0f} |")
