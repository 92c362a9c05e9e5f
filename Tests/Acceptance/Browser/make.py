#!/usr/bin/env python3
"""Makes the databases that the report is looked at with: an A/A, sick experiments, hostile names, and fifty.

    make.py TOOL FOLDER

The same files at every run. Events go through the tool, as its user would import them.
"""
import json, os, random, subprocess, sys

tool, folder = os.path.abspath(sys.argv[1]), sys.argv[2]
START = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z
DAY = 86_400_000_000


class Shop:
    """A database in the making."""

    def __init__(self, name):
        self.path = os.path.join(folder, name + ".db")
        self.definitions, self.exposures, self.outcomes = [], [], []
        self.random = random.Random(name)
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(self.path + suffix):
                os.remove(self.path + suffix)

    def define(self, experiment, variants, goals=(), guardrails=(), plan=None):
        lines = ["[[experiments]]", "id = " + json.dumps(experiment, ensure_ascii=False), "variants = ["]
        for index, (variant, weight) in enumerate(variants):
            control = ", is_control = true" if index == 0 else ""
            lines.append(f"  {{ id = {json.dumps(variant, ensure_ascii=False)}, weight = {weight}{control} }},")
        lines.append("]")
        lines.append("goals = " + json.dumps(list(goals), ensure_ascii=False))
        rails = ", ".join(f"{{ metric = {json.dumps(m, ensure_ascii=False)}, margin = {x} }}" for m, x in guardrails)
        lines.append(f"guardrails = [{rails}]")
        if plan:
            lines.append(f"plan = {plan}")
        self.definitions.append("\n".join(lines))

    def expose(self, experiment, variant, user, time):
        self.exposures.append({"experiment": experiment, "variant_id": variant, "user_id": user, "timestamp_us": time})

    def record(self, experiment, metric, kind, value, user, time):
        self.outcomes.append({"experiment": experiment, "metric": metric, "kind": kind, "value": value,
                              "user_id": user, "timestamp_us": time})

    def traffic(self, experiment, variants, days, users, effects=None, spend="revenue", buy="purchase", shift=0):
        """Users a day; half of those who will ever buy do it the same day."""
        weights = [w for _, w in variants]
        for day in range(days):
            for index in range(int(users * (0.9 + 0.2 * self.random.random()))):
                user = f"{experiment[:8]}-{shift + day}-{index}"
                variant = self.random.choices([v for v, _ in variants], weights)[0]
                time = START + (shift + day) * DAY + self.random.randrange(DAY)
                self.expose(experiment, variant, user, time)
                rate = 0.10 * (1 + (effects or {}).get(variant, 0))
                if self.random.random() < 0.3:
                    self.record(experiment, spend, "numeric", round(self.random.expovariate(1 / 30), 2), user, time - DAY)
                if self.random.random() < rate:
                    self.record(experiment, buy, "bool", True, user, time + 1)
                    self.record(experiment, spend, "numeric", round(self.random.expovariate(1 / 40), 2), user, time + 1)
                self.record(experiment, "latency_ms", "numeric", round(self.random.gauss(400, 60), 1), user, time)

    def save(self):
        def run(*arguments, data=None):
            subprocess.run([tool, *arguments, "--database", self.path], check=True, input=data, text=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        definitions = os.path.join(folder, "definitions.toml")
        with open(definitions, "w") as file:
            file.write("\n\n".join(self.definitions) + "\n")
        run("apply", definitions)
        for kind, rows in (("exposures", self.exposures), ("outcomes", self.outcomes)):
            if rows:
                text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
                run("import", kind, "-", "--format", "ndjson", data=text)


def even(*names):
    return [(name, 1) for name in names]


def same():
    shop = Shop("same")
    shop.define("a_a", even("control", "same"), ["purchase"], [("latency_ms", 0.02)])
    shop.traffic("a_a", even("control", "same"), 14, 400)
    shop.define("a_a_a_a", even("control", "b", "c", "d"), ["purchase", "revenue"], [("latency_ms", 0.02)])
    shop.traffic("a_a_a_a", even("control", "b", "c", "d"), 14, 400)
    shop.save()


def sick():
    shop = Shop("sick")
    pair = even("control", "treatment")
    shop.define("split", pair, ["purchase"], [("latency_ms", 0.02)])
    shop.traffic("split", [("control", 1)] + [("treatment", 1)], 7, 300)
    shop.traffic("split", [("control", 6), ("treatment", 4)], 7, 300, shift=7)
    shop.define("crossovers", pair, ["purchase"])
    shop.traffic("crossovers", pair, 14, 200)
    for row in [row for row in shop.exposures if row["experiment"] == "crossovers"][:150]:
        other = "control" if row["variant_id"] == "treatment" else "treatment"
        shop.expose("crossovers", other, row["user_id"], row["timestamp_us"] + 1000)
    shop.define("no_outcomes", pair, ["purchase"])
    for index in range(500):
        shop.expose("no_outcomes", pair[index % 2][0], f"n{index}", START + index % 14 * DAY)
    shop.define("silent", pair, ["purchase"])
    shop.traffic("silent", pair, 6, 200)
    shop.define("nobody", pair, ["purchase"])
    shop.define("control_never_buys", pair, ["bought"])
    shop.define("few_conversions", pair, ["bought"])
    shop.define("all_alike", pair, ["seen"])
    shop.define("one_unit", pair, ["bought"])
    shop.define("harm", pair, ["purchase"], [("errors", 0.05), ("never_recorded", 0.1)])
    shop.traffic("harm", pair, 14, 300, {"treatment": 0.3})
    for index in range(600):
        variant = pair[index % 2][0]
        time = START + index % 14 * DAY
        shop.expose("control_never_buys", variant, f"z{index}", time)
        shop.expose("few_conversions", variant, f"f{index}", time)
        shop.expose("all_alike", variant, f"a{index}", time)
        shop.record("all_alike", "seen", "bool", True, f"a{index}", time)
        if index % 2 == 1 and index < 200:
            shop.record("control_never_buys", "bought", "count", 2, f"z{index}", time)
        if index < 12 and (index % 2 == 1 or index < 4):
            shop.record("few_conversions", "bought", "bool", True, f"f{index}", time)
    for row in [row for row in shop.exposures if row["experiment"] == "harm"]:
        rate = 0.2 if row["variant_id"] == "control" else 0.35
        if shop.random.random() < rate:
            shop.record("harm", "errors", "count", 1, row["user_id"], row["timestamp_us"] + 5)
        shop.record("harm", "latency_ms", "count", 4, row["user_id"], row["timestamp_us"] + 5)
    shop.definitions.append('[[metrics]]\nname = "errors"\nkind = "count"\ndirection = "decrease"')
    shop.expose("one_unit", "control", "o1", START)
    shop.expose("one_unit", "treatment", "o2", START)
    shop.record("one_unit", "bought", "bool", True, "o2", START + 1)
    shop.save()


def hostile():
    shop = Shop("hostile")
    names = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert('1')>", "it's \"quoted\" & <b>bold</b>", "W" * 128,
        "w" * 60 + " " + "m" * 60, "تجربة زر الدفع", "ניסוי <כפתור>", "=cmd|' /C calc'!A0", "a|b `c` *d* _e_ [f](g)",
        "購入ボタンの色を変更する実験です", "🙂🙂🙂 emoji 🏳️‍🌈", "</title></style><h1>x", "'; DROP TABLE exposure; --", "&amp;&lt;",
        "{{mustache}} \\(x) %s %n", "-1+1", "#e1",
    ]
    for index, name in enumerate(names):
        variants = even("control " + name[:20], name)
        metric = names[(index + 3) % len(names)]
        shop.define(name, variants, [metric], [(names[(index + 5) % len(names)], 0.02)])
        shop.traffic(name, variants, 9, 40, {name: 0.5}, spend=names[(index + 5) % len(names)], buy=metric)
    shop.save()


