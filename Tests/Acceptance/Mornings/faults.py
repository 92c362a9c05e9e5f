"""Faults, one an experiment: what each experiment's users do, and on which night what must be said of it."""
from file import date

FAULTS = {}

# Words of the line that names the cause.
SAYS = {
    "no_recent_outcome": "No outcome of buy_", "no_recent_outcome_of_variant": "comes from t any more",
    "variant_without_outcomes": "ever came from t", "no_recent_exposure": "nobody was exposed",
    "sample_ratio_mismatch": "of users are in t where 50% were planned", "split_in_cell": "do not split as planned",
    "crossovers": "users switched variant", "unexpected_units": "in a variant of weight 0",
    "exposures_lost": "Exposures of t are lost", "imbalance or differential_discards": "or its exposures are recorded late",
    "uneven_links": "of the users of t are linked", "units_left_out": "was not measured for",
    "doubled_outcomes": "sent twice", "other_kind": "was recorded as numeric", "other_name": "was recorded for",
    "other_spelling": "in capitals or spaces alone", "constant_metric": "is the same for all", "times_cut": "times of buy_",
    "times_in_1970": "dated 1970", "times_ahead": "ahead of the clock"}


class Fault:
    """How an experiment breaks: the alarm (or remark) that says so, from which night on, and within how many."""

    def __init__(self, play, alarm, night, within, small, **definition):
        self.play, self.alarm, self.night, self.within, self.small = play, alarm, night, within, small
        self.is_remark = definition.pop("is_remark", False)
        self.metrics = definition.pop("metrics", None)
        self.definition = definition


def fault(alarm, night, within, small=False, **definition):
    def note(play):
        FAULTS[play.__name__] = Fault(play, alarm, night, within, small, **definition)
        return play
    return note


class User:
    """One of an experiment's new users of a day, in a variant by chance unless said otherwise."""

    def __init__(self, file, experiment, day, number, random):
        self.file, self.experiment, self.day, self.random = file, experiment, day, random
        self.id = f"{experiment}-{day}-{number}"
        self.platform = "ios" if number % 2 else "android"
        self.variant = random.choice("ct")
        self.hour = random.randrange(1, 22)
        self.buys = random.random() < 0.15

    @property
    def treated(self):
        return self.variant == "t"

    def at(self, later=0, day=None):
        """A time of the day, so many hours after the exposure at most."""
        random = self.random
        hour = min(23, self.hour + later)
        return f"{date(self.day if day is None else day)}T{hour:02}:{random.randrange(20) + 20 * min(later, 2):02}:{random.randrange(60):02}Z"

    def exposed(self, time=None, **more):
        self.file.exposure(self.experiment, self.variant, self.id, time or self.at(), '{"platform":"%s"}' % self.platform, **more)

    def does(self, metric="buy", kind="bool", value="true", time=None, user=None, **more):
        self.file.outcome(f"{metric}_{self.experiment}", kind, value, user or self.id, time or self.at(1), **more)


def point(text):
    """The place in 0…1 that `fnv1a64-fmix64` gives a text."""
    mask, value = (1 << 64) - 1, 0xcbf29ce484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001b3 & mask
    for factor in (0xff51afd7ed558ccd, 0xc4ceb9fe1a85ec53):
        value = (value ^ value >> 33) * factor & mask
    return (value ^ value >> 33) / 2 ** 64


# What stops

@fault("no_recent_outcome", 30, 3, small=True)
def goal_dies(user):
    user.exposed()
    if user.buys and user.day < 30: user.does()


@fault("no_recent_outcome_of_variant", 30, 6, small=True)
def treatment_dies(user):
    user.exposed()
    if user.buys and not (user.treated and user.day >= 30): user.does()


@fault("no_recent_outcome_of_variant", 30, 2)
def two_days_lost(user):
    """The treatment's log of two days is lost and goes on: the gap that stays is no second alarm."""
    user.exposed()
    if user.buys and not (user.treated and user.day in (30, 31)): user.does()


@fault("no_recent_outcome", 30, 2)
def log_is_down(user):
    """For two days, in all variants; then it goes on."""
    user.exposed()
    if user.buys and user.day not in (30, 31): user.does()


