#!/usr/bin/env python3
"""Holds the tool's numbers against the independent oracle, on data made at random and on golden data.

  compare.py --tool PATH --oracle FOLDER [--golden FOLDER] [--sets N] [--users N] [--seed S] [--keep FOLDER]

For each data set: definitions applied, both logs imported, then for every combination of --crossovers and --as-of the
report's JSON against oracle.py (counts and quantiles exactly, means to 1e-12 × Σ|y|/n, variances and ratios to 1e-11), and the
public views of the sqlite3 shell against the JSON. FOLDER holds oracle.py and gen.py; they need numpy, pandas and SciPy.
Exit 0 when everything agrees, 1 when something differs.
"""
import argparse, csv, decimal, glob, json, os, random, shutil, subprocess, sys, tempfile
import computed, inference

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--tool", required=True)
ap.add_argument("--oracle", required=True)
ap.add_argument("--golden")
ap.add_argument("--sets", type=int, default=2, help="random sets of each sort")
ap.add_argument("--users", type=int, default=600)
ap.add_argument("--sort", choices=["messy", "full", "metrics", "identity"], help="random sets of this sort alone")
ap.add_argument("--seed", type=int, default=None)
ap.add_argument("--show", type=int, default=10, help="differences of a set that are printed")
ap.add_argument("--keep", help="a folder for the data of sets that differ")
ap.add_argument("--databases", help="a folder for the databases of random sets, as `planted.py` needs them")
a = ap.parse_args()
seed = a.seed if a.seed is not None else random.randrange(1 << 30)
print(f"seed {seed}", flush=True)


def run(*command, ok=(0,)):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in ok:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


class NoAnswer(Exception):
    """The oracle divides by a number that underflows, as by the square of a mean of 1e-170, and prints nothing."""


def ask_oracle(folder, *options):
    """The oracle's answer for a folder of data, read from its JSON."""
    command = [sys.executable, f"{a.oracle}/oracle.py", "--dir", folder, *options]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode and done.stderr.rstrip().rpartition("\n")[2].startswith(("ZeroDivisionError", "OverflowError")):
        raise NoAnswer(f"{done.stderr.rstrip().rpartition(chr(10))[2]} in oracle.py {' '.join(options)}")
    if done.returncode: raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def toml(text):
    return json.dumps(text, ensure_ascii=False)


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def definitions(folder, roles):
    """The data set's experiments.csv and metrics.csv as a definitions file."""
    experiments = {}
    for row in rows(f"{folder}/experiments.csv"):
        experiments.setdefault(row["experiment"], []).append(row)
    text = ""
    for name, variants in experiments.items():
        text += f"[[experiments]]\nid = {toml(name)}\nunit = {toml(variants[0].get('unit') or 'user')}\nvariants = [\n"
        for v in variants:
            control = "true" if v["is_control"].lower() in ("1", "true") else "false"
            text += f"  {{ id = {toml(v['variant_id'])}, weight = {v['weight']}, is_control = {control} }},\n"
        if variants[0].get("identity"): text += f"]\nidentity = {toml(variants[0]['identity'])}\n"
        else: text += "]\n"
        text += roles[sum(map(ord, name)) % len(roles)] + "\n"
    if os.path.exists(f"{folder}/metrics.csv"):
        defined = rows(f"{folder}/metrics.csv")
        text += "".join(map(metric, parts(defined) + defined))
    return text


def parts(metrics):
    """What ratios and quantiles are computed from and metrics.csv does not define: recorded metrics with every default."""
    known = {(m["metric"], m["kind"]) for m in metrics}
    named = [m[key] for m in metrics for key in ("numerator", "denominator") if m.get(key)]
    named += [m["of"] for m in metrics if m["kind"] == "quantile"]
    pairs = {tuple(name.rsplit("|", 1)) for name in named} - known
    return [{"metric": name, "kind": kind} for name, kind in sorted(pairs)]


def reference(text):
    name, kind = text.rsplit("|", 1)
    return f"{{ name = {toml(name)}, kind = {toml(kind)} }}"


