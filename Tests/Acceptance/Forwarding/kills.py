#!/usr/bin/env python3
"""Kills experiments-forward while rows are recorded and the endpoint misbehaves, and looks whether every row arrived.

    kills.py FORWARD TOOL KILLS [FOLDER]

FORWARD and TOOL are built executables, `experiments-forward` and `experiments`. Rows are imported between the kills, so that the
logs grow as a server makes them. One request in ten is answered with 5xx, one in twenty is not answered, and of one in fifty the
connection ends after the body was taken. What must hold: every row arrives at least once, a row that comes again has the same id
and content, and the rows of a user first come in the order in which they were recorded.
"""
import gzip, http.server, json, os, random, signal, subprocess, sys, tempfile, threading, time

forward, tool, kills = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2]), int(sys.argv[3])
chance = random.Random(20261201)


class Endpoint(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lock = threading.Lock()
    random = random.Random(7)
    first, content, arrivals, changed, disorder = [], {}, 0, [], []
    last = {}
    misbehaves = True
    came = threading.Event()

    def log_message(self, *arguments):
        pass

    def do_POST(self):
        """Takes a request, or misbehaves."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Endpoint.came.set()
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        with Endpoint.lock:
            mood = Endpoint.random.random() if Endpoint.misbehaves else 1
            taken = mood >= 0.15 or Endpoint.random.random() < 0.5
            if taken:
                self.take(body)
        if mood < 0.1:
            return self.answer(503)
        if mood < 0.17:
            # Without an answer: the connection ends, soon or after a while.
            if mood < 0.15:
                time.sleep(0.2)
            self.close_connection = True
            return self.connection.close()
        self.answer(200)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def take(self, body):
        for line in body.splitlines():
            row = json.loads(line)
            name = row["row_id"]
            Endpoint.arrivals += 1
            if name in Endpoint.content:
                if Endpoint.content[name] != line:
                    Endpoint.changed.append(name)
                continue
            Endpoint.content[name] = line
            Endpoint.first.append(name)
            # The number of the row is in its session's id, as it was recorded in its log.
            place = (row["user_id"], row["kind"])
            number = int(row["session_id"])
            if Endpoint.last.get(place, -1) > number:
                Endpoint.disorder.append(name)
            Endpoint.last[place] = number


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
server.daemon_threads = True
# Connections of the killed end at any moment.
server.handle_error = lambda *arguments: None
threading.Thread(target=server.serve_forever, daemon=True).start()

folder = tempfile.mkdtemp(dir=sys.argv[4] if len(sys.argv) > 4 else None)
database, settings = f"{folder}/shop.db", f"{folder}/forward.toml"
with open(f"{folder}/address", "w") as file:
    file.write(f"http://127.0.0.1:{server.server_port}/rows")
with open(settings, "w") as file:
    file.write(f"""[[destinations]]
name = "lines"
kind = "ndjson"
address = {{ file = "{folder}/address" }}
allow_plain_http = true
rows_per_request = 20
gzip = true
""")
with open(f"{folder}/definitions.toml", "w") as file:
    file.write("""[[experiments]]
id = "button"
variants = [{ id = "control", weight = 1, is_control = true }, { id = "treatment", weight = 1 }]
goals = ["purchase"]
""")


def run(*command):
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode != 0:
        sys.exit(f"{' '.join(command)}: {ended.stdout}{ended.stderr}")


run(tool, "apply", f"{folder}/definitions.toml", "--database", database)
recorded, start = 0, 1_767_225_600_000_000


def record():
    """Imports exposures and outcomes of a few users."""
    global recorded
    for name, header, row in [
        ("exposures", "experiment,variant_id,user_id,session_id,timestamp_us\n", "button,control,u{0},{1},{2}\n"),
        ("outcomes", "metric,kind,value,user_id,session_id,timestamp_us\n", "purchase,bool,true,u{0},{1},{2}\n"),
    ]:
        path = f"{folder}/{name}.csv"
        with open(path, "w") as file:
            file.write(header)
            for _ in range(chance.randrange(50, 400)):
                file.write(row.format(chance.randrange(20), recorded, start + recorded))
                recorded += 1
        run(tool, "import", name, path, "--database", database)


def lag():
    ended = subprocess.run(
        [forward, "status", settings, "--database", database, "--format", "json"], capture_output=True, text=True)
    return json.loads(ended.stdout)["destinations"][0]["lag_rows"]


died = 0
began = time.time()
while died < kills:
    record()
    for _ in range(10):
        process = subprocess.Popen(
            [forward, "run", settings, "--database", database], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # Most are killed while a request is under way or its answer is being kept, the others at any moment.
        if chance.random() < 0.8:
            Endpoint.came.clear()
            Endpoint.came.wait(1)
            time.sleep(chance.uniform(0, 0.03))
        else:
            time.sleep(chance.uniform(0.01, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        died += 1
        if died == kills:
            break
Endpoint.misbehaves = False
run(forward, "drain", settings, "--database", database)

problems = []
if lag() != 0:
    problems.append("the destination is not at the end")
if len(Endpoint.content) != recorded:
    problems.append(f"{recorded - len(Endpoint.content)} rows never arrived")
if Endpoint.changed:
    problems.append(f"{len(Endpoint.changed)} rows came again as something else")
if Endpoint.disorder:
    problems.append(f"{len(Endpoint.disorder)} rows came after later ones of their user")
subprocess.run(["rm", "-rf", folder])
print(f"{died} kills in {time.time() - began:.0f} s: {recorded} rows, {Endpoint.arrivals} arrivals, "
      f"{', '.join(problems) or 'none lost, changed or out of order'}")
sys.exit(1 if problems else 0)
