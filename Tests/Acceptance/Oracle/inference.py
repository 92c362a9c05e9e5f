"""Recomputes every inference of the report from the raw rows of a data set: NumPy and SciPy, no SQL, none of our code.

Reads experiments.csv, exposures.csv, outcomes.csv and metrics.csv as gen.py writes them, and compares with the JSON report:
roles, Welch or exact, the sequence, posteriors, CUPED, non-inferiority, adjusted p-values, sample ratios, discards, days.
"""
import csv, math, os
from collections import defaultdict
import numpy as np
import scipy.stats as st
from scipy.special import betaln, gammaln

DAY = 86_400_000_000
KINDS = {"bool": "any", "count": "sum", "numeric": "sum"}


def rows(path):
    with open(path, newline="", encoding="utf-8") as file: return list(csv.DictReader(file))


def read(folder, as_of):
    """The experiments as they are defined, and the rows that exist, in order of arrival."""
    experiments = defaultdict(list)
    for row in rows(f"{folder}/experiments.csv"): experiments[row["experiment"]].append(row)
    definitions = {}
    if os.path.exists(f"{folder}/metrics.csv"):
        definitions = {(m["metric"], m["kind"]): m for m in rows(f"{folder}/metrics.csv")}
    known = {name: {v["variant_id"] for v in variants} for name, variants in experiments.items()}

    def log(name):
        seen, found = set(), []
        for row in rows(f"{folder}/{name}.csv"):
            if row.get("id"):
                if row["id"] in seen: continue
                seen.add(row["id"])
            row["t"] = int(row["timestamp_us"])
            if as_of is None or row["t"] < as_of: found.append(row)
        return found

    exposures = [e for e in log("exposures") if e["variant_id"] in known.get(e["experiment"], ())]
    return experiments, definitions, exposures, log("outcomes")


def number(text, kind):
    if kind == "bool": return 1 if text.lower() in ("true", "1") else 0
    return int(text) if kind == "count" else float(text)


def value(outcomes, kind, definition):
    """A unit's outcomes as its one value."""
    how = definition.get("aggregation") or KINDS[kind]
    if how == "any": return float(any(v != 0 for v in outcomes))
    total = float(len(outcomes)) if how == "count" else math.fsum(outcomes) if kind == "numeric" else float(sum(outcomes))
    if how == "mean": total = total / len(outcomes)
    return min(total, float(definition["cap"])) if definition.get("cap") else total