@fault("variant_without_outcomes", 15, 3, small=True)
def treatment_is_mute(user):
    if user.day < 15: return
    user.exposed()
    if user.buys and not user.treated: user.does()


@fault("no_recent_exposure", 40, 4, small=True)
def falls_silent(user):
    if user.day >= 40: return
    user.exposed()
    if user.buys: user.does()


@fault("split_in_cell", 30, 1)
def treatment_is_off(user):
    """No unit gets the treatment any more."""
    if user.treated and user.day >= 30: return
    user.exposed()
    if user.buys: user.does()


# Units

@fault("sample_ratio_mismatch", 20, 20, small=True)
def units_lost(user):
    if user.day >= 20 and user.treated and user.random.random() < 0.25: return
    user.exposed()
    if user.buys: user.does()


@fault("split_in_cell", 20, 30, small=True, more='segments = ["platform"]')
def platform_breaks(user):
    if user.day >= 20: user.variant = "t" if user.random.random() < (0.35 if user.platform == "ios" else 0.65) else "c"
    user.exposed()
    if user.buys: user.does()


@fault("split_in_cell", 20, 12, more='segments = ["platform"]')
def tail_of_a_segment_lost(user):
    """Only on one platform, and only the treatment's units of the evening."""
    if user.day >= 20 and user.treated and user.platform == "ios" and user.hour > 10: return
    user.exposed()
    if user.buys: user.does()


@fault("split_in_cell", 25, 0)
def one_day_uneven(user):
    if user.day == 25 and user.random.random() < 0.6: user.variant = "t"
    user.exposed()
    if user.buys: user.does()


@fault("crossovers", 20, 8, small=True)
def units_switch(user):
    user.exposed()
    if user.day >= 20 and user.random.random() < 0.06:
        user.variant = "c" if user.treated else "t"
        user.exposed(f"{date(user.day)}T23:10:00Z")
    if user.buys: user.does()


@fault("unexpected_units", 20, 0, small=True,
       variants='{ id = "c", is_control = true, weight = 1 }, { id = "t", weight = 1 }, { id = "old", weight = 0 }')
def old_variant_is_shown(user):
    if user.day >= 20 and user.random.random() < 0.02: user.variant = "old"
    user.exposed()
    if user.buys: user.does()


@fault("exposures_lost", 20, 25)
def buyers_lost(user):
    """A tenth of the treatment's buyers leave the page before their exposure is sent."""
    user.variant = "c" if point(f"{user.experiment}:{user.id}") < 0.5 else "t"
    lost = user.day >= 20 and user.treated and user.buys and user.random.random() < 0.2
    if not lost: user.exposed()
    if user.buys: user.does()


@fault("imbalance or differential_discards", 20, 10)
def exposures_late(user):
    """The treatment's page sends the exposure after the purchase, for a third."""
    late = user.day >= 20 and user.treated and user.random.random() < 0.33
    user.exposed(f"{date(user.day)}T23:50:00Z" if late else None)
    if user.buys: user.does()


@fault("uneven_links", 20, 10, more='identity = "first"')
def login_comes_earlier(user):
    user.exposed()
    if user.random.random() < (0.5 if user.day >= 20 and user.treated else 0.25):
        user.file.link("s" + user.id, user.id, user.at(0))
        if user.buys: user.does(user="", session="s" + user.id)
    elif user.buys: user.does()


@fault("imbalance or differential_discards", 20, 10)
def buyers_are_treated(user):
    """From then on who bought before gets the treatment more often, and as many others the control."""
    before = user.random.random() < 0.3
    if user.day >= 20 and user.random.random() < 0.5: user.variant = "t" if before else user.random.choice("ccct")
    user.exposed()
    if before: user.does(time=user.at(day=user.day - 9))
    if user.buys: user.does()


@fault("dominant_unit", 20, 2, is_remark=True,
       metrics='kind = "count"')
def bot_buys(user):
    user.exposed()
    if user.buys: user.does(kind="count", value="1")
    if user.day >= 20 and user.id.endswith("-0"):
        for _ in range(40): user.does(kind="count", value="1", user=f"{user.experiment}-3-7")


