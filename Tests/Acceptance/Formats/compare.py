#!/usr/bin/env python3
"""The same rows as CSV and as NDJSON: what is stored, what is refused and why must be equal.

  compare.py --tool TOOL --lines N [--seed S] [--keep FOLDER]

Rows are good ones with one to three cells changed: cut, doubled, spliced with odd texts, taken from another column, emptied. Each
row is written as a line of CSV, as JSON with every cell a string, and as JSON with numbers and objects as such where the cell is
one. The three files are imported with --on-error skip into three databases."""
import argparse, json, os, random, re, subprocess, sys, tempfile

ODD = [
    "", " ", "0", "-0", "1.0", "3.0", "1e3", "1E+400", "-1", "+1", "007", "0x10", "1_000", "1,5", ".5", "5.", "NaN", "inf", "true",
    "false", "TRUE", "yes", "null", "None", "\\N", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "1582917533873852417", "4.9e-324", "1.7976931348623157e308", "2026-01-05", "2026-01-05T10:00:00", "2026-13-01T00:00:00Z",
    "2026-01-05T10:00:00+25:00", "0000-00-00 00:00:00", "1767607200", "1767607200000", "é", "e\u0301", "日本", "\U0001f600",
    "a\"b", "a\"\"b", "a,b", "a;b", "a\tb", "a\nb", "a\r\nb", "\u202eabc", "\ufeff", "a\u0000b", "\u001b[31m", "'", "\\", "\\u0041",
    "{}", "[]", "{\"k\":\"v\"}", "{\"k\":1}", "{\"k\":{\"n\":null}}", "{\"k\":", "\"", "x" * 129, "x" * 1025, "control", "enrolled",
    "not_running", "1", "2",
]
INTEGER = re.compile(r"0|-?[1-9][0-9]*")
NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def exposure(random, number):
    return {
        "experiment": random.choice(["x", "x", "y"]), "variant_id": random.choice("ct"), "user_id": f"u{number}",
        "session_id": random.choice(["", f"s{number % 50}"]), "timestamp": f"2026-01-{random.randint(1, 28):02}T10:00:00.{number:06}Z",
        "attributes": random.choice(["", '{"country":"de"}', '{"n":1,"o":{"p":[true,null]}}']),
        "enrollment": random.choice(["", "", "enrolled", "override"]), "phase": random.choice(["", "", "1"]),
    }


def outcome(random, number):
    kind = random.choice(["bool", "count", "numeric"])
    value = {"bool": random.choice(["true", "false", "1", "0"]), "count": str(random.randint(-5, 99)),
             "numeric": repr(random.uniform(-9, 99))}[kind]
    return {
        "experiment": random.choice(["x", "", "y"]), "metric": "m", "kind": kind, "value": value, "user_id": f"u{number}",
        "session_id": random.choice(["", f"s{number % 50}"]), "timestamp": f"2026-01-{random.randint(1, 28):02}T10:00:00.{number:06}Z",
        "attributes": random.choice(["", '{"country":"de"}', '{"n":1.50}']),
    }


def mutated(random, row):
    for name in random.sample(list(row), random.choice([1, 1, 1, 2, 3])):
        cell = row[name]
        at = random.randint(0, len(cell))
        row[name] = random.choice([
            lambda: random.choice(ODD), lambda: cell[:at], lambda: cell + cell, lambda: cell[:at] + random.choice(ODD) + cell[at:],
            lambda: row[random.choice(list(row))], lambda: "", lambda: cell.swapcase(), lambda: " " + cell,
        ])()
    return row


def csv_line(cells):
    return ",".join('"' + c.replace('"', '""') + '"' if re.search('[",\r\n]', c) or c.startswith(" ") else c for c in cells) + "\n"