def metric(m):
    """A row of metrics.csv as a section. An empty cell is false and zero there, where a definitions file has other defaults."""
    text = f"[[metrics]]\nname = {toml(m['metric'])}\n"
    if len(m["metric"]) % 3 == 0: text += 'direction = "decrease"\n'
    if m["kind"] == "ratio":
        numerator, denominator = reference(m["numerator"]), reference(m["denominator"])
        return text + f"ratio = {{ numerator = {numerator}, denominator = {denominator} }}\n\n"
    if m["kind"] == "quantile":
        text += f"quantile = {m['q']}\nof = {reference(m['of'])}\n"
        if m.get("per"): text += f"per = {toml(m['per'])}\n"
        if m.get("nonzero"): text += f"nonzero = {m['nonzero'].lower()}\n"
        return text + "\n"
    text += f"kind = {toml(m['kind'])}\n"
    text += f"mature = {(m.get('mature') or 'false').lower()}\nabsent = {toml(m.get('absent') or 'zero')}\n"
    for key in ("aggregation", "of"):
        if m.get(key): text += f"{key} = {toml(m[key])}\n"
    for key in ("window_us", "delay_us"):
        if m.get(key): text += f"{key} = {m[key]}\n"
    if m.get("where"):
        filters = ", ".join(f"{toml(key)} = {toml(value)}" for key, value in json.loads(m["where"]).items())
        text += f"where = {{ {filters} }}\n"
    if m.get("floor"): text += f"floor = {float(m['floor'])!r}\n"
    cap = m.get("cap")
    if cap and cap.endswith("+"):
        share = decimal.Decimal(cap[1:-1]).scaleb(-2)
        text += f"cap = {{ percentile = {share:f}, nonzero = true }}\n"
    elif cap:
        text += f"cap = {toml(cap) if cap[0] == 'p' else repr(float(cap))}\n"  # TOML's integers end at 2⁶³
    return text + "\n"


def roles(goals):
    """Goals, the last of them a guardrail, too."""
    return f"goals = {json.dumps(goals)}\nguardrails = [{{ metric = {toml(goals[-1])}, margin = 0.02 }}, {{ metric = \"clicks\", margin = 0.25 }}]\n"


# From the metrics that gen.py makes.
RECORDED = [roles(goals) for goals in (["signup"], ["revenue", "items"], ["time_on_page", "signup", "revenue"])]
COMPUTED = [roles(goals) for goals in (["order value"], ["revenue", "quantile 3"], ["settled 11", "signup", "time | item"])]


class Check:
    def __init__(self, where): self.where, self.failures, self.values = where, [], 0

    def equal(self, what, ours, theirs):
        self.values += 1
        if ours != theirs: self.failures.append(f"{self.where}: {what}: ours {ours!r}, oracle {theirs!r}")

    def near(self, what, ours, theirs, tolerance):
        self.values += 1
        if (ours is None) != (theirs is None) or (ours is not None and not abs(ours - theirs) <= tolerance):
            self.failures.append(f"{self.where}: {what}: ours {ours!r}, oracle {theirs!r}, tolerance {tolerance:.3g}")