@fault("placeholder_unit", 20, 0, is_remark=True)
def id_is_null(user):
    if user.day >= 20 and user.random.random() < 0.05: user.id, user.variant = "null", "c"
    user.exposed()
    if user.buys: user.does()


# Outcomes

@fault("units_left_out", 20, 20, small=True,
       metrics='kind = "numeric"\naggregation = "mean"\ndirection = "decrease"')
def times_lost(user):
    user.exposed()
    if not (user.day >= 20 and user.treated and user.random.random() < 0.15):
        user.does(kind="numeric", value=300 + user.random.randrange(200))


@fault("doubled_outcomes", 20, 20, metrics='kind = "numeric"')
def revenue_sent_twice(user):
    user.exposed()
    if not user.buys: return
    amount, time = f"{user.random.lognormvariate(3, 1):.2f}", user.at(1)
    for _ in range(2 if user.day >= 20 and user.treated and user.random.random() < 0.3 else 1):
        user.does(kind="numeric", value=amount, time=time)


@fault("other_kind", 20, 6, small=True)
def recorded_as_number(user):
    user.exposed()
    if not user.buys: return
    if user.day >= 20 and user.treated and user.random.random() < 0.3: user.does(kind="numeric", value="1")
    else: user.does()


@fault("other_name", 20, 6)
def recorded_in_capitals(user):
    user.exposed()
    if user.buys: user.does("BUY" if user.day >= 20 and user.treated and user.random.random() < 0.3 else "buy")


@fault("other_spelling", 20, 8, small=True)
def ids_in_capitals(user):
    user.exposed()
    if user.buys: user.does(user=user.id.upper() if user.day >= 20 and user.random.random() < 0.3 else None)


@fault("never_exposed", 20, 10, is_remark=True)
def outcomes_of_strangers(user):
    """A tenth of the buyers of both variants were never exposed; their outcomes name the experiment."""
    if not (user.day >= 20 and user.buys and user.random.random() < 0.3): user.exposed()
    if user.buys: user.does(experiment=user.experiment)


@fault("constant_metric", 15, 2, small=True)
def goal_is_constant(user):
    if user.day < 15: return
    user.exposed()
    user.does()


@fault("denominator_moved", 10, 40, is_remark=True, ratio=True)
def clicks_lost(user):
    """A third of the treatment's clicks: a ratio seems to gain."""
    user.exposed()
    clicks = 1 + user.random.randrange(9)
    kept = sum(not (user.day >= 10 and user.treated and user.random.random() < 0.33) for _ in range(clicks))
    if kept: user.does("click", kind="count", value=kept)
    orders = sum(user.random.random() < 0.3 for _ in range(clicks))
    if orders: user.does("order", kind="count", value=orders)


# Times

@fault("times_cut", 15, 2, small=True)
def times_cut(user):
    if user.day < 15: return
    user.exposed()
    if user.buys: user.does(time=f"{date(user.day + user.random.randrange(2))}T00:00:00Z")


@fault("times_cut", 20, 6)
def times_get_cut(user):
    """An update of the log cuts times to the day."""
    user.exposed()
    if user.buys: user.does(time=f"{date(user.day + user.random.randrange(2))}T00:00:00Z" if user.day >= 20 else None)


@fault("times_cut", 20, 6)
def times_get_cut_to_hours(user):
    user.exposed()
    if user.buys:
        hour = min(23, user.hour + user.random.randrange(2))
        user.does(time=f"{date(user.day)}T{hour:02}:00:00Z" if user.day >= 20 else None)


@fault("times_in_1970", 20, 10)
def clocks_at_zero(user):
    zero = user.day >= 20 and user.random.random() < 0.08
    user.exposed(f"1970-01-01T00:{user.random.randrange(60):02}:01Z" if zero else None, enrollment="enrolled",
                 arrival=user.day if user.day >= 20 else None)
    if user.buys: user.does()


@fault("times_ahead", 20, 10)
def clocks_ahead(user):
    ahead = user.day >= 20 and user.random.random() < 0.08
    user.exposed(f"2036-01-01T00:{user.random.randrange(60):02}:01Z" if ahead else None, enrollment="enrolled",
                 arrival=user.day if user.day >= 20 else None)
    if user.buys: user.does()
