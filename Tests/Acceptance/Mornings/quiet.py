#!/usr/bin/env python3
"""How often the tool cries where nothing happens: untidy A/A experiments through the real nights.

quiet.py TOOL MINUTES [SEED]: makes files of 100 experiments over sixty nights until the minutes are over. Each experiment has
eight metrics, of which two are goals and two guardrails, and two declared segments. Prints alarms, verdicts and upper bounds.
"""
import math, random, sys, tempfile, time
from collections import Counter

import file as files
from file import File, date

files.TOOL, MINUTES, SEED = sys.argv[1], float(sys.argv[2]), int(sys.argv[3]) if sys.argv[3:] else 1
NIGHTS, EXPERIMENTS, USERS = 60, 100, 1_500
METRICS = '''purchase,bool,|revenue,numeric,|latency,numeric,aggregation = "mean"; direction = "decrease"
errors,count,direction = "decrease"|clicks,count,|pages,count,|signup,bool,window = "7d"'''
SPLITS = ["cttc", "ct", "ct", "cccct", "cuv"]


def chance_below(events, trials):
    """The 95 % upper bound of a probability, exact (Clopper and Pearson)."""
    low, high = events / trials, 1.0
    for _ in range(60):
        p = (low + high) / 2
        tail = sum(math.exp(math.lgamma(trials + 1) - math.lgamma(k + 1) - math.lgamma(trials - k + 1)
                            + k * math.log(p) + (trials - k) * math.log1p(-p)) for k in range(events + 1))
        low, high = (p, high) if tail > 0.05 else (low, p)
    return high


def stamp(day, second):
    second = int(second) % 86_400
    return f"{date(day)}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"


def untidy(folder, seed):
    r = random.Random(seed)
    file = File(folder, f"quiet{seed}")
    for metric in METRICS.replace("\n", "|").split("|"):
        name, kind, more = metric.split(",")
        file.metric(name, f'kind = "{kind}"\n' + more.replace("; ", "\n"))
    file.metric("click_rate", 'ratio = { numerator = "clicks", denominator = "pages" }')
    plans = []
    for number in range(EXPERIMENTS):
        name, split = f"aa{number}", r.choice(SPLITS)
        variants = ", ".join(
            f'{{ id = "{variant}", weight = {split.count(variant)}{", is_control = true" if variant == "c" else ""} }}'
            for variant in sorted(set(split)))
        file.define(name, '", "'.join(r.choice([("purchase", "revenue"), ("revenue", "click_rate"), ("signup", "purchase")])),
                    'guardrails = [{ metric = "latency", margin = 0.02 }, { metric = "errors", margin = 0.1 }]\n'
                    'segments = ["platform", "country"]', variants)
        # From when to when it takes units, which share of those that come, and whether on weekdays alone.
        begins = r.randrange(20)
        plans.append((name, split, begins, r.choice([NIGHTS, NIGHTS, begins + 25]), r.choice([1, 1, 0.4]), r.random() < 0.1))
    for number in range(USERS):
        user = f"u{seed}-{number}"
        first = int(NIGHTS * r.random() ** r.choice([1, 1.5])) - r.choice([0, 0, 0, 15])
        rate, spends = r.lognormvariate(-2, 1), r.lognormvariate(3, 0.7)
        # One log writes a few ids in capitals.
        spelt = user.upper() if r.random() < 0.003 else user
        attributes = '{"platform":"%s","country":"%s"}' % (
            r.choice(["ios", "android", "android", "web", "tv", "other"]), r.choice(["de", "de", "fr", "it", "pl", "es"]))
        variants, day = {}, first
        while day < NIGHTS:
            second = min(80_000, r.gauss(54_000, 12_000))
            for name, split, begins, ends, share, is_weekly in plans:
                if name not in variants:
                    if not begins <= day < ends or is_weekly and day % 7 > 4: continue
                    variants[name] = r.choice(split) if r.random() < share else None
                elif r.random() < 0.9:
                    continue
                if variants[name] is None: continue
                # A few switch, and a few clocks are years behind.
                variant = r.choice(split) if r.random() < 0.002 else variants[name]
                time = "1970-01-01T00:00:09Z" if r.random() < 0.0005 else stamp(day, second)
                file.exposure(name, variant, user, time, attributes)
            visit(file, spelt, day, second, r, rate, spends)
            # On weekends fewer come again, and some never do.
            if r.random() < 0.15: break
            day += 1 + int(r.expovariate(0.2))
            if day % 7 > 4 and r.random() < 0.4: day += 2
        if r.random() < 0.05: visit(file, user + "-stranger", first, 40_000, r, rate, spends)
    file.write()
    file.night(0)
    file.night(NIGHTS - 1, "--catch-up", "90")
    return (file.rows("SELECT experiment, value FROM nightly_decisions, json_each(alarms)"),
            file.rows("SELECT DISTINCT experiment, decision FROM nightly_decisions"),
            file.rows("SELECT count(*) FROM nightly_decisions")[0][0])