def compare(check, report, oracle, nobody):
    check.equal("unattributed", report["unattributed_outcomes"], oracle["unattributed_outcomes"])
    check.equal("experiments", [e["experiment"] for e in report["experiments"]], list(oracle["experiments"]))
    for ours in report["experiments"]:
        name = ours["experiment"]
        theirs = oracle["experiments"][name]
        check.equal(f"{name} unit", ours["unit"], theirs["unit"])
        # A refused line never reaches the store: the oracle counts exposures to unknown variants, the importer names them.
        exposures = dict(theirs["exposures"])
        exposures["total"] -= exposures.pop("unknown_variant") + nobody[name]
        exposures["no_unit"] -= nobody[name]
        exposures.pop("valid")
        check.equal(f"{name} exposures", ours["exposures"], exposures)
        check.equal(f"{name} units", ours["units"], {k: theirs["units"][k] for k in ours["units"]})
        # Reasons that the oracle leaves out are those of keys that the data set does not have.
        discarded = {reason: theirs["outcomes"]["discarded"].get(reason, 0) for reason in ours["outcomes"]["discarded"]}
        check.equal(f"{name} reasons", set(theirs["outcomes"]["discarded"]) - set(discarded), set())
        outcomes = {"total": theirs["outcomes"]["total"], "kept": theirs["outcomes"]["kept"], "discarded": discarded}
        check.equal(f"{name} outcomes", ours["outcomes"], outcomes)
        check.equal(f"{name} adds up", ours["outcomes"]["kept"] + sum(ours["outcomes"]["discarded"].values()), ours["outcomes"]["total"])
        for v in ours["variants"]:
            check.equal(f"{name} {v['variant_id']} units", v["units"], theirs["variants"][v["variant_id"]]["n"])
        srm = theirs["srm"]
        if srm and min(srm["expected"].values()) >= 5:
            check.near(f"{name} χ²", ours["sample_ratio"]["chi_squared"], srm["chi2"], 1e-9 * max(1, srm["chi2"]))
            check.near(f"{name} SRM p", ours["sample_ratio"]["p_value"], srm["p"], 1e-9)
        # The oracle leaves out a mean in which no unit counts yet.
        keys = {f"{m['metric']}|{m['kind']}": m for m in ours["metrics"]}
        alone = {k for k, m in keys.items() if m["status"] != "immature"} ^ (set(theirs["metrics"]) - {k for k, m in keys.items() if m["status"] == "immature"})
        check.equal(f"{name} metrics of one side alone", sorted(alone), [])
        for key, metric in keys.items():
            expected, label = theirs["metrics"].get(key), f"{name} / {metric['metric']} ({metric['kind']})"
            if metric["status"] == "immature":
                check.equal(f"{label} units", {v["units"] for v in metric["variants"]}, {0})
                check.equal(f"{label} status", {c["status"] for c in metric["comparisons"]} - {"immature"}, set())
                check.equal(f"{label} units of the oracle", {v["n"] for v in expected["variants"].values()} if expected else {0}, {0})
            elif expected: computed.compare(check, label, metric, expected)


def refused(folder, as_of):
    """By experiment, the exposures without a unit to a variant that it does not have: the oracle counts them as such."""
    variants, units, seen = {}, {}, set()
    for row in rows(f"{folder}/experiments.csv"):
        variants.setdefault(row["experiment"], set()).add(row["variant_id"])
        units[row["experiment"]] = (row.get("unit") or "user") + "_id"
    count = dict.fromkeys(variants, 0)
    for row in rows(f"{folder}/exposures.csv"):
        repeats = row.get("id") and (row["id"] in seen or seen.add(row["id"]))
        if repeats or row["experiment"] not in variants or (as_of and int(row["timestamp_us"]) >= as_of): continue
        if not row.get(units[row["experiment"]]) and row["variant_id"] not in variants[row["experiment"]]: count[row["experiment"]] += 1
    return count


def compare_shell(check, report, database):
    """The views `results`, `unit_metrics`, `counted_outcomes` and `discarded_outcomes` in the plain shell against the JSON."""
    def query(sql):
        text = run("sqlite3", "-readonly", "-json", database, sql)
        return json.loads(text) if text.strip() else []
    reasons = {(r["experiment"], r["reason"]): r["n"] for r in query(
        "select experiment, reason, count(*) as n from discarded_outcomes group by 1, 2"
        " union all select experiment, 'kept', count(*) from counted_outcomes group by 1")}
    books = [(e["experiment"], reason, n) for e in report["experiments"]
             for reason, n in [("kept", e["outcomes"]["kept"]), *e["outcomes"]["discarded"].items()]]
    books += [(None, reason, report["unattributed_outcomes"][reason]) for reason in ("no_unit", "never_exposed")]
    for experiment, reason, n in books: check.equal(f"outcomes {experiment} {reason}", reasons.pop((experiment, reason), 0), n)
    check.equal("reasons of the views alone", reasons, {})
    # A metric in which no unit counts yet is said in words, and has no row.
    flat = [(e, m, v) for e in report["experiments"] for m in e["metrics"] for v in m["variants"] if m["status"] != "immature"]
    open_yet = {(e["experiment"], m["metric"], m["kind"]) for e in report["experiments"] for m in e["metrics"] if m["status"] == "immature"}
    shown = [r for r in query("select * from results") if (r["experiment"], r["metric"], r["kind"]) not in open_yet or r["units"]]
    check.equal("rows of results", len(shown), len(flat))
    for row, (e, m, v) in zip(shown, flat):
        label = f"results {e['experiment']} {m['metric']} {v['variant_id']}"
        check.equal(label, [row[k] for k in ("experiment", "metric", "kind", "variant_id", "units", "units_with_outcome")],
                    [e["experiment"], m["metric"], m["kind"], v["variant_id"], v["units"], v["units_with_outcome"]])
        keys = ["sum", "mean"] + (["variance"] if m["kind"] != "quantile" else []) + (["numerator_sum", "denominator_sum"] if m["kind"] == "ratio" else [])
        for key in keys:
            # The shell prints 15 digits, and adds up the units in another order.
            near = 2e-11 if m["kind"] == "ratio" else 1e-13
            check.near(f"{label} {key}", row[key], v[key], near * abs(v[key] or 0) + 1e-12 * computed.size(v) * (v["units"] if "sum" in key else 1) + 1e-300)
    units = {(r["experiment"], r["metric"], r["kind"], r["variant_id"]): r for r in query(
        "select experiment, metric, kind, variant_id, count(*) as units, total(value) as sum, total(numerator) as numerator_sum,"
        " total(denominator) as denominator_sum from unit_metrics group by 1, 2, 3, 4")}
    for e, m, v in flat:
        if m["kind"] == "quantile" or not v["units"]: continue
        row = units[e["experiment"], m["metric"], m["kind"], v["variant_id"]]
        label = f"unit_metrics {e['experiment']} {m['metric']} {v['variant_id']}"
        check.equal(f"{label} units", row["units"], v["units"])
        for key in ("numerator_sum", "denominator_sum") if m["kind"] == "ratio" else ("sum",):
            check.near(f"{label} {key}", row[key], v[key], 1e-11 * abs(v[key]) + 1e-12 * computed.size(v) * v["units"] + 1e-300)


