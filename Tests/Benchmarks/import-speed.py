#!/usr/bin/env python3
"""Seconds and peak memory of importing outcomes, by two builds of the tool, in interleaved rounds.

    Tests/Benchmarks/import-speed.py FOLDER BEFORE AFTER [--outcomes N] [--rounds N] [--case first|later|growing|half ...]

BEFORE is a release build of the tree that is compared with, AFTER one of this tree; each imports into files of its own schema.
Cases: `first` imports N outcomes, ten million by default, into a file that has none; `later` N that repeat none into a file
that has N of earlier days; `growing` a file of the N rows that are there and a tenth more; `half` one of which every second row
is there, which a build that knows --repeats is told to leave out. An older BEFORE compares nothing and imports all lines of
`growing` and `half` once more, so these ratios are those of a line of the file. Each round has a copy of the file that is imported
into; making and copying are not counted. Also `gzip` and `zstd`, the same as `first` from a compressed file, which an older BEFORE
may refuse: it is then left out.

The table ends with speed(AFTER) / speed(BEFORE), the medians of the rounds, by the clock and by the time of the processor. Of a
machine that does other things too, only the latter says anything. --require first=0.95,growing=0.4 makes a lower ratio by the
clock exit code 1, with --by processor one by the processor.
"""
import argparse, os, random, shutil, statistics, subprocess, sys, tempfile, time

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("folder")
arguments.add_argument("before")
arguments.add_argument("after")
CASES = ["first", "later", "growing", "half", "gzip", "zstd"]
arguments.add_argument("--case", action="append", choices=CASES)
arguments.add_argument("--outcomes", type=int, default=10_000_000)
arguments.add_argument("--rounds", type=int, default=3)
arguments.add_argument("--require", default="", help="the lowest ratios, as first=0.95,growing=0.4")
arguments.add_argument("--by", choices=["clock", "processor"], default="clock", help="the time that --require is about")
options = arguments.parse_args()
cases = options.case or CASES[:4]
required = {name: float(ratio) for name, ratio in (part.split("=") for part in options.require.split(",") if part)}

START, DAY = 1_767_225_600_000_000, 86_400_000_000
HEADER = "experiment,metric,kind,value,user_id,timestamp_us\n"
DEFINITIONS = """[[experiments]]
id = "e1"
variants = [{ id = "control", weight = 1, is_control = true }, { id = "treatment", weight = 1 }]
goals = ["revenue"]
"""


def rows(count, first_day, seed):
    """Outcomes of ten days, in order of time; as good as none equals another one."""
    numbers = random.Random(seed)
    step = 10 * DAY // count
    for place in range(count):
        moment = START + first_day * DAY + place * step + numbers.randrange(step)
        value = f"revenue,numeric,{numbers.randrange(1, 100_000) / 100}" if place % 2 else (
            f"items,count,{numbers.randrange(1, 6)}")
        yield f"e1,{value},user-{numbers.randrange(count // 10 + 1):08d},{moment}\n"


def write(name, *parts):
    path = f"{options.folder}/{name}.csv"
    with open(path, "w") as file:
        file.write(HEADER)
        for part in parts:
            file.writelines(part)
    return path


def run(command):
    """Seconds of the clock and of the processor, and the peak of memory in MiB; None where the tool refuses."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        return None, said
    return (time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024), said


def must(command):
    found, said = run(command)
    if found is None:
        sys.exit(f"{' '.join(command)} failed:\n{said}")


os.makedirs(options.folder, exist_ok=True)
with tempfile.TemporaryDirectory(dir=options.folder) as folder:
    options.folder = folder
    count = options.outcomes
    with open(f"{folder}/d.toml", "w") as file:
        file.write(DEFINITIONS)
    base = write("first", rows(count, 0, 1))
    files = {"first": base}
    if "later" in cases:
        files["later"] = write("later", rows(count, 20, 2))
    if "growing" in cases:
        files["growing"] = write("growing", rows(count, 0, 1), rows(count // 10, 10, 3))
    if "half" in cases:
        mixed = (row for pair in zip(rows(count, 0, 1), rows(count, 0, 4)) for row in pair)
        files["half"] = write("half", (row for place, row in enumerate(mixed) if place % 4 in (0, 3)))
    for name, program, ending in (("gzip", ["gzip", "-kf"], ".gz"), ("zstd", ["zstd", "-qkf"], ".zst")):
        if name in cases:
            subprocess.run([*program, base], check=True)
            files[name] = base + ending
    tools = {"before": options.before, "after": options.after}
    for name, tool in tools.items():
        must([tool, "apply", f"{folder}/d.toml", "--database", f"{folder}/{name}-none.db"])
        if {"later", "growing", "half"} & set(cases):
            shutil.copyfile(f"{folder}/{name}-none.db", f"{folder}/{name}-full.db")
            os.chmod(f"{folder}/{name}-full.db", 0o600)
            must([tool, "import", "outcomes", base, "--database", f"{folder}/{name}-full.db"])
    # An older build knows no repeats, and imports them once more.
    comparing = {name for name, tool in tools.items() if "--repeats" in subprocess.run(
        [tool, "import", "--help"], capture_output=True, text=True).stdout}
    measured = {(case, name): [] for case in cases for name in tools}
    refused = {}
    for number in range(options.rounds):
        for case in cases:
            state = "full" if case in ("later", "growing", "half") else "none"
            # Whoever comes second finds the file in memory; so each is first in every second round.
            for name in sorted(tools, reverse=number % 2 == 0):
                database = f"{folder}/present.db"
                for suffix in ("", "-wal", "-shm", "-owner", "-guard", "-night", "-removal"):
                    if os.path.exists(database + suffix):
                        os.remove(database + suffix)
                shutil.copyfile(f"{folder}/{name}-{state}.db", database)
                os.chmod(database, 0o600)
                command = [tools[name], "import", "outcomes", files[case], "--database", database]
                if case == "half" and name in comparing:
                    command += ["--repeats", "drop"]
                found, said = run(command)
                if found is None:
                    refused[case, name] = said.strip().splitlines()[0] if said.strip() else "failed"
                else:
                    measured[case, name].append(found)
    lines = {case: sum(1 for _ in open(base if case in ("gzip", "zstd") else files[case])) - 1 for case in cases}

print(f"{count:,} outcomes, medians of {options.rounds}\n")
print("| case | build | s | s of the processor | lines a second | MiB, peak |\n|---|---|---:|---:|---:|---:|")
failures = []
ratios = {}
for case in cases:
    for name in tools:
        found = measured[case, name]
        if not found:
            print(f"| {case} | {name} | refused: {refused[case, name]} | | | |")
            continue
        clock, processor, peak = zip(*found)
        seconds = statistics.median(clock)
        print(f"| {case} | {name} | {seconds:.2f} | {statistics.median(processor):.2f} | {lines[case] / seconds:,.0f} "
              f"| {max(peak):.0f} |")
    if measured[case, "before"] and measured[case, "after"]:
        ratios[case] = [
            statistics.median(f[place] for f in measured[case, "before"]) / statistics.median(
                f[place] for f in measured[case, "after"]) for place in (0, 1)]
print()
for case in cases:
    if case in ratios:
        limit = required.get(case)
        clock, processor = ratios[case]
        is_below = limit is not None and (clock if options.by == "clock" else processor) < limit
        print(f"{case}: {clock:.2f} × the speed of before, {processor:.2f} × by the processor's time"
            + (f"; by the {options.by} it must not be below {limit}" if limit else ""))
        if is_below:
            failures.append(case)
    elif case in required:
        failures.append(case)
sys.exit(1 if failures else 0)
