#!/usr/bin/env python3
"""Holds the tool's numbers against the independent oracle, on data made at random and on golden data.

  compare.py --tool PATH --oracle FOLDER [--golden FOLDER] [--sets N] [--users N] [--seed S] [--keep FOLDER]

For each data set: definitions applied, both logs imported, then for every combination of --crossovers and --as-of the
report's JSON against oracle.py (counts exactly, means to 1e-12 × Σ|y|/n, variances to 1e-11), and `select * from results`
of the sqlite3 shell against the JSON. FOLDER holds oracle.py and gen.py; they need numpy, pandas and SciPy.
Exit 0 when everything agrees, 1 when something differs.
"""
import argparse, csv, decimal, json, os, random, shutil, subprocess, sys, tempfile
import inference

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--tool", required=True)
ap.add_argument("--oracle", required=True)
ap.add_argument("--golden")
ap.add_argument("--sets", type=int, default=2, help="random sets of each sort")
ap.add_argument("--users", type=int, default=600)
ap.add_argument("--seed", type=int, default=None)
ap.add_argument("--keep", help="a folder for the data of sets that differ")
a = ap.parse_args()
seed = a.seed if a.seed is not None else random.randrange(1 << 30)
print(f"seed {seed}", flush=True)
REASONS = ["no_unit", "override", "not_enrolled", "not_running", "never_exposed", "crossover", "before_exposure", "after_window"]


def run(*command, ok=(0,)):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in ok:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def toml(text):
    return json.dumps(text, ensure_ascii=False)


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def definitions(folder):
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
        text += "]\n" + roles(sum(map(ord, name))) + "\n"
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


def roles(choice):
    """Goals and guardrails from the metrics that gen.py makes; one of them is both."""
    goals = (["signup"], ["revenue", "items"], ["time_on_page", "signup", "revenue"])[choice % 3]
    return f"goals = {json.dumps(goals)}\nguardrails = [{{ metric = {toml(goals[-1])}, margin = 0.02 }}, {{ metric = \"clicks\", margin = 0.25 }}]\n"


class Check:
    def __init__(self, where): self.where, self.failures, self.values = where, [], 0

    def equal(self, what, ours, theirs):
        self.values += 1
        if ours != theirs: self.failures.append(f"{self.where}: {what}: ours {ours!r}, oracle {theirs!r}")

    def near(self, what, ours, theirs, tolerance):
        self.values += 1
        if (ours is None) != (theirs is None) or (ours is not None and not abs(ours - theirs) <= tolerance):
            self.failures.append(f"{self.where}: {what}: ours {ours!r}, oracle {theirs!r}, tolerance {tolerance:.3g}")


def compare(check, report, oracle):
    check.equal("unattributed", report["unattributed_outcomes"], oracle["unattributed_outcomes"])
    check.equal("experiments", [e["experiment"] for e in report["experiments"]], list(oracle["experiments"]))
    for ours in report["experiments"]:
        name = ours["experiment"]
        theirs = oracle["experiments"][name]
        check.equal(f"{name} unit", ours["unit"], theirs["unit"])
        # A refused line never reaches the store: the oracle counts exposures to unknown variants, the importer names them.
        exposures = dict(theirs["exposures"])
        exposures["total"] -= exposures.pop("unknown_variant")
        exposures.pop("valid")
        check.equal(f"{name} exposures", ours["exposures"], exposures)
        check.equal(f"{name} units", ours["units"], {k: theirs["units"][k] for k in ours["units"]})
        outcomes = {k: theirs["outcomes"][k] for k in ("total", "kept", "discarded")}
        check.equal(f"{name} outcomes", ours["outcomes"], outcomes)
        check.equal(f"{name} adds up", ours["outcomes"]["kept"] + sum(ours["outcomes"]["discarded"].values()), ours["outcomes"]["total"])
        for v in ours["variants"]:
            check.equal(f"{name} {v['variant_id']} units", v["units"], theirs["variants"][v["variant_id"]]["n"])
        srm = theirs["srm"]
        if srm and min(srm["expected"].values()) >= 5:
            check.near(f"{name} χ²", ours["sample_ratio"]["chi_squared"], srm["chi2"], 1e-9 * max(1, srm["chi2"]))
            check.near(f"{name} SRM p", ours["sample_ratio"]["p_value"], srm["p"], 1e-9)
        check.equal(f"{name} metrics", sorted(f"{m['metric']}|{m['kind']}" for m in ours["metrics"]), sorted(theirs["metrics"]))
        for metric in ours["metrics"]:
            expected = theirs["metrics"][f"{metric['metric']}|{metric['kind']}"]
            label = f"{name} / {metric['metric']} ({metric['kind']})"
            check.equal(f"{label} aggregation", metric["aggregation"], expected["aggregation"])
            for v in metric["variants"]:
                o = expected["variants"][v["variant_id"]]
                check.equal(f"{label} {v['variant_id']} units", v["units"], o["n"])
                check.equal(f"{label} {v['variant_id']} with outcome", v["units_with_outcome"], o["users_with_outcome"])
                scale = float(o["sum_abs"])
                check.near(f"{label} {v['variant_id']} sum", v["sum"], float(o["sum"]), 1e-12 * scale)
                if o["n"]: check.near(f"{label} {v['variant_id']} mean", v["mean"], o["mean"], 1e-12 * scale / o["n"])
                check.near(f"{label} {v['variant_id']} variance", v["variance"], o["var"], 1e-11 * abs(o["var"] or 0))
            for c in metric["comparisons"]:
                o = expected["comparisons"][c["variant_id"]]
                if "welch" in o and c["method"] == "welch" and c["p_value"] is not None:
                    # The interval is as exact as mean and variance are.
                    slack = 1e-9 * (abs(o["welch"]["lo"]) + abs(o["welch"]["hi"]) + o["welch"]["se"])
                    for end, key in enumerate(("lo", "hi")):
                        check.near(f"{label} {c['variant_id']} {key}", c["difference_interval"][end], o["welch"][key], slack)
                    check.near(f"{label} {c['variant_id']} p", c["p_value"], o["welch"]["p"], 1e-8)


