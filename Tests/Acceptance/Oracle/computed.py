"""Compares one metric of the report with oracle.py: means, ratios and quantiles, and what their comparisons say.

The oracle's inference is SciPy's; the interval of a difference of quantiles, which it does not have, is put together here from
its order statistics (MOVER: Zou and Donner 2008).
"""
import math


def size(variant):
    """The root of the mean square of a variant's values."""
    return math.sqrt((variant["mean"] or 0) ** 2 + (variant["variance"] or 0))


def compare(check, label, metric, oracle):
    check.equal(f"{label} aggregation", metric["aggregation"], oracle.get("aggregation"))
    if "cap" in oracle: check.near(f"{label} cap", metric["cap"], oracle["cap"], 0)
    parts = {"ratio": ratio, "quantile": quantile}.get(metric["kind"], mean)
    for variant in metric["variants"]:
        theirs = oracle["variants"][variant["variant_id"]]
        own = f"{label} {variant['variant_id']}"
        check.equal(f"{own} units", variant["units"], theirs["n"])
        parts(check, own, variant, theirs)
    for shown in metric["comparisons"]:
        own, theirs = f"{label} {shown['variant_id']}", oracle["comparisons"][shown["variant_id"]]
        if metric["kind"] == "quantile":
            control = next(v for v in metric["variants"] if v["variant_id"] not in {c["variant_id"] for c in metric["comparisons"]})
            movers(check, own, shown, oracle["variants"][control["variant_id"]], oracle["variants"][shown["variant_id"]])
        else:
            welch(check, own, shown, theirs)
            cuped = oracle.get("cuped", {"variants": {}, "comparisons": {}})
            # The oracle's sums for it are NumPy's, which round: of values near 2⁶³ nothing is left.
            if all(v["sumsq_x"] < 1e16 and v["sumsq_y"] < 1e16 for v in cuped["variants"].values()):
                adjusted(check, own, shown, cuped["comparisons"].get(shown["variant_id"]))


def mean(check, label, ours, theirs):
    check.equal(f"{label} with outcome", ours["units_with_outcome"], theirs["users_with_outcome"])
    scale = max(float(theirs["sum_abs"]), abs(float(theirs["sum"])))
    check.near(f"{label} sum", ours["sum"], float(theirs["sum"]), 1e-12 * scale)
    if theirs["n"]: check.near(f"{label} mean", ours["mean"], theirs["mean"], 1e-12 * scale / theirs["n"])
    # A unit's value is a double: of 2⁶² and 2⁶² + 2 it is the same.
    digit = scale / max(1, theirs["users_with_outcome"]) * 2**-52
    spread = abs(theirs["var"] or 0)
    check.near(f"{label} variance", ours["variance"], theirs["var"], 1e-11 * spread + 2 * math.sqrt(spread) * digit + digit**2)


def ratio(check, label, ours, theirs):
    check.near(f"{label} numerator", ours["numerator_sum"], float(theirs["numerator_sum"]), 1e-12 * float(theirs["numerator_abs"]))
    check.near(f"{label} denominator", ours["denominator_sum"], float(theirs["denominator_sum"]), 1e-12 * float(theirs["denominator_abs"]))
    # What is left of a sum that cancels is as exact as its parts are.
    rest = 2**-52 * float(theirs["numerator_abs"]) / abs(float(theirs["denominator_sum"]) or 1)
    check.near(f"{label} ratio", ours["mean"], theirs["ratio"], 1e-11 * abs(theirs["ratio"] or 0) + rest)
    # The parts of a unit are doubles, too.
    spread = abs(theirs["var"] or 0)
    check.near(f"{label} variance", ours["variance"], theirs["var"], 1e-11 * spread + 2 * math.sqrt(spread) * rest + rest**2)


def quantile(check, label, ours, theirs):
    number = lambda value: None if value is None else float(value)
    for key, other in (("values", "events"), ("rank", "k"), ("lower_rank", "k_lower"), ("upper_rank", "k_upper")):
        if other in theirs: check.equal(f"{label} {key}", ours[key], theirs[other])
    for key, other in (("mean", "quantile"), ("lower", "lower"), ("upper", "upper")):
        check.equal(f"{label} {key}", ours[key], number(theirs[other]))
    check.near(f"{label} error", ours["standard_error"], theirs["se"], 1e-14 * abs(theirs["se"] or 0))
    check.near(f"{label} variance", ours["variance"], theirs["var"], 1e-13 * abs(theirs["var"] or 0))


STATUS = {"insufficientData": "insufficient_data", "zeroVariance": "zero_variance"}


def welch(check, label, ours, theirs):
    if theirs["status"] != "ok":
        if ours["method"] == "welch": check.equal(f"{label} status", ours["status"], STATUS.get(theirs["status"], theirs["status"]))
        return
    if "welch" not in theirs or ours["method"] != "welch" or ours["p_value"] is None: return
    expected = theirs["welch"]
    # The interval is as exact as mean and variance are.
    slack = 1e-9 * (abs(expected["lo"]) + abs(expected["hi"]) + expected["se"])
    for end, key in enumerate(("lo", "hi")): check.near(f"{label} {key}", ours["difference_interval"][end], expected[key], slack)
    check.near(f"{label} p", ours["p_value"], expected["p"], 1e-8)
    fieller = theirs.get("relative_fieller", {})
    if fieller.get("kind") != "interval" or ours["status"] != "ok": return
    slack = 1e-8 * (abs(fieller["lo"]) + abs(fieller["hi"])) / (1 - min(fieller["g"], 1 - 1e-9))
    for end, key in enumerate(("lo", "hi")): check.near(f"{label} lift {key}", ours["lift_interval"][end], fieller[key], slack)


def adjusted(check, label, ours, theirs):
    shown = ours["covariate_adjusted"]
    # The oracle adjusts what has no past, too: by 0.
    if not shown or not theirs or theirs.get("status") != "ok" or shown["p_value"] is None: return
    expected = theirs["welch"]
    slack = 1e-6 * (abs(expected["lo"]) + abs(expected["hi"]) + expected["se"])
    for end, key in enumerate(("lo", "hi")): check.near(f"{label} adjusted {key}", shown["difference_interval"][end], expected[key], slack)


def movers(check, label, ours, control, treatment):
    if control["status"] != "ok" or treatment["status"] != "ok":
        return check.equal(f"{label} status", [ours["status"], ours["p_value"]], ["insufficient_data", None])
    (q_c, l_c, u_c), (q_t, l_t, u_t) = ([float(v[key]) for key in ("quantile", "lower", "upper")] for v in (control, treatment))
    difference = q_t - q_c
    check.equal(f"{label} difference", ours["difference"], difference)
    if l_c == u_c and l_t == u_t: return check.equal(f"{label} status", ours["status"], "zero_variance")
    ends = difference - math.hypot(q_t - l_t, u_c - q_c), difference + math.hypot(u_t - q_t, q_c - l_c)
    # Lengths whose squares are below the smallest number count as 0 in the report.
    slack = 1e-12 * (abs(q_c) + abs(q_t)) + 1e-153
    for end in (0, 1): check.near(f"{label} [{end}]", ours["difference_interval"][end], ends[end], slack + 1e-12 * abs(ends[end]))
    excludes = not ends[0] <= 0 <= ends[1]
    if abs(ours["p_value"] - 0.05) > 1e-9: check.equal(f"{label} p agrees with the interval", ours["p_value"] < 0.05, excludes)
    if q_c == 0: check.equal(f"{label} lift", ours["lift"], None)
