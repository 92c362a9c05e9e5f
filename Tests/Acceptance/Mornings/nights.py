#!/usr/bin/env python3
"""Sixty mornings of experiments in which nothing happens, and of some in which something breaks.

nights.py TOOL SEEDS USERS: prints what was said wrongly, and when each planted fault was said; exit code 1 where that is too
much, too late or twice.
"""
import csv, datetime, os, random, sqlite3, subprocess, sys, tempfile

TOOL, SEEDS, USERS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
NIGHTS, EXPERIMENTS = 60, 20
FIRST = datetime.date(2026, 3, 2)
problems = []


def tool(*arguments, codes=(0,)):
    ending = subprocess.run([TOOL, *arguments], capture_output=True, text=True)
    if ending.returncode not in codes:
        sys.exit(f"{arguments}: {ending.returncode}\n{ending.stderr}")
    return ending


def moment(day, random):
    return f"{FIRST + datetime.timedelta(days=day)}T{random.randrange(24):02}:{random.randrange(60):02}:{random.randrange(60):02}Z"


class File:
    """A database in the making: definitions, then records as CSV."""

    def __init__(self, folder, name):
        self.database = os.path.join(folder, name + ".db")
        self.folder, self.toml, self.metrics, self.exposures, self.outcomes = folder, [], [], [], []

    def define(self, name, goal, more=""):
        self.toml.append(
            f'[[experiments]]\nid = "{name}"\ngoals = ["{goal}"]\n{more}\n'
            'variants = [{ id = "c", is_control = true }, { id = "t" }]\n')

    def metric(self, name, keys):
        self.metrics.append(f'[[metrics]]\nname = "{name}"\n{keys}\n')

    def write(self):
        path = os.path.join(self.folder, "definitions.toml")
        with open(path, "w") as file:
            file.write("\n".join(self.toml + self.metrics))
            file.write('\n[[metrics]]\nname = "latency_ms"\nkind = "numeric"\naggregation = "mean"\ndirection = "decrease"\n')
        tool("apply", path, "--database", self.database)
        for log, header, rows in [
            ("exposures", "experiment,variant_id,user_id,timestamp,attributes", self.exposures),
            ("outcomes", "metric,kind,value,user_id,timestamp", self.outcomes)]:
            path = os.path.join(self.folder, log + ".csv")
            with open(path, "w", newline="") as file:
                file.write(header + "\n")
                csv.writer(file).writerows(rows)
            tool("import", log, path, "--database", self.database)

    def night(self, day, *options, codes=(0,)):
        return tool("nightly", "--date", str(FIRST + datetime.timedelta(days=day)), "--database", self.database, *options, codes=codes)

    def rows(self, sql):
        return sqlite3.connect(f"file:{self.database}?mode=ro", uri=True).execute(sql).fetchall()


def visit(file, user, day, random, buys=0.1, latency=True, metric="purchase"):
    """A visit: perhaps a purchase with its skewed revenue, and a latency."""
    if random.random() < buys:
        file.outcomes.append([metric, "bool", "true", user, moment(day, random)])
        file.outcomes.append(["revenue", "numeric", f"{random.lognormvariate(3, 1):.2f}", user, moment(day, random)])
    if latency:
        file.outcomes.append(["latency_ms", "numeric", 300 + random.randrange(200), user, moment(day, random)])


def same(folder, seed):
    """A/A: users return weekly and take part in all experiments; 40 % were there before."""
    r = random.Random(seed)
    file = File(folder, f"same{seed}")
    guardrails = 'guardrails = [{ metric = "latency_ms", margin = 0.02 }]'
    for number in range(EXPERIMENTS):
        file.define(f"aa{number}", "purchase" if number % 2 else "revenue", guardrails)
    for number in range(USERS):
        user, day = f"u{number}", int(NIGHTS * r.random() ** 1.5)
        if r.random() < 0.4:
            visit(file, user, day - 1 - r.randrange(20), r, 0.2, latency=False)
        for experiment in range(EXPERIMENTS):
            file.exposures.append([f"aa{experiment}", r.choice("ct"), user, f"{FIRST + datetime.timedelta(days=day)}T00:00:01Z", ""])
        for again in range(day, NIGHTS, 7):
            visit(file, user, again, r)
    file.write()
    file.night(0)
    file.night(NIGHTS - 1, "--catch-up", "90")
    verdicts = file.rows("SELECT date, experiment, decision FROM nightly_decisions WHERE decision IN ('ship', 'stop', 'discuss', 'check')")
    alarms = file.rows("SELECT date, experiment, value FROM nightly_decisions, json_each(alarms)")
    return verdicts, alarms