def visit(file, user, day, second, r, rate, spends):
    """What a user does: some of it twice, or not measured at all."""
    if day < -10: return
    def does(metric, kind, value, later):
        # Some programs' clocks differ by minutes.
        when = stamp(day, min(86_399, second + later + (r.gauss(0, 200) if r.random() < 0.02 else 0)))
        for _ in range(2 if r.random() < 0.01 else 1): file.outcome(metric, kind, value, user, when)
    pages = 1 + int(r.expovariate(0.3))
    does("pages", "count", pages, 5)
    clicks = sum(r.random() < 0.3 for _ in range(pages))
    if clicks: does("clicks", "count", clicks, 30)
    if r.random() < 0.98: does("latency", "numeric", int(200 * r.lognormvariate(0, 0.4)), 2)
    if r.random() < 0.03: does("errors", "count", 1 + int(r.expovariate(0.5)), 20)
    if r.random() < 0.05: does("signup", "bool", "true", 60)
    if r.random() < min(0.6, rate):
        does("purchase", "bool", "true", 300)
        does("revenue", "numeric", f"{spends * r.lognormvariate(0, 0.5):.2f}", 301)
        if r.random() < 0.06: does("revenue", "numeric", f"{-spends:.2f}", 4_000)


began, seed, experiments, nights = time.monotonic(), SEED, 0, 0
alarms, verdicts, kinds = set(), Counter(), Counter()
while seed == SEED or time.monotonic() - began < 60 * MINUTES:
    with tempfile.TemporaryDirectory() as folder:
        found, decided, stored = untidy(folder, seed)
    experiments, nights = experiments + EXPERIMENTS, nights + stored
    said = {(experiment, kind) for experiment, kind in found}
    if said: print(f"seed {seed}: {sorted(said)}", flush=True)
    alarms |= {(seed, experiment) for experiment, _ in said}
    kinds.update(kind for _, kind in said)
    verdicts.update(verdict for _, verdict in decided)
    seed += 1
    print(f"{experiments} experiments, {nights} nights, {time.monotonic() - began:.0f} s: alarms in {len(alarms)} "
          f"({dict(kinds)}), at most {100 * chance_below(len(alarms), experiments):.2f} %; with a verdict on some night: "
          f"{dict(verdicts)}", flush=True)
wrong = verdicts["ship"] + verdicts["stop"]
print(f"ship or stop in at most {wrong} of {experiments}, at most {100 * chance_below(wrong, experiments):.2f} %")
# One in a thousand is promised: fewer than would be found in one of a hundred runs.
allowed = next(k for k in range(experiments) if chance_below(k, experiments) > 0.001 and
               sum(math.exp(-0.001 * experiments) * (0.001 * experiments) ** j / math.factorial(j) for j in range(k + 1)) > 0.99)
sys.exit(1 if len(alarms) > allowed or wrong > 0.05 * experiments + 3 * math.sqrt(0.05 * experiments) else 0)