class Units:
    """The units of one experiment: where and since when, and what they did before and after."""

    def __init__(self, name, variants, definitions, exposures, outcomes, crossovers):
        self.variants = [v["variant_id"] for v in variants]
        self.weights = {v["variant_id"]: float(v["weight"]) for v in variants}
        self.control = next(v["variant_id"] for v in variants if v["is_control"].lower() in ("1", "true"))
        column = (variants[0].get("unit") or "user") + "_id"
        enrolled = [e for e in exposures if e["experiment"] == name and e.get(column) and (e.get("enrollment") or "enrolled") == "enrolled"]
        first, seen = {}, defaultdict(set)
        for e in enrolled:
            unit = e[column]
            seen[unit].add(e["variant_id"])
            if unit not in first or e["t"] < first[unit][1]: first[unit] = (e["variant_id"], e["t"])
        self.first = first
        self.crossed = {u for u in first if len(seen[u]) > 1}
        left_out = self.crossed if crossovers == "exclude" else set()
        self.of = {v: [u for u in first if first[u][0] == v and u not in left_out] for v in self.variants}
        self.exposed = {v: sum(1 for u in first if first[u][0] == v) for v in self.variants}
        self.days = defaultdict(lambda: [defaultdict(int), defaultdict(int)])
        for unit, (variant, t) in first.items():
            if unit not in left_out: self.days[t // DAY][0][variant] += 1
        for e in enrolled: self.days[e["t"] // DAY][1][e["variant_id"]] += 1
        after, before = defaultdict(lambda: defaultdict(list)), defaultdict(lambda: defaultdict(list))
        self.discarded = {v: {r: [set(), 0] for r in ("crossover", "before_exposure", "before_window", "after_window", "immature")} for v in self.variants}

        def discard(unit, reason):
            entry = self.discarded[first[unit][0]][reason]
            entry[0].add(unit)
            entry[1] += 1

        for o in outcomes:
            unit = o.get(column)
            if o["experiment"] not in ("", name) or not unit or unit not in first: continue
            key = (o["metric"], o["value_type"])
            window = definitions.get(key, {}).get("window_us")
            if unit in left_out: discard(unit, "crossover")
            elif o["t"] < first[unit][1]:
                discard(unit, "before_exposure")
                before[key][unit].append(number(o["value"], key[1]))
            elif window and o["t"] >= first[unit][1] + int(window): discard(unit, "after_window")
            else: after[key][unit].append(number(o["value"], key[1]))
        self.after, self.before = after, before

    def values(self, which, key, definition):
        """The units' values by variant, zeros included."""
        known = {u: value(v, key[1], definition) for u, v in which[key].items()} if key in which else {}
        return {v: np.array([known.get(u, 0.0) for u in self.of[v]]) for v in self.variants}


# MARK: Statistics, from the textbooks

def moments(y):
    mean = math.fsum(y) / len(y)
    return mean, math.fsum((y - mean) ** 2) / (len(y) - 1) / len(y)


def fieller(d, mean, v_d, v_m, covariance, q):
    if mean == 0: return None
    sign, mean = math.copysign(1, mean), abs(mean)
    c = sign * covariance
    d, v_d, v_m, c = d / mean, v_d / mean / mean, v_m / mean / mean, c / mean / mean
    a, b = 1 - q * q * v_m, d - q * q * c
    if a <= 0: return None
    root = q * math.sqrt(max(0.0, v_d - 2 * d * c + d * d * v_m - q * q * (v_d * v_m - c * c)))
    return [(b - root) / a, (b + root) / a]


def sequence(units, alpha, level=None):
    """The half width at a level, in standard errors; the mixture is that of the coverage, whatever the level."""
    log = math.log(alpha)
    information = units * (-2 * log + math.log(1 - 2 * log)) / 5000
    bound = math.log1p(information) - 2 * math.log(level or alpha)
    return math.sqrt((1 + information) / information * bound), information


def wilson(x, n, z):
    p, s = x / n, z * z / n
    spread = z * math.sqrt(p * (1 - p) / n + s / (4 * n))
    return (0.0 if x == 0 else (p + s / 2 - spread) / (1 + s)), (1.0 if x == n else (p + s / 2 + spread) / (1 + s))


def beta_beats(a, b, c, d):
    """P(Beta(a, b) > Beta(c, d)), summed over the shape of the first (Evan Miller's sum)."""
    i = np.arange(a)
    return float(np.exp(betaln(c + i, b + d) - np.log(b + i) - betaln(1 + i, b) - betaln(c, d)).sum())


def beta_excess(a, b, c, d):
    """E max(0, Beta(a, b) − Beta(c, d))."""
    return a / (a + b) * beta_beats(a + 1, b, c, d) - c / (c + d) * beta_beats(a, b, c + 1, d)


def homogeneity(arms, counts):
    """χ² that a share of each variant's units is the same in all; nil where a cell expects fewer than five."""
    kept = [v for v in arms if arms[v] > 0]
    table = np.array([[counts[v] for v in kept], [arms[v] - counts[v] for v in kept]])
    if len(kept) < 2 or table.sum(axis=1).min() == 0: return None
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    if expected.min() < 5: return None
    return st.chi2.sf(((table - expected) ** 2 / expected).sum(), len(kept) - 1)


def skewness(values):
    """Of the units' values around the mean of their variant, all variants together."""
    centred = np.concatenate([y - y.mean() for y in values.values() if len(y)])
    variance = float((centred**2).mean())
    return float((centred**3).mean()) / variance**1.5 if variance else 0.0


def difference_skewness(skewness, n_c, n_t): return abs(skewness * (1 / n_t - 1 / n_c)) / math.sqrt(1 / n_t + 1 / n_c)


def holm(ps):
    order, out, top = sorted(range(len(ps)), key=lambda i: ps[i]), [0.0] * len(ps), 0.0
    for rank, i in enumerate(order):
        top = max(top, min(1.0, (len(ps) - rank) * ps[i]))
        out[i] = top
    return out


def benjamini_hochberg(ps):
    order, out, low = sorted(range(len(ps)), key=lambda i: ps[i]), [0.0] * len(ps), 1.0
    for rank, i in reversed(list(enumerate(order))):
        low = min(low, ps[i] * len(ps) / (rank + 1))
        out[i] = low
    return out


def compare_arms(c, t, q_of, covariance=None, baseline=None):
    """Difference, its error and the lift's interval of two arms of (mean, variance of the mean, n)."""
    (m_c, v_c, n_c), (m_t, v_t, n_t) = c, t
    d, v = m_t - m_c, v_c + v_t
    df = 1 / ((v_c / v) ** 2 / (n_c - 1) + (v_t / v) ** 2 / (n_t - 1)) if v > 0 else None
    base, v_base = baseline or (m_c, v_c)
    covariance = -v_c if covariance is None else covariance
    q = q_of(df) if v > 0 else None
    return d, v, df, q, (fieller(d, base, v, v_base, covariance, q) if v > 0 else None)


# MARK: The comparison with the report

class Inference:
    def __init__(self, check, confidence): self.check, self.alpha = check, 1 - confidence

    def near(self, what, ours, theirs, scale=0.0, relative=1e-9):
        if theirs is not None: theirs = float(theirs)
        self.check.near(what, ours, theirs, relative * (abs(theirs or 0) + scale) + 1e-300)

    def ends(self, what, ours, theirs, scale):
        self.check.equal(f"{what} there", ours is None, theirs is None)
        if ours and theirs:
            for end in (0, 1): self.near(f"{what} [{end}]", ours[end], theirs[end], scale + abs(theirs[1] - theirs[0]))

    def experiment(self, report, units):
        name = report["experiment"]
        self.trust(report, units)
        families = defaultdict(list)
        for metric in report["metrics"]:
            # A name that is defined with another kind neither decides nor guards with this one.
            is_meant = (metric["metric"], metric["kind"]) in self.definitions or all(
                defined != metric["metric"] for defined, _ in self.definitions)
            goal = is_meant and metric["metric"] in report["goals"]
            margin = next((g["margin"] for g in report["guardrails"] if is_meant and g["metric"] == metric["metric"]), None)
            self.check.equal(f"{name} {metric['metric']} role", [metric["role"], metric["margin"]],
                             ["goal" if goal else "guardrail" if margin is not None else "secondary", margin])
            families[goal] += [c for c in metric["comparisons"] if c["p_value"] is not None]
            for c in metric["comparisons"]: self.comparison(f"{name} / {metric['metric']} ({metric['kind']}) {c['variant_id']}", metric, c, units)
        for goal, adjust in ((True, holm), (False, benjamini_hochberg)):
            for c, p in zip(families[goal], adjust([c["p_value"] for c in families[goal]])):
                self.near(f"{name} adjusted p", c["adjusted_p_value"], p, relative=1e-14)

    def comparison(self, label, metric, c, units):
        definition = self.definitions.get((metric["metric"], metric["kind"]), {})
        key, share = (metric["metric"], metric["kind"]), metric["aggregation"] == "any"
        direction = -1 if metric["direction"] == "decrease" else 1
        ys = units.values(units.after, key, definition)
        y_c, y_t = ys[units.control], ys[c["variant_id"]]
        n_c, n_t = len(y_c), len(y_t)
        if n_c < 2 or n_t < 2:
            self.check.equal(f"{label} status", [c["status"], c["p_value"], c["always_valid"]], ["insufficient_data", None, None])
            return
        control, treatment = (*moments(y_c), n_c), (*moments(y_t), n_t)
        scale = float(np.abs(y_c).mean() + np.abs(y_t).mean())
        successes = (int(y_c.sum()), int(y_t.sum())) if share else None
        exact = share and (0 in successes or successes[0] == n_c or successes[1] == n_t or min(n_c, n_t) * min(sum(successes), n_c + n_t - sum(successes)) / (n_c + n_t) < 5)
        self.check.equal(f"{label} method", c["method"], "exact" if exact else "welch")
        d, v, df, q, lift = compare_arms(control, treatment, lambda df: st.t.isf(self.alpha / 2, df))
        if exact: self.exact(label, c, successes, (n_c, n_t), direction)
        elif v == 0: self.check.equal(f"{label} status", [c["status"], c["p_value"]], ["zero_variance", None])
        else:
            se = math.sqrt(v)
            self.near(f"{label} difference", c["difference"], d, scale)
            self.ends(f"{label} interval", c["difference_interval"], [d - q * se, d + q * se], scale)
            self.near(f"{label} ln p", c["log_p_value"], min(0, math.log(2) + st.t.logsf(abs(d / se), df)), 1, 1e-7)
            flat = control[0] == 0 or (treatment[0] == 0 and treatment[1] == 0)
            self.ends(f"{label} lift", c["lift_interval"], None if flat else lift, 1 + scale / max(abs(control[0]), 1e-300) * 1e-3)
            self.posterior(label, c, control, treatment, d, v, direction, scale)
        self.always_valid(label, c, control, treatment, scale, skewness(ys))
        self.adjusted(label, c, units, key, definition, ys, scale)
        self.non_inferior(label, metric, c, control, treatment, direction)

    def always_valid(self, label, c, control, treatment, scale, skewness):
        shown = c["always_valid_raw"]
        lopsided = difference_skewness(skewness, control[2], treatment[2])
        enough = min(control[2], treatment[2]) >= 100
        # Asked at the smallest level in use, the guard may leave out more than at the coverage's.
        if shown and abs(lopsided - 0.3) > 1e-6: self.check.equal(f"{label} every look", enough and lopsided <= 0.3, True)
        if not shown: return
        q, information = sequence(control[2] + treatment[2], self.alpha, c["level"])
        d, v, _, _, lift = compare_arms(control, treatment, lambda _: q)
        if v == 0: return self.check.equal(f"{label} every look p", shown["p_value"], None)
        se = math.sqrt(v)
        self.ends(f"{label} every look", shown["difference_interval"], [d - q * se, d + q * se], scale)
        log_p = min(0, 0.5 * math.log1p(information) - information / (1 + information) * d * d / v / 2)
        self.near(f"{label} every look ln p", shown["log_p_value"], log_p, 1, 1e-7)
        flat = control[0] == 0 or (treatment[0] == 0 and treatment[1] == 0)
        self.ends(f"{label} every look lift", shown["lift_interval"], None if flat else lift, 1)

    def decides(self, label, c, d, se, control, treatment, scale):
        """The interval that decides is that of the adjusted effect, unless the past may not be trusted."""
        basis, reason, shown = c["always_valid_basis"], c["always_valid_basis_reason"], c["always_valid"]
        self.check.equal(f"{label} basis", (basis == "adjusted") == (reason is None), True)
        if basis != "adjusted":
            return self.check.equal(f"{label} decides as it is", shown, c["always_valid_raw"])
        if not shown: return
        q, information = sequence(control[2] + treatment[2], self.alpha, c["level"])
        self.ends(f"{label} adjusted every look", shown["difference_interval"], [d - q * se, d + q * se], scale)
        log_p = min(0, 0.5 * math.log1p(information) - information / (1 + information) * (d / se) ** 2 / 2)
        self.near(f"{label} adjusted every look ln p", shown["log_p_value"], log_p, 1, 1e-7)

    def exact(self, label, c, successes, counts, direction):
        (x_c, x_t), (n_c, n_t) = successes, counts
        p = st.fisher_exact([[x_t, n_t - x_t], [x_c, n_c - x_c]]).pvalue
        self.near(f"{label} Fisher", c["p_value"], p, relative=1e-8)
        z = st.norm.isf(self.alpha / 2)
        (l_c, u_c), (l_t, u_t) = wilson(x_c, n_c, z), wilson(x_t, n_t, z)
        p_c, p_t = x_c / n_c, x_t / n_t
        newcombe = [p_t - p_c - math.hypot(p_t - l_t, u_c - p_c), p_t - p_c + math.hypot(u_t - p_t, p_c - l_c)]
        self.ends(f"{label} Newcombe", c["difference_interval"], newcombe, 1e-3)
        shown = c["posterior"]
        t, k = (x_t + 1, n_t - x_t + 1), (x_c + 1, n_c - x_c + 1)
        win, gain, loss = beta_beats(*t, *k), beta_excess(*t, *k), beta_excess(*k, *t)
        if direction < 0: win, gain, loss = 1 - win, loss, gain
        for what, theirs in (("chance_to_win", win), ("expected_loss_keeping_control", gain), ("expected_loss_shipping_treatment", loss)):
            self.near(f"{label} {what}", shown[what], theirs, 1e-3, 1e-8)

    def posterior(self, label, c, control, treatment, d, v, direction, scale):
        shown = c["posterior"]
        m = abs(control[0])
        mean, variance = d, v
        if m and math.isfinite(d / m):
            covariance = -math.copysign(control[1], control[0])
            lift = d / m
            spread = (v - 2 * lift * covariance + lift * lift * control[1]) / m**2
            if spread > 0 and math.isfinite(spread) and not (treatment[0] == 0 and treatment[1] == 0): mean, variance = lift, spread
        self.check.equal(f"{label} loss scale", shown["loss_scale"], "difference" if mean is d and variance is v else "lift")
        s = math.sqrt(variance)
        z = direction * mean / s
        self.near(f"{label} chance", shown["chance_to_win"], st.norm.cdf(z), 1e-3, 1e-8)
        # Where huge values cancel to a mean that is nothing but rounding, a lift of any size is right.
        if abs(z) < 8 and m > 1e-9 * scale:
            self.near(f"{label} loss of control", shown["expected_loss_keeping_control"], s * (z * st.norm.cdf(z) + st.norm.pdf(z)), s, 1e-8)
            self.near(f"{label} loss of treatment", shown["expected_loss_shipping_treatment"], s * (-z * st.norm.cdf(-z) + st.norm.pdf(z)), s, 1e-8)

    def adjusted(self, label, c, units, key, definition, ys, scale):
        shown = c["covariate_adjusted"]
        xs = units.values(units.before, key, definition)
        some = any(u in units.before.get(key, {}) for v in units.variants for u in units.of[v])
        self.check.equal(f"{label} adjusted", shown is not None, some)
        if not shown: return
        (y_c, y_t), (x_c, x_t) = ((w[units.control], w[c["variant_id"]]) for w in (ys, xs))
        x, y = np.concatenate([x_c, x_t]), np.concatenate([y_c, y_t])
        x0, y0 = x - math.fsum(x) / len(x), y - math.fsum(y) / len(y)
        slope = math.fsum(x0 * y0) / math.fsum(x0 * x0) if math.fsum(x0 * x0) > 0 else 0.0
        self.near(f"{label} slope", shown["slope"], slope, float(y0.std() / x0.std()) if x0.any() else 1)
        control, treatment = (*moments(y_c - slope * x_c), len(y_c)), (*moments(y_t - slope * x_t), len(y_t))
        raw = (*moments(y_c), *moments(y_t))
        if control[1] + treatment[1] <= 1e-12 * (raw[1] + raw[3]): return
        z_c, r_c = y_c - slope * x_c, y_c
        shared = math.fsum((z_c - z_c.mean()) * (r_c - r_c.mean())) / (len(y_c) - 1) / len(y_c)
        d, v, df, q, lift = compare_arms(control, treatment, lambda df: st.t.isf(self.alpha / 2, df), -shared, raw[:2])
        se = math.sqrt(v)
        self.ends(f"{label} adjusted interval", shown["difference_interval"], [d - q * se, d + q * se], scale)
        self.near(f"{label} adjusted ln p", shown["log_p_value"], min(0, math.log(2) + st.t.logsf(abs(d / se), df)), 1, 1e-7)
        if raw[0] and not shown["status"] == "relative_degenerate": self.ends(f"{label} adjusted lift", shown["lift_interval"], lift, 1)
        self.decides(label, c, d, se, control, treatment, scale)
        if raw[1] + raw[3] > 0: self.near(f"{label} variance saved", shown["variance_reduction"], 1 - v / (raw[1] + raw[3]), 1)
        lopsided = difference_skewness(skewness(xs), len(x_c), len(x_t))
        if abs(lopsided - 0.1) < 1e-6: return
        if lopsided > 0.1: return self.check.equal(f"{label} imbalance", shown["imbalance_p_value"], None)
        before = ((*moments(x_c), len(x_c)), (*moments(x_t), len(x_t)))
        d, v, df, _, _ = compare_arms(*before, lambda _: 1)
        self.near(f"{label} imbalance", shown["imbalance_p_value"], 2 * st.t.sf(abs(d) / math.sqrt(v), df) if v > 0 else None, 1e-6, 1e-7)

    def non_inferior(self, label, metric, c, control, treatment, direction):
        shown = c["non_inferiority"]
        self.check.equal(f"{label} non-inferiority", shown is not None, metric["margin"] is not None)
        if not shown: return
        factor = 1 - direction * math.copysign(metric["margin"], control[0])
        v = treatment[1] + factor**2 * control[1]
        if v == 0: return self.check.equal(f"{label} non-inferiority p", shown["p_value"], None)
        if shown["status"] != "ok": return
        statistic = direction * (treatment[0] - factor * control[0]) / math.sqrt(v)
        df = v * v / (treatment[1] ** 2 / (treatment[2] - 1) + (factor**2 * control[1]) ** 2 / (control[2] - 1))
        self.near(f"{label} non-inferiority p", shown["p_value"], st.t.sf(statistic, df), 1e-6, 1e-7)

    def trust(self, report, units):
        name, check = report["experiment"], self.check
        order = [v["variant_id"] for v in report["variants"]]
        for v in report["variants"]:
            check.equal(f"{name} {v['variant_id']} exposed", v["units_exposed"], units.exposed[v["variant_id"]])
            kept = sum(len(values) for of in units.after.values() for unit, values in of.items() if units.first[unit][0] == v["variant_id"])
            check.equal(f"{name} {v['variant_id']} kept", v["outcomes_kept"], kept)
            for reason, entry in v["discarded"].items():
                seen, outcomes = units.discarded[v["variant_id"]][reason]
                check.equal(f"{name} {v['variant_id']} {reason}", entry, {"units": len(seen), "outcomes": outcomes})
        shown = [(d["day"], d["units"], d["exposures"]) for d in report["days"]]
        theirs = [(str(np.datetime64(day, "D")), [counts[0][v] for v in order], [counts[1][v] for v in order]) for day, counts in sorted(units.days.items())]
        check.equal(f"{name} days", shown, theirs)
        counts = {v: len(units.of[v]) for v in order}
        weights = {v: units.weights[v] for v in order if units.weights[v] > 0}
        total, sum_w = sum(counts[v] for v in weights), sum(weights.values())
        if len(weights) > 1:
            shares = {v: w / sum_w for v, w in weights.items()}
            log_bf = gammaln(10_000) - gammaln(10_000 + total) + sum(
                gammaln(10_000 * s + counts[v]) - gammaln(10_000 * s) - counts[v] * math.log(s) for v, s in shares.items())
            self.near(f"{name} SSRM", report["sequential_sample_ratio"]["log_bayes_factor"], log_bf, 1, 1e-7)
        problems = {p["problem"] for p in report["problems"]}
        exposed = len(units.first)
        check.equal(f"{name} crossovers", "crossovers" in problems, len(units.crossed) >= 5 and len(units.crossed) / exposed > 0.01)
        lost = {"crossover": {v: units.exposed[v] - counts[v] for v in order}, "before_exposure": {v: len(units.discarded[v]["before_exposure"][0]) for v in order}}
        alarms = {p["reason"]: p["p_value"] for p in report["problems"] if p["problem"] == "differential_discards"}
        for reason, units_lost in lost.items():
            p = homogeneity({v: units.exposed[v] for v in order}, units_lost)
            # Units with outcomes and without an exposure, where there are any, are a test or two more that share the level.
            level = 0.0005 if reason in alarms else 0.00025
            self.near(f"{name} {reason} p", alarms.get(reason), p if p is not None and p < level else None, relative=1e-9)
        check.equal(f"{name} trustworthy", report["trustworthy"], not any(p["alarm"] and p["problem"] != "no_recent_exposure" for p in report["problems"]))


def compare(check, report, folder, crossovers, as_of, confidence=0.95):
    experiments, definitions, exposures, outcomes = read(folder, as_of)
    inference = Inference(check, confidence)
    inference.definitions = definitions
    for shown in report["experiments"]:
        variants = experiments[shown["experiment"]]
        inference.experiment(shown, Units(shown["experiment"], variants, definitions, exposures, outcomes, crossovers))
