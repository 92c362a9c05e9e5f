#!/usr/bin/env python3
"""Imports one file of each kind and says how much memory that took at most; a file that has no bound fails the run."""

import argparse
import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

DEFINITIONS = """
[[experiments]]
id = "button"
variants = [{ id = "control", weight = 50, is_control = true }, { id = "treatment", weight = 50 }]
"""
TIME = "2026-01-05T10:00:00Z"


def arm(number):
    return "treatment" if number % 2 else "control"


def rows(start, row, end, separator="\n"):
    """Writes rows until a file is long enough; what a row is comes from its number."""

    def write(file, size):
        file.write(start.encode())
        written, number = len(start), 0
        while written < size:
            text = (separator if number else "") + row(number)
            written += file.write(text.encode())
            number += 1
        file.write(end.encode())

    return write


def statsig(number):
    return json.dumps(
        {
            "eventName": "statsig::config_exposure",
            "time": 1767607200123 + number,
            "user": {"userID": f"u{number}", "country": "FR"},
            "metadata": {"config": "button", "ruleID": arm(number)},
        }
    )


def posthog(number):
    return json.dumps(
        {
            "event": "$feature_flag_called",
            "distinct_id": f"u{number}",
            "timestamp": TIME,
            "properties": {"$feature_flag": "button", "$feature_flag_response": arm(number), "$lib": "web"},
        }
    )


def growthbook(number):
    return json.dumps(
        {
            "event_name": "Experiment Viewed",
            "timestamp": TIME,
            "user_id": f"u{number}",
            "properties": {"experimentId": "button", "variationId": arm(number)},
        }
    )


def optimizely(number):
    decision = {"metadata": {"rule_key": "button", "rule_type": "experiment", "variation_key": arm(number)}}
    event = {"key": "campaign_activated", "timestamp": 1767607200123, "uuid": f"e{number}"}
    return json.dumps({"visitor_id": f"u{number}", "snapshots": [{"decisions": [decision], "events": [event]}]})


def line(number):
    return json.dumps({"experiment": "button", "variant_id": arm(number), "user_id": f"u{number}", "timestamp": TIME})


def pretty(number):
    return json.dumps(json.loads(line(number)), indent=2)


def cells(separator):
    return lambda number: separator.join(["button", arm(number), f"u{number}", TIME])


def header(separator):
    return separator.join(["experiment", "variant_id", "user_id", "timestamp"]) + "\n"


def feature(number):
    rule = {"key": f"e{number}", "variations": [0, 1], "weights": [0.5, 0.5], "coverage": 1, "hashAttribute": "id"}
    return f'"f{number}":' + json.dumps({"defaultValue": 0, "rules": [rule]})


def definition(number):
    return f'[[experiments]]\nid = "e{number}"\nvariants = [{{ id = "c", is_control = true }}, {{ id = "t" }}]\n'