def nights():
    """Four weeks of a plan of seven, two nights of which were missed, and an experiment that began last week."""
    shop = Shop("nights")
    pair, three = even("control", "treatment"), even("control", "one_page", "express")
    shop.define("checkout", three, ["purchase"], [("latency_ms", 0.03)], "{ units = 30000, minimum_lift = 0.02 }")
    shop.traffic("checkout", three, 28, 450, {"express": 0.35})
    shop.define("ranking", pair, ["purchase"], [("latency_ms", 0.02)], "{ units = 12000 }")
    shop.traffic("ranking", pair, 28, 300)
    shop.define("late_start", pair, ["purchase"], plan="{ units = 40000 }")
    shop.traffic("late_start", pair, 6, 200, shift=22)
    shop.define("split", pair, ["purchase"])
    shop.traffic("split", pair, 14, 200)
    shop.traffic("split", [("control", 6), ("treatment", 4)], 14, 200, shift=14)
    slow = {row["user_id"] for row in shop.exposures if row["experiment"] == "ranking" and row["variant_id"] == "treatment"}
    for row in shop.outcomes:
        if row["metric"] == "latency_ms" and row["user_id"] in slow:
            row["value"] = round(row["value"] * 1.06, 1)
    shop.definitions.append('[[metrics]]\nname = "latency_ms"\nkind = "numeric"\ndirection = "decrease"')
    shop.save()
    for day in range(1, 29):
        if day not in (11, 12):
            subprocess.run([tool, "nightly", "--date", f"2026-01-{day:02}", "--catch-up", "1", "--database", shop.path],
                           check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def fifty():
    shop = Shop("fifty")
    for number in range(50):
        experiment = f"experiment_{number:02}"
        variants = even("control", "treatment")
        metrics = [f"metric_{index}" for index in range(10)]
        shop.define(experiment, variants, metrics[:1], [(metrics[1], 0.05)])
        for index in range(600):
            user, variant = f"{number}-{index}", variants[index % 2][0]
            time = START + index % 60 * DAY + DAY // 2 + index
            shop.expose(experiment, variant, user, time)
            for metric in metrics:
                lift = 0.4 if number % 9 == 0 and variant == "treatment" else 0
                shop.record(experiment, metric, "numeric", round(shop.random.gauss(10 + lift * 10, 5), 2), user, time + 1)
    shop.save()


os.makedirs(folder, exist_ok=True)
for make in (same, sick, hostile, nights, fifty):
    make()
