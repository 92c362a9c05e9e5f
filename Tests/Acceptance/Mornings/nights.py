#!/usr/bin/env python3
"""Sixty mornings of experiments in which nothing happens, and of some in which something breaks.

nights.py TOOL SEEDS USERS [small|large]: prints what was said wrongly, and when each planted fault was said; exit code 1 where
that is too much, too late or twice.
"""
import collections, datetime, json, os, random, sys, tempfile

import file as files
from faults import FAULTS, SAYS, User
from file import FIRST, File, date, moment

files.TOOL, SEEDS, USERS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
IS_SMALL = sys.argv[4:] != ["large"]
NIGHTS, EXPERIMENTS = 60, 20
problems = []


def visit(file, user, day, random, buys=0.1, latency=True):
    """A visit: perhaps a purchase with its skewed revenue, and a latency."""
    if random.random() < buys:
        file.outcome("purchase", "bool", "true", user, moment(day, random))
        file.outcome("revenue", "numeric", f"{random.lognormvariate(3, 1):.2f}", user, moment(day, random))
    if latency:
        file.outcome("latency_ms", "numeric", 300 + random.randrange(200), user, moment(day, random))


def same(folder, seed):
    """A/A: users return weekly and take part in all experiments; 40 % were there before."""
    r = random.Random(seed)
    file = File(folder, f"same{seed}")
    file.metric("latency_ms", 'kind = "numeric"\naggregation = "mean"\ndirection = "decrease"')
    for number in range(EXPERIMENTS):
        file.define(f"aa{number}", "purchase" if number % 2 else "revenue",
                    'guardrails = [{ metric = "latency_ms", margin = 0.02 }]')
    for number in range(USERS):
        user, day = f"u{number}", int(NIGHTS * r.random() ** 1.5)
        if r.random() < 0.4:
            visit(file, user, day - 1 - r.randrange(20), r, 0.2, latency=False)
        for experiment in range(EXPERIMENTS):
            file.exposure(f"aa{experiment}", r.choice("ct"), user, f"{date(day)}T00:00:01Z")
        for again in range(day, NIGHTS, 7):
            visit(file, user, again, r)
    file.write()
    file.night(0)
    file.night(NIGHTS - 1, "--catch-up", "90")
    verdicts = file.rows("SELECT date, experiment, decision FROM nightly_decisions WHERE decision IN ('ship', 'stop', 'discuss', 'check')")
    alarms = file.rows("SELECT date, experiment, value FROM nightly_decisions, json_each(alarms)")
    return verdicts, alarms


def planted(folder):
    """Each experiment breaks on a day of its own; it is said that morning or soon after, first of all, and once."""
    file = File(folder, "faults")
    chosen = {name: fault for name, fault in FAULTS.items() if fault.small or not IS_SMALL}
    for name, fault in chosen.items():
        definition = dict(fault.definition)
        goal = f"rate_{name}" if definition.pop("ratio", False) else f"buy_{name}"
        file.define(name, goal, **definition)
        if goal.startswith("rate"):
            file.metric(f"click_{name}", 'kind = "count"')
            file.metric(f"order_{name}", 'kind = "count"')
            file.metric(goal, f'ratio = {{ numerator = "order_{name}", denominator = "click_{name}" }}')
        else:
            file.metric(goal, fault.metrics or 'kind = "bool"')
        r = random.Random(name)
        for day in range(NIGHTS):
            for number in range(200):
                fault.play(User(file, name, day, number, r))
    file.write()
    said, first = collections.defaultdict(list), collections.defaultdict(dict)
    report = os.path.join(folder, "night.json")
    for day in range(NIGHTS):
        ending = file.night(day, "--since-last", "--fail-on", "health", "--output", report, codes=(0, 4))
        for line in ending.stderr.splitlines():
            if line.startswith("alarm: "):
                said[line.split(": ")[1]].append((day, line.split(": ", 2)[2]))
        with open(report) as text:
            for experiment in json.load(text)["experiments"]:
                for problem in experiment["problems"]:
                    first[experiment["experiment"]].setdefault((problem["problem"], problem["alarm"]), day)
    for name, fault in chosen.items():
        kinds = fault.alarm.split(" or ")
        found = min((day for (kind, alarm), day in first[name].items() if kind in kinds and alarm != fault.is_remark), default=None)
        late = None if found is None else found - fault.night
        lines = said[name]
        print(f"{name:22} {fault.alarm:30} {'never' if late is None else f'{late} nights after'}, said {len(lines)} times"
              + (f": {lines[0][1]}" if lines else ""))
        if late is None or not 0 <= late <= fault.within:
            problems.append(f"{name}: {fault.alarm} {'never' if late is None else f'{late} nights after it began'}")
        others = {key: day for key, day in first[name].items() if key[1] and key[0] not in kinds}
        if any(found is None or day < found for day in others.values()) or fault.is_remark and others:
            problems.append(f"{name}: something else came first: {first[name]}")
        if len(lines) != (0 if fault.is_remark else 1):
            problems.append(f"{name}: said {len(lines)} times: {lines}")
        if lines and SAYS[fault.alarm] not in lines[0][1]:
            problems.append(f"{name}: not in words that name it: {lines[0][1]}")


with tempfile.TemporaryDirectory() as folder:
    wrong, alarmed, nights = {}, set(), 0
    for seed in range(1, SEEDS + 1):
        verdicts, alarms = same(folder, seed)
        nights += EXPERIMENTS * NIGHTS
        for night, experiment, verdict in verdicts:
            wrong.setdefault(verdict, set()).add((seed, experiment))
        alarmed |= {(seed, experiment) for _, experiment, _ in alarms}
        print(f"seed {seed}: verdicts {verdicts}, alarms {alarms}")
    count = SEEDS * EXPERIMENTS
    print(f"{count} A/A experiments, {nights} nights: false ship {len(wrong.get('ship', []))}, "
          f"stop {len(wrong.get('stop', []))}, other {sum(len(v) for k, v in wrong.items() if k not in ('ship', 'stop'))}, "
          f"alarms in {len(alarmed)}")
    if wrong.get("ship"): problems.append(f"false ship: {wrong['ship']}")
    if len(wrong.get("stop", [])) > 0.05 * count: problems.append(f"false stop: {wrong['stop']}")
    if len(alarmed) > 0.005 * count: problems.append(f"false alarms: {alarmed}")
    planted(folder)
for problem in problems: print("WRONG:", problem)
sys.exit(1 if problems else 0)