def typed(cell, name):
    """The cell as a JSON value: a number where it is one, an object of attributes where the text is valid JSON. An id that is a
    number is its digits, so only a whole one: whether 1.50 and 1.5 are the same user nobody can say."""
    if name == "value" and NUMBER.fullmatch(cell) or name in ("phase", "user_id", "session_id") and INTEGER.fullmatch(cell): return cell
    if name == "value" and cell in ("true", "false"): return cell
    if name == "attributes" and cell:
        try:
            if isinstance(json.loads(cell), dict): return cell
        except ValueError:
            pass
    return json.dumps(cell)


def run(tool, *arguments, code=(0,)):
    ending = subprocess.run([tool, *arguments], capture_output=True)
    if ending.returncode not in code: sys.exit(f"{arguments}: {ending.returncode}\n{ending.stderr.decode(errors='replace')}")
    return ending.stderr.decode(errors="replace")


DEFINITIONS = "".join(f"""[[experiments]]
id = "{name}"
variants = [{{ id = "c", weight = 50, is_control = true }}, {{ id = "t", weight = 50 }}]
""" for name in "xy")
COLUMNS = {"exposures": "experiment, phase, variant_id, user_id, session_id, enrollment, timestamp_us, attributes",
           "outcomes": "experiment, metric, kind, typeof(value), quote(value), user_id, session_id, timestamp_us, attributes"}


def compare(tool, log, rows, folder):
    names = list(rows[0])
    files = {
        "csv": ",".join(names) + "\n" + "".join(csv_line(row.values()) for row in rows),
        "strings": "".join(json.dumps(row) + "\n" for row in rows),
        "values": "".join("{" + ",".join(f"{json.dumps(n)}:{typed(c, n)}" for n, c in row.items()) + "}\n" for row in rows),
    }
    stored, refused, starts = {}, {}, {}
    for form, text in files.items():
        path, db = f"{folder}/{log}.{form}.{'csv' if form == 'csv' else 'ndjson'}", f"{folder}/{log}.{form}.db"
        with open(path, "w", encoding="utf-8", newline="") as file: file.write(text)
        with open(f"{folder}/x.toml", "w") as file: file.write(DEFINITIONS)
        run(tool, "apply", f"{folder}/x.toml", "--database", db)
        said = run(tool, "import", log, path, "--on-error", "skip", "--database", db, code=(0, 3))
        refused[form] = int((re.search(r"([\d,]+) lines? refused", said) or re.match("()", "0")).group(1).replace(",", "") or 0)
        query = subprocess.run(["sqlite3", "-readonly", "-quote", db, f"SELECT {COLUMNS[log]} FROM {log} ORDER BY timestamp_us, user_id, 1"],
                               capture_output=True, check=True)
        stored[form] = query.stdout.decode(errors="replace").splitlines()
    differences = 0
    for form in ("strings", "values"):
        missing, more = set(stored["csv"]) - set(stored[form]), set(stored[form]) - set(stored["csv"])
        for line in sorted(missing)[:10]: print(f"{log}: only from CSV, not {form}: {line[:300]}")
        for line in sorted(more)[:10]: print(f"{log}: only from {form}, not CSV: {line[:300]}")
        differences += len(missing) + len(more) + (len(stored["csv"]) != len(stored[form])) + (refused["csv"] != refused[form])
        if refused["csv"] != refused[form]: print(f"{log}: CSV refuses {refused['csv']} lines, {form} {refused[form]}")
    print(f"{log}: {len(rows)} rows, {len(stored['csv'])} stored, {refused['csv']} refused, {differences} differences")
    return differences


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", required=True)
    parser.add_argument("--lines", type=int, required=True)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--keep")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    generator = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        if options.keep: os.makedirs(folder := options.keep, exist_ok=True)
        differences = 0
        for log, make in (("exposures", exposure), ("outcomes", outcome)):
            rows = [mutated(generator, make(generator, number)) for number in range(options.lines // 2)]
            differences += compare(os.path.abspath(options.tool), log, rows, folder)
    sys.exit(1 if differences else 0)


main()