def faults(folder):
    """Each experiment breaks on a day of its own; it is said that morning or soon after, and once."""
    r = random.Random(9)
    file = File(folder, "faults")
    planted = {  # what is said, from which night, within how many
        "goal_dies": ("no_recent_outcome", 30, 3), "treatment_dies": ("no_recent_outcome_of_variant", 30, 6),
        "units_lost": ("sample_ratio_mismatch", 20, 20), "falls_silent": ("no_recent_exposure", 40, 4),
        "platform_breaks": ("split_in_cell", 20, 30), "times_lost": ("units_left_out", 20, 20),
        "units_switch": ("crossovers", 20, 8), "times_cut": ("times_cut", 15, 2),
        "goal_is_constant": ("constant_metric", 15, 2), "treatment_is_mute": ("variant_without_outcomes", 15, 3)}
    late = {"times_cut", "goal_is_constant", "treatment_is_mute"}  # they begin broken
    for name in planted:
        more = 'segments = ["platform"]' if name == "platform_breaks" else ""
        if name == "times_lost":
            more = 'guardrails = [{ metric = "load_times_lost", margin = 0.05 }]'
            file.metric("load_times_lost", 'kind = "numeric"\naggregation = "mean"\ndirection = "decrease"')
        file.define(name, f"buy_{name}", more)
    for day in range(NIGHTS):
        date = FIRST + datetime.timedelta(days=day)
        for name in planted:
            if name == "falls_silent" and day >= 40 or name in late and day < 15:
                continue
            for number in range(200):
                user, platform = f"{name}-{day}-{number}", "ios" if number % 2 else "android"
                odds = 0.5 if name != "platform_breaks" or day < 20 else 0.35 if platform == "ios" else 0.65
                variant = "t" if r.random() < odds else "c"
                if name == "units_lost" and day >= 20 and variant == "t" and r.random() < 0.25:
                    continue
                hour, attributes = r.randrange(1, 23), '{"platform":"%s"}' % platform
                file.exposures.append([name, variant, user, f"{date}T{hour:02}:00:01Z", attributes])
                if name == "units_switch" and day >= 20 and r.random() < 0.06:
                    file.exposures.append([name, "c" if variant == "t" else "t", user, f"{date}T23:10:00Z", attributes])
                if name == "times_lost" and not (day >= 20 and variant == "t" and r.random() < 0.15):
                    file.outcomes.append(["load_times_lost", "numeric", 300 + r.randrange(200), user, f"{date}T23:20:00Z"])
                dead = (name == "goal_dies" and day >= 30 or name == "treatment_dies" and day >= 30 and variant == "t"
                        or name == "treatment_is_mute" and variant == "t")
                moment = f"{date}T23:30:00Z"
                if name == "times_cut":
                    moment = f"{date + datetime.timedelta(days=r.randrange(2))}T00:00:00Z"
                if not dead and (name == "goal_is_constant" or r.random() < 0.15):
                    file.outcomes.append([f"buy_{name}", "bool", "true", user, moment])
    file.write()
    said = {}
    for day in range(NIGHTS):
        ending = file.night(day, "--since-last", "--fail-on", "health", codes=(0, 4))
        for line in ending.stderr.splitlines():
            if line.startswith("alarm: "):
                said.setdefault(line.split(": ")[1], []).append((day, line))
    first = {(experiment, alarm): date for date, experiment, alarm in reversed(
        file.rows("SELECT date, experiment, value FROM nightly_decisions, json_each(alarms) ORDER BY date"))}
    for name, (alarm, night, within) in planted.items():
        date = first.get((name, alarm))
        late = (datetime.date.fromisoformat(date) - FIRST).days - night if date else None
        times = len(said.get(name, []))
        print(f"{name:16} {alarm:30} {'never' if late is None else f'{late} nights after'}, said {times} times")
        if late is None or not 0 <= late <= within:
            problems.append(f"{name}: {alarm} {'never' if late is None else f'{late} nights after it began'}")
        if times != 1:
            problems.append(f"{name}: said {times} times: {said.get(name)}")


with tempfile.TemporaryDirectory() as folder:
    wrong, alarmed, nights = {}, set(), 0
    for seed in range(1, SEEDS + 1):
        verdicts, alarms = same(folder, seed)
        nights += EXPERIMENTS * NIGHTS
        for date, experiment, verdict in verdicts:
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
    faults(folder)
for problem in problems: print("WRONG:", problem)
sys.exit(1 if problems else 0)