def compare_shell(check, report, database):
    """The view `results` in the plain shell against the JSON of the same rows."""
    text = run("sqlite3", "-readonly", "-json", database, "select * from results")
    shown = json.loads(text) if text.strip() else []
    flat = [(e, m, v) for e in report["experiments"] for m in e["metrics"] for v in m["variants"]]
    check.equal("rows of results", len(shown), len(flat))
    for row, (e, m, v) in zip(shown, flat):
        label = f"results {e['experiment']} {m['metric']} {v['variant_id']}"
        check.equal(label, [row[k] for k in ("experiment", "metric", "kind", "variant_id", "units", "units_with_outcome")],
                    [e["experiment"], m["metric"], m["kind"], v["variant_id"], v["units"], v["units_with_outcome"]])
        for key in ("sum", "mean", "variance"):
            # The shell prints 15 digits.
            check.near(f"{label} {key}", row[key], v[key], 1e-13 * abs(v[key] or 0) + 1e-300)


def check_set(name, folder, work):
    database = f"{work}/{name}.db"
    with open(f"{work}/{name}.toml", "w", encoding="utf-8") as file: file.write(definitions(folder))
    run(a.tool, "apply", f"{work}/{name}.toml", "--database", database)
    run(a.tool, "import", "exposures", f"{folder}/exposures.csv", "--on-error", "skip", "--database", database, ok=(0, 3))
    run(a.tool, "import", "outcomes", f"{folder}/outcomes.csv", "--on-error", "skip", "--database", database, ok=(0, 3))
    times = sorted(int(r["timestamp_us"]) for r in rows(f"{folder}/outcomes.csv"))
    middle = times[len(times) // 2]
    failures, values = [], 0
    for crossovers in ("exclude", "first"):
        for as_of in (None, middle):
            check = Check(f"{name}, crossovers {crossovers}, as of {as_of}")
            ours = [a.tool, "report", "--format", "json", "--crossovers", crossovers, "--database", database]
            theirs = [sys.executable, f"{a.oracle}/oracle.py", "--dir", folder, "--crossover", crossovers]
            if as_of:
                ours += ["--as-of", rfc3339(as_of)]
                theirs += ["--as-of-us", str(as_of)]
            report = json.loads(run(*ours))
            compare(check, report, json.loads(run(*theirs)))
            inference.compare(check, report, folder, crossovers, as_of)
            if crossovers == "exclude" and not as_of: compare_shell(check, report, database)
            failures += check.failures
            values += check.values
    print(f"{'ok  ' if not failures else 'FAIL'} {name}: {values} values, {len(failures)} differ", flush=True)
    for failure in failures[:10]: print("     " + failure)
    if failures and a.keep: shutil.copytree(folder, f"{a.keep}/{name}", dirs_exist_ok=True)
    os.remove(database)
    return bool(failures)


def rfc3339(us):
    import datetime
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=us)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


failed = 0
with tempfile.TemporaryDirectory() as work:
    sets = [(s, f"{a.golden}/{s}") for s in ("ds_small", "ds_clean", "ds_full") if a.golden]
    for n in range(a.sets):
        for sort, flags in (("messy", ["--messy", "--nasty-csv", "--mixed-types"]), ("full", ["--full"])):
            folder = f"{work}/{sort}-{n}"
            run(sys.executable, f"{a.oracle}/gen.py", "--seed", str(seed + n), "--users", str(a.users), "--bot-events", "300", *flags, "--out", folder)
            sets.append((f"{sort}-{seed + n}", folder))
    for name, folder in sets: failed += check_set(name, folder, work)
print(f"{len(sets) - failed} passed, {failed} failed")
raise SystemExit(1 if failed else 0)
