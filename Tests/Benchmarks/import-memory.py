#!/usr/bin/env python3
"""Peak memory of the tool while it imports files that have much of one thing: one long line, columns, cells, ids, keys, errors.

    Tests/Benchmarks/import-memory.py FOLDER TOOL [--size MIB] [--limit MIB] [--batch-limit MIB]

Each file has about so many MiB, 100 by default. A peak above --limit, 128 MiB by default, makes exit code 1: memory must not grow
with the file, so a run with twice the size must come to the same numbers. The file of repeats compares its lines with those of an
import before, which are sorted outside of memory; 64 MiB of its peak are one sorted piece. One batch of a vendor is read as a whole,
up to 32 MiB of it, so it may take --batch-limit, 600 MiB by default; longer ones are refused.
"""
import argparse, os, subprocess, sys, tempfile

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("folder")
arguments.add_argument("tool")
arguments.add_argument("--size", type=int, default=100)
arguments.add_argument("--limit", type=int, default=128)
arguments.add_argument("--batch-limit", type=int, default=600)
options = arguments.parse_args()

SIZE = options.size << 20
HEADER = "experiment,variant_id,user_id,timestamp\n"
DEFINITIONS = '[[experiments]]\nid = "x"\nvariants = [{ id = "c", is_control = true }, { id = "t" }]\n'


def row(unit):
    return f"x,c,u{unit:09d},2026-01-05T10:00:00Z\n"


def line(unit, more=""):
    return f'{{"experiment":"x","variant_id":"c","user_id":"u{unit}","timestamp":"2026-01-05T10:00:00Z"{more}}}\n'


def repeated(text):
    return (text * max(1, (1 << 16) // len(text)) for _ in range(SIZE // max(len(text), 1 << 16)))


def many(make):
    return (make(unit) for unit in range(SIZE // len(make(0))))


FILES = {
    "one long line.csv": lambda: [HEADER, row(1), *repeated("a"), "\n", row(2)],
    "one open quote.csv": lambda: [HEADER, row(1), 'x,c,"', *repeated("a"), "\n", row(2)],
    "one long line.ndjson": lambda: [line(1), '{"experiment":"', *repeated("a"), '"}\n', line(2)],
    "a long header.csv": lambda: repeated("a"),
    "many cells.csv": lambda: [HEADER, row(1), *repeated(","), "\n", row(2)],
    "many columns.csv": lambda: [
        HEADER.strip() + "".join(f",c{n}" for n in range(100_000)) + "\n",
        *(row(unit).strip() + "," * 100_000 + "\n" for unit in range(SIZE // 100_040))],
    "blank lines.csv": lambda: [HEADER, *repeated("\n")],
    "many ids.csv": lambda: [HEADER, *many(row)],
    "many keys.ndjson": lambda: many(lambda n: line(n, f',"k{n}":1')),
    "many errors.csv": lambda: [HEADER, *many(lambda n: f"x{n:09d}" + row(n))],
    "repeats.csv": lambda: [HEADER, *many(row)],
    "one batch.json": lambda: [
        '{"batch":[', ",".join(
            f'{{"event":"e","distinct_id":"u{n}","timestamp":"2026-01-05T10:00:00Z"}}' for n in range(350_000)), "]}"],
}
OPTIONS = {
    "many columns.csv": ["--ignore-others"], "many keys.ndjson": ["--ignore-others"],
    "repeats.csv": ["--repeats", "drop"], "one batch.json": ["--format", "posthog"],
}


def peak(command):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    return os.waitstatus_to_exitcode(status), used.ru_maxrss / 1024


os.makedirs(options.folder, exist_ok=True)
above = []
print("| file | exit code | MiB, peak |\n|---|---:|---:|")
with tempfile.TemporaryDirectory(dir=options.folder) as folder:
    with open(f"{folder}/d.toml", "w") as file:
        file.write(DEFINITIONS)
    for name, parts in FILES.items():
        path, database = f"{folder}/{name}", f"{folder}/{name}.db"
        with open(path, "w") as file:
            file.writelines(parts())
        peak([options.tool, "apply", f"{folder}/d.toml", "--database", database])
        command = [options.tool, "import", "exposures", path, "--on-error", "skip", "--database", database]
        if name == "repeats.csv":
            peak(command)
            # Another file of the same rows.
            with open(path, "a") as file:
                file.write(row(999_999_999))
        command += OPTIONS.get(name, [])
        code, found = peak(command)
        print(f"| {name} | {code} | {found:.0f} |", flush=True)
        if found > (options.batch_limit if name == "one batch.json" else options.limit):
            above.append(name)
        if code not in (0, 2, 3):
            sys.exit(f"{name}: the tool ended with {code}")
        for file in os.listdir(folder):
            if file.startswith(name):
                os.remove(f"{folder}/{file}")
print("\nabove the limit: " + (", ".join(above) or "none"))
sys.exit(1 if above else 0)