def without(folder, rest, erased, stored):
    """A copy of a data set without the rows that name an erased unit, and without their repeats: by id, the rows that were stored."""
    shutil.copytree(folder, rest)
    for log in ("exposures", "outcomes", "links"):
        if not os.path.exists(f"{folder}/{log}.csv"): continue
        with open(f"{folder}/{log}.csv", newline="", encoding="utf-8") as file: names = next(csv.reader(file))
        kept = [r for r in rows(f"{folder}/{log}.csv") if not any(r.get(key) in ids for key, ids in erased.items())
                and r.get("id") not in stored.get(log, ())]
        with open(f"{rest}/{log}.csv", "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(kept)


def check_erasure(check, name, folder, work, database):
    """Some units erased: the results are the oracle's on the data without them, `verify` agrees, and their bytes are nowhere."""
    draw = random.Random(f"{seed} {name}")
    exposures = rows(f"{folder}/exposures.csv")
    known = {key: sorted({r[key] for r in exposures if r.get(key)}) for key in ("user_id", "session_id")}
    erased = {key: set(draw.sample(ids, min(4, len(ids)))) for key, ids in known.items()}
    def listed(ids): return ", ".join("'" + i.replace("'", "''") + "'" for i in sorted(ids))
    where = f"id IS NOT NULL AND (user_id IN ({listed(erased['user_id'])}) OR session_id IN ({listed(erased['session_id'])}))"
    stored = {}
    for log in ("exposures", "outcomes"):
        text = run("sqlite3", "-readonly", "-json", database, f"SELECT id FROM {log} WHERE {where}")
        stored[log] = {r["id"] for r in json.loads(text)} if text.strip() else set()
    options = [f"--{key.removesuffix('_id')}={unit}" for key, units in erased.items() for unit in sorted(units)]
    run(a.tool, "erase", *options, "--database", database)
    rest = f"{work}/{name}-rest"
    without(folder, rest, erased, stored)
    report = json.loads(run(a.tool, "report", "--format", "json", "--database", database))
    compare(check, report, ask_oracle(rest, "--cuped"), refused(rest, None))
    compare_shell(check, report, database)
    run(a.tool, "verify", "--database", database)
    # An id that is part of another text is there as that, such as `None` in the schema's comments.
    others = run("sqlite3", "-readonly", database, ".schema") + "\0".join(str(value) for log in ("exposures", "outcomes", "links") if os.path.exists(f"{rest}/{log}.csv")
                       for row in rows(f"{rest}/{log}.csv") for value in row.values())
    content = b"".join(open(database + end, "rb").read() for end in ("", "-wal") if os.path.exists(database + end))
    found = [unit for units in erased.values() for unit in units if unit not in others and unit.encode() in content]
    check.equal("bytes of erased units", found, [])
    shutil.rmtree(rest)


def check_set(name, folder, work, is_computed, is_linked):
    database = f"{work}/{name}.db"
    with open(f"{work}/{name}.toml", "w", encoding="utf-8") as file: file.write(definitions(folder, COMPUTED if is_computed else RECORDED))
    run(a.tool, "apply", f"{work}/{name}.toml", "--database", database)
    run(a.tool, "import", "exposures", f"{folder}/exposures.csv", "--on-error", "skip", "--database", database, ok=(0, 3))
    run(a.tool, "import", "outcomes", f"{folder}/outcomes.csv", "--on-error", "skip", "--database", database, ok=(0, 3))
    if os.path.exists(f"{folder}/links.csv"): run(a.tool, "import", "links", f"{folder}/links.csv", "--on-error", "skip", "--database", database, ok=(0, 3))
    times = sorted(int(r["timestamp_us"]) for r in rows(f"{folder}/outcomes.csv"))
    middle = times[len(times) // 2]
    failures, values = [], 0
    for crossovers in ("exclude", "first"):
        for as_of in (None, middle):
            check = Check(f"{name}, crossovers {crossovers}, as of {as_of}")
            ours = [a.tool, "report", "--format", "json", "--crossovers", crossovers, "--database", database]
            theirs = ["--crossover", crossovers, "--cuped"]
            if as_of:
                ours += ["--as-of", rfc3339(as_of)]
                theirs += ["--as-of-us", str(as_of)]
            report = json.loads(run(*ours))
            compare(check, report, ask_oracle(folder, *theirs), refused(folder, as_of))
            # inference.py knows the rules of recorded metrics alone, and no links.
            if not is_computed and not is_linked: inference.compare(check, report, folder, crossovers, as_of)
            if crossovers == "exclude" and not as_of: compare_shell(check, report, database)
            failures += check.failures
            values += check.values
    if a.databases:
        os.makedirs(a.databases, exist_ok=True)
        run("sqlite3", "-readonly", database, f".backup '{a.databases}/{name}.db'")
    check = Check(f"{name}, some units erased")
    check_erasure(check, name, folder, work, database)
    failures += check.failures
    values += check.values
    print(f"{'ok  ' if not failures else 'FAIL'} {name}: {values} values, {len(failures)} differ", flush=True)
    for failure in failures[:a.show]: print("     " + failure)
    if failures and a.keep: shutil.copytree(folder, f"{a.keep}/{name}", dirs_exist_ok=True)
    os.remove(database)
    return bool(failures)


def rfc3339(us):
    import datetime
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=us)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


SORTS = {
    "messy": ["--messy", "--nasty-csv", "--mixed-types"],
    "full": ["--full"],
    "metrics": "--full --derived --where --delay --mature --percentile-caps --floors --ratios --quantiles --new-aggregations --absent".split(),
    "identity": ["--full2"],
}

def made(sort, flags, number, work):
    """A random set of a sort in a folder of its own, by the seed and the number of the set."""
    folder = f"{work}/{sort}-{number}"
    run(sys.executable, f"{a.oracle}/gen.py", "--seed", str(seed + number), "--users", str(a.users), "--bot-events", "300", *flags, "--out", folder)
    return folder


def check_random(sort, flags, number, work):
    """Whether a random set differs. A set for which the oracle has no answer is drawn again, at most five times."""
    for draw in range(number, number + 6 * a.sets, a.sets):
        folder = made(sort, flags, draw, work)
        name = f"{sort}-{seed + draw}"
        try: return check_set(name, folder, work, sort in ("metrics", "identity"), sort == "identity")
        except NoAnswer as reason: print(f"again {name}: {reason}", flush=True)
        for left in glob.glob(f"{work}/{name}*"): shutil.rmtree(left) if os.path.isdir(left) else os.remove(left)
    raise SystemExit(f"the oracle has no answer for six {sort} sets in a row")


with tempfile.TemporaryDirectory() as work:
    golden = ("ds_small", "ds_clean", "ds_full", "ds_metrics", "ds_identity") if a.golden else ()
    differ = [check_set(s, f"{a.golden}/{s}", work, "metrics" in s, "identity" in s) for s in golden]
    differ += [check_random(sort, flags, number, work) for number in range(a.sets) for sort, flags in SORTS.items() if a.sort in (None, sort)]
print(f"{len(differ) - sum(differ)} passed, {sum(differ)} failed")
raise SystemExit(1 if any(differ) else 0)