SPACE = rows("{", lambda number: '"x":"' + "a" * 4000 + '"', "}", ",")
# What a kind is called: how its file is written, what the file is called, and the command that reads it.
KINDS = {
    "csv": (rows(header(","), cells(","), "\n"), "x.csv", ["import", "exposures"]),
    "tsv": (rows(header("\t"), cells("\t"), "\n"), "x.tsv", ["import", "exposures"]),
    "csv.gz": (rows(header(","), cells(","), "\n"), "x.csv.gz", ["import", "exposures"]),
    "csv.zst": (rows(header(","), cells(","), "\n"), "x.csv.zst", ["import", "exposures"]),
    "ndjson": (rows("", line, "\n"), "x.ndjson", ["import", "exposures"]),
    "list on one line": (rows("[", line, "]", ","), "x.json", ["import", "exposures"]),
    "list on many lines": (rows("[\n", pretty, "\n]\n", ",\n"), "x.json", ["import", "exposures"]),
    "one long line": (SPACE, "x.ndjson", ["import", "exposures"]),
    "one long cell": (rows(header(",") + '"', lambda number: "a" * 4000, '"'), "x.csv", ["import", "exposures"]),
    "many columns": (rows("a", lambda number: f"column{number}", "\n", ","), "x.csv", ["import", "exposures"]),
    "statsig batch": (rows('{"a":1,"events":[', statsig, '],"b":2}', ","), "x.json", ["import", "exposures", "--format", "statsig"]),
    "posthog batch": (rows('{"batch":[', posthog, "]}", ","), "x.json", ["import", "exposures", "--format", "posthog"]),
    "growthbook list": (rows("[", growthbook, "]", ","), "x.json", ["import", "exposures", "--format", "growthbook"]),
    "optimizely visitors": (rows('{"visitors":[', optimizely, "]}", ","), "x.json", ["import", "exposures", "--format", "optimizely"]),
    "one long event": (SPACE, "x.json", ["import", "exposures", "--format", "posthog"]),
    "parity log": (rows("user_id,variant_id\n", lambda n: f"u{n},{arm(n)}", "\n"), "x.csv", ["parity", "button"]),
    "growthbook features": (rows('{"features":{', feature, "}}", ","), "x.json", ["import", "growthbook", "--dry-run"]),
    "definitions file": (rows("", definition, "\n"), "x.toml", ["apply"]),
}
# What has to be read as a whole: files up to 32 and 16 MiB are taken, longer ones refused.
WHOLE = {"growthbook features": 1100, "definitions file": 1000}


def write(path, kind, size):
    make = KINDS[kind][0]
    if path.endswith(".gz"):
        with gzip.open(path, "wb", compresslevel=1) as file:
            make(file, size)
    elif path.endswith(".zst"):
        with open(path[:-4], "wb") as file:
            make(file, size)
        subprocess.run(["zstd", "-q", "--rm", path[:-4]], check=True)
    else:
        with open(path, "wb") as file:
            make(file, size)


def measure(tool, folder, kind, size):
    """Runs the command in a process of its own, since the peak of children is that of all of them."""
    _, name, command = KINDS[kind]
    path = os.path.join(folder, name)
    write(path, kind, size)
    database = os.path.join(folder, "x.db")
    toml = os.path.join(folder, "definitions.toml")
    with open(toml, "w") as file:
        file.write(DEFINITIONS)
    subprocess.run([tool, "apply", toml, "--database", database], check=True, capture_output=True)
    child = os.fork()
    if child == 0:
        with open(os.path.join(folder, "errors"), "w") as errors:
            process = subprocess.Popen([tool] + command + [path, "--database", database], stdout=subprocess.DEVNULL, stderr=errors)
        code = process.wait()
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        with open(os.path.join(folder, "peak"), "w") as file:
            file.write(f"{code} {peak}")
        os._exit(0)
    os.waitpid(child, 0)
    with open(os.path.join(folder, "peak")) as file:
        code, peak = file.read().split()
    with open(os.path.join(folder, "errors")) as file:
        said = file.read().strip().splitlines()
    return int(code), int(peak) // 1024, said[-1][:100] if said else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=25)
    parser.add_argument("--limit", type=int, default=256, help="the most that any may take, in MiB")
    parser.add_argument("--kind", action="append", help="only these kinds")
    options = parser.parse_args()
    tool = os.environ["TOOL"]
    failed = []
    for kind in options.kind or KINDS:
        if kind.endswith(".zst") and not shutil.which("zstd"):
            print("skipped: csv.zst, since there is no zstd")
            continue
        with tempfile.TemporaryDirectory() as folder:
            code, peak, said = measure(tool, folder, kind, options.megabytes * 1_000_000)
        print(f"{kind}: {peak} MiB, exit {code}: {said}", flush=True)
        if peak > WHOLE.get(kind, options.limit) or code not in (0, 1, 2, 3, 4):
            failed.append(kind)
    if failed:
        sys.exit(f"too much memory, or a crash: {', '.join(failed)}")


main()
