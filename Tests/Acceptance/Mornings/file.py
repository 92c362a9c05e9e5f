"""A database in the making: definitions, then records, all at once or morning by morning, then nights."""
import csv, datetime, os, sqlite3, subprocess, sys

FIRST = datetime.date(2026, 3, 2)
TOOL = None


def tool(*arguments, codes=(0,)):
    ending = subprocess.run([TOOL, *arguments], capture_output=True, text=True)
    if ending.returncode not in codes:
        sys.exit(f"{arguments}: {ending.returncode}\n{ending.stderr}")
    return ending


def date(day):
    return FIRST + datetime.timedelta(days=day)


def moment(day, random):
    """Some second of a day."""
    return f"{date(day)}T{random.randrange(24):02}:{random.randrange(60):02}:{random.randrange(60):02}Z"


class File:
    """Records that are written without an arrival are there from the first night on; the others arrive on that day."""

    headers = {"exposures": "experiment,variant_id,user_id,session_id,timestamp,attributes,enrollment",
               "outcomes": "metric,kind,value,user_id,session_id,timestamp,experiment",
               "links": "session_id,user_id,timestamp"}

    def __init__(self, folder, name):
        self.database = os.path.join(folder, name + ".db")
        self.folder, self.toml = folder, []
        self.arriving = {}

    def define(self, name, goal, more="", variants='{ id = "c", is_control = true }, { id = "t" }'):
        self.toml.append(f'[[experiments]]\nid = "{name}"\ngoals = ["{goal}"]\n{more}\nvariants = [{variants}]\n')

    def metric(self, name, keys):
        self.toml.append(f'[[metrics]]\nname = "{name}"\n{keys}\n')

    def exposure(self, experiment, variant, user, time, attributes="", session="", enrollment="", arrival=None):
        self.row("exposures", arrival, [experiment, variant, user, session, time, attributes, enrollment])

    def outcome(self, metric, kind, value, user, time, session="", experiment="", arrival=None):
        self.row("outcomes", arrival, [metric, kind, value, user, session, time, experiment])

    def link(self, session, user, time):
        self.row("links", None, [session, user, time])

    def row(self, log, arrival, row):
        self.arriving.setdefault(arrival, {}).setdefault(log, []).append(row)

    def write(self):
        path = os.path.join(self.folder, "definitions.toml")
        with open(path, "w") as file:
            file.write("\n".join(self.toml))
        tool("apply", path, "--database", self.database)
        self.arrive(None)

    def arrive(self, day):
        for log, rows in self.arriving.pop(day, {}).items():
            path = os.path.join(self.folder, f"{log}.csv")
            with open(path, "w", newline="") as file:
                file.write(self.headers[log] + "\n")
                csv.writer(file).writerows(rows)
            tool("import", log, path, "--repeats", "keep", "--database", self.database)

    def night(self, day, *options, codes=(0,)):
        self.arrive(day)
        return tool("nightly", "--date", str(date(day)), "--database", self.database, *options, codes=codes)

    def rows(self, sql):
        return sqlite3.connect(f"file:{self.database}?mode=ro", uri=True).execute(sql).fetchall()
