"""The ledger beside its peers: the same expenditures, one measure of each in turn, as many rounds as asked.

Started by peers.sh, which installs the peers. Every store syncs before it answers; nothing durable is switched off.
"""

import argparse, contextlib, json, os, re, shutil, socket, sqlite3, statistics, subprocess, sys, tempfile, threading
import time, urllib.request
from pathlib import Path

BATCH = 1_000
WRITERS = [8, 16, 64]
# Of so many events UmaDB takes ten seconds.
BY_ENTRY = 200_000
SECONDS = 5
# Of the issue that set the goals, measured on two quiet cores of this kind; no registry carries the server.
QUOTED = [("import", "TigerBeetle's own benchmark, 8,189 transfers a batch", 483_000, "390,000 to 495,000")]
QUERY = ("select project, sum(amount) from expenditure where programme = 'p-3' and booked <= '2021-06-30' "
         "group by project")


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}")


@contextlib.contextmanager
def process(command, **options):
    started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **options)
    try:
        yield started
    finally:
        started.terminate()
        started.wait()


def timed(count, work):
    """Per second. What others left to be written is not measured with it."""
    os.sync()
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


def floor(folder):
    """Microseconds, the middle of many: what a plain append of 250 bytes with fdatasync takes on this disk, now."""
    taken, file = [], os.open(folder / "floor", os.O_WRONLY | os.O_CREAT)
    for _ in range(400):
        started = time.perf_counter()
        os.write(file, b"x" * 250)
        os.fdatasync(file)
        taken.append(time.perf_counter() - started)
    os.close(file)
    return statistics.median(taken) * 1_000_000


class Ours:
    def __init__(self, folder, commands):
        self.folder, self.commands, self.round = folder, commands, 0
        self.program = str(Path("target/release/rekenschap").resolve())

    def data(self):
        self.round += 1
        return self.folder / f"ledger-{self.round}"

    def import_all(self):
        count, data = sum(1 for _ in open(self.commands)), self.data()
        rate = timed(count, lambda: run(self.program, "--data", data, "import", self.commands))
        self.imported, self.count = data, count
        return rate

    def rebuild(self):
        """From the tape alone: the store that is read is made anew, every event checked, and one report answered."""
        self.import_all()
        shutil.rmtree(self.imported / "sled")
        return timed(self.count, lambda: run(self.program, "--data", self.imported, "report", "budget-position", "p-3",
                                             "--format", "json"))

    @contextlib.contextmanager
    def server(self):
        command = [self.program, "--data", str(self.imported), "serve", "--listen", "127.0.0.1:0"]
        with process(command) as started:
            yield started.stdout.readline().strip().removeprefix("listening on ")

    def commits(self, writers):
        with self.server() as address:
            self.round += 1
            told = run("wrk", "-t1", f"-c{writers}", f"-d{SECONDS}s", "-s", "tools/bench/commits.lua", address, "--",
                       str(self.round))
        rate, refused = re.search(r"RATE (\S+) (\d+)", told).groups()
        assert int(refused) == 0, told
        return float(rate)

    def query(self):
        """Milliseconds, the middle of many dates."""
        with self.server() as address:
            def ask(day):
                started = time.perf_counter()
                url = f"{address}/v1/programmes/p-3/budget-position?asOf=2021-06-{day:02}"
                urllib.request.urlopen(url).read()
                return (time.perf_counter() - started) * 1_000
            return statistics.median(ask(day) for day in range(1, 31))


class Uma:
    """With one tag for all, or with those that find a programme and an expenditure; then a commit of one is refused where
    its expenditure is there."""

    def __init__(self, folder, events, by_entry):
        import umadb
        self.umadb, self.folder, self.events, self.by_entry, self.round = umadb, folder, events, by_entry, 0
        folder.mkdir(exist_ok=True)

    @contextlib.contextmanager
    def server(self):
        self.round += 1
        port = free_port()
        command = [Path(sys.executable).with_name("umadb"), "--listen", f"127.0.0.1:{port}", "--db-path",
                   str(self.folder / f"uma-{self.round}.db")]
        with process(command):
            wait_for(port)
            yield f"http://127.0.0.1:{port}"

    def tags(self, line):
        if not self.by_entry:
            return ["programme"]
        event = json.loads(line)
        return [f'expenditure:{event["programme"]}:{event["expenditure"]}', f'programme:{event["programme"]}']

    def event(self, line):
        return self.umadb.Event(event_type="expenditurePosted", data=line, tags=self.tags(line))

    def import_all(self):
        with self.server() as address:
            client = self.umadb.Client(address)
            batches = [[self.event(line) for line in self.events[at:at + BATCH]]
                       for at in range(0, len(self.events), BATCH)]
            return timed(len(self.events), lambda: [client.append(batch) for batch in batches])

    def commit(self, client, line):
        event = self.event(line)
        if not self.by_entry:
            return client.append([event])
        same = self.umadb.Query([self.umadb.QueryItem(tags=event.tags[:1])])
        return client.append([event], self.umadb.AppendCondition(same))

    def commits(self, writers):
        with self.server() as address:
            done, until = [], time.perf_counter() + SECONDS

            def write(number):
                client, count, first = self.umadb.Client(address), 0, number * (len(self.events) // writers)
                while time.perf_counter() < until:
                    self.commit(client, self.events[(first + count) % len(self.events)])
                    count += 1
                done.append(count)
            threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(done) == writers, "a writer was refused"
            return sum(done) / SECONDS


class Postgres:
    """PostgreSQL as Debian configures it, with the functions of message-db."""

    def __init__(self, folder, events):
        self.events, self.folder = events, folder / "postgres"
        self.folder.mkdir()
        newest = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
        self.bin = lambda name: str(newest / name)
        # The server does not run as root.
        self.user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self.user:
            shutil.chown(self.folder, "postgres")
            for above in [folder, *folder.parents]:
                above.chmod(above.stat().st_mode | 0o011) if above.is_relative_to("/tmp") else None
        self.port = str(free_port())
        run(*self.user, self.bin("initdb"), "-A", "trust", "-D", self.folder / "data", cwd="/tmp")
        settings = f"-p {self.port} -k {self.folder} -c listen_addresses=''"
        log = self.folder / "log"
        run(*self.user, self.bin("pg_ctl"), "-D", self.folder / "data", "-o", settings, "-l", log, "-w", "start", cwd="/tmp")
        self.copied = folder / "copy.tsv"
        with open(self.copied, "w") as file:
            for event in map(json.loads, events):
                file.write("\t".join([event["programme"], event["project"], event["amount"], event["bookingDate"],
                                      json.dumps(event)]) + "\n")
        self.copied.chmod(0o644)
        self.sql("create database ledger")
        self.sql("create table expenditure (programme text, project text, amount numeric(17,2), booked date, data jsonb)")

    def sql(self, *commands, user="postgres"):
        database = "postgres" if commands[0].startswith("create database") else "ledger"
        arguments = [part for command in commands for part in ("-c", command)]
        return run(*self.user, "psql", "-qAt", "-h", self.folder, "-p", self.port, "-d", database, *arguments, cwd="/tmp")

    def stop(self):
        run(*self.user, self.bin("pg_ctl"), "-D", self.folder / "data", "-m", "immediate", "stop", cwd="/tmp")

    def import_all(self):
        self.sql("truncate expenditure")
        copy = f"\\copy expenditure from '{self.copied}'"
        return timed(len(self.events), lambda: self.sql(copy))

    def install_message_db(self):
        environment = os.environ | {"PGHOST": str(self.folder), "PGPORT": self.port, "PGUSER": self.owner()}
        subprocess.run(["bash", "install.sh"], cwd="target/tools/peers/message-db/database", env=environment, check=True,
                       capture_output=True)

    def owner(self):
        return "postgres" if self.user else os.environ["USER"]

    def commits(self, writers):
        script = self.folder / "write.sql"
        event = self.events[0].replace("'", "''")
        script.write_text("\\set stream random(1, 1000000)\nselect message_store.write_message(gen_random_uuid()::text, "
                          f"'programme-' || :stream, 'ExpenditurePosted', '{event}'::jsonb);\n")
        script.chmod(0o644)
        environment = os.environ | {"PGOPTIONS": "-c search_path=message_store,public"}
        told = run(*self.user, self.bin("pgbench"), "-n", "-h", self.folder, "-p", self.port, "-c", str(writers), "-j", "2",
                   "-T", str(SECONDS), "-f", script, "message_store", cwd="/tmp", env=environment)
        return float(re.search(r"tps = ([\d.]+)", told)[1])

    def query(self):
        told = self.sql("\\timing on", QUERY, QUERY, QUERY)
        return statistics.median(float(time) for time in re.findall(r"Time: ([\d.]+) ms", told))


class Sqlite:
    def __init__(self, folder, events):
        rows = (json.loads(event) for event in events)
        self.rows = [(row["programme"], row["project"], row["expenditure"], round(float(row["amount"]) * 100),
                      row["bookingDate"], event) for row, event in zip(rows, events)]
        self.folder, self.round = folder, 0

    def import_all(self):
        self.round += 1
        self.file = self.folder / f"sqlite-{self.round}.db"
        database = sqlite3.connect(self.file)
        database.executescript("pragma journal_mode = wal; pragma synchronous = full; "
                               "create table expenditure (programme, project, expenditure, amount, booked, data, "
                               "unique (programme, expenditure))")

        def insert():
            for at in range(0, len(self.rows), BATCH):
                database.executemany("insert into expenditure values (?, ?, ?, ?, ?, ?)", self.rows[at:at + BATCH])
                database.commit()
        return timed(len(self.rows), insert)

    def query(self):
        database = sqlite3.connect(self.file)
        return statistics.median(1_000 / timed(1, lambda: database.execute(QUERY).fetchall()) for _ in range(3))


class PlainText:
    """ledger, hledger and beancount read the whole journal for every question."""

    def __init__(self, folder, events):
        rows = [json.loads(event) for event in events]
        journal, beans = folder / "all.journal", folder / "all.beancount"
        with open(journal, "w") as file:
            for row in rows:
                file.write(f'{row["bookingDate"].replace("-", "/")} x\n  {row["programme"]}:{row["project"]}  '
                           f'{row["amount"]} EUR\n  bank\n')
        with open(beans, "w") as file:
            accounts = {f'Expenses:{row["programme"].upper()}:{row["project"].capitalize()}' for row in rows}
            for account in sorted(accounts | {"Assets:Bank"}):
                file.write(f"1970-01-01 open {account}\n")
            for row in rows:
                account = f'Expenses:{row["programme"].upper()}:{row["project"].capitalize()}'
                file.write(f'{row["bookingDate"]} * "x"\n  {account}  {row["amount"]} EUR\n  Assets:Bank\n')
        until = ["balance", "^p-3:"]
        self.commands = {
            "ledger": ["ledger", "--no-pager", "-f", journal, "-e", "2021/07/01", *until],
            "hledger": ["hledger", "-f", journal, "-e", "2021-07-01", *until],
            "beancount": [Path(sys.executable).with_name("bean-query"), "--no-errors", beans,
                          "select account, sum(position) where account ~ '^Expenses:P-3:' and date < 2021-07-01 "
                          "group by account"],
        }

    def query(self, name):
        environment = os.environ | {"BEANCOUNT_DISABLE_LOAD_CACHE": "1"}
        return 1_000 / timed(1, lambda: run(*self.commands[name], env=environment))


class EventSourcing:
    """The library's own aggregates over SQLite, read back one after another."""

    def __init__(self, folder, events):
        from eventsourcing.application import Application
        from eventsourcing.domain import Aggregate, event

        class Project(Aggregate):
            def __init__(self):
                self.spent = 0

            @event("Posted")
            def post(self, amount, data):
                self.spent += amount

        environment = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(folder / "eventsourcing.db")}
        self.application, self.ids, self.count = Application(env=environment), [], len(events)
        for at in range(0, len(events), BATCH):
            project = Project()
            for line in events[at:at + BATCH]:
                project.post(100, line)
            self.application.save(project)
            self.ids.append(project.id)

    def rebuild(self):
        return timed(self.count, lambda: [self.application.repository.get(found) for found in self.ids])


class Table:
    def __init__(self):
        self.rows = {}

    def add(self, work, peer, unit, value):
        self.rows.setdefault((work, unit), {}).setdefault(peer, []).append(value)

    def show(self):
        print("| work | who | median (minimum to maximum) | ours is |")
        print("|---|---|---|---|")
        for (work, unit), measured in self.rows.items():
            digits = ".1f" if unit in ("ms", "us") else ",.0f"
            ours = measured.get("ours")
            for peer, values in measured.items():
                spread = f"{statistics.median(values):{digits}} {unit} ({min(values):{digits}} to {max(values):{digits}})"
                ratio = ""
                if ours and peer != "ours":
                    times = [(a / b if unit != "ms" else b / a) for a, b in zip(ours * len(values), values)]
                    ratio = f"{statistics.median(times):.2f} times as fast ({min(times):.2f} to {max(times):.2f})"
                print(f"| {work} | {peer} | {spread} | {ratio} |")
            for quoted, peer, figure, spread in QUOTED:
                if ours and work.startswith(quoted):
                    times = statistics.median(ours) / figure
                    print(f"| {work} | {peer} | {figure:,} {unit} ({spread}), quoted | {times:.2f} times as fast |")


def attempt(table, work, peer, unit, measure):
    try:
        table.add(work, peer, unit, measure())
    except Exception as error:  # A peer that fails is named, and the others are measured.
        told = getattr(error, "stderr", "") or ""
        print(f"{peer}: {work}: {error} {told[-400:]}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--directory", help="where the files go; a temporary folder there is used and removed. PostgreSQL's "
                        "user must be able to reach it")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.directory) as folder:
        measure(asked, Path(folder))


def measure(asked, folder):
    commands = folder / "commands.ndjson"
    with open(commands, "w") as file:
        subprocess.run(["target/release/generate", "--programmes", "10", "--expenditures", str(asked.events), "--regions",
                        "0", "--costs", "0"], stdout=file, check=True)
    events = [line.strip() for line in open(commands) if '"postExpenditure"' in line]
    few = events[:min(len(events), 20_000)]
    few_commands = folder / "few.ndjson"
    opening = [line for line in open(commands) if '"postExpenditure"' not in line]
    few_commands.write_text("".join(opening) + "\n".join(few))
    started, table, made = time.perf_counter(), Table(), {}
    for name, make in [
        ("ours", lambda: Ours(folder, commands)),
        ("few of ours", lambda: Ours(folder / "few", few_commands)),
        ("UmaDB", lambda: Uma(folder / "uma", [line.encode() for line in events], by_entry=False)),
        ("UmaDB by entry", lambda: Uma(folder / "uma-by-entry", [line.encode() for line in events[:BY_ENTRY]], by_entry=True)),
        ("PostgreSQL", lambda: Postgres(folder, events)),
        ("SQLite", lambda: Sqlite(folder, events)),
        ("text", lambda: PlainText(folder, few)),
        ("eventsourcing", lambda: EventSourcing(folder, few)),
    ]:
        try:
            made[name] = make()
        except Exception as error:
            print(f"{name} is left out: {error} {getattr(error, 'stderr', '') or ''}", file=sys.stderr)
    if "PostgreSQL" in made:
        try:
            made["PostgreSQL"].install_message_db()
        except Exception as error:
            print(f"message-db is left out: {error} {getattr(error, 'stderr', '')}", file=sys.stderr)
    many = f"import of {len(events):,} expenditures"
    *few_writers, many_writers = WRITERS
    mixed = {writers: f"durable commits of one, ours over {many_writers} connections, theirs with {writers} writers"
             for writers in few_writers}
    question = f"budget of one programme at a date, {len(events):,} expenditures"
    small = f"the same, {len(few):,} expenditures"
    for _ in range(asked.rounds):
        table.add("the floor: one append of 250 bytes, fdatasync", "a plain file that grows", "us", floor(folder))
        for name, what in [("ours", "ours"), ("UmaDB", f"UmaDB, batches of {BATCH:,}"),
                           ("UmaDB by entry", f"UmaDB, the same, found by programme and expenditure: the first {BY_ENTRY:,}"),
                           ("PostgreSQL", "PostgreSQL COPY, a table without key or index"),
                           ("SQLite", f"SQLite, batches of {BATCH:,}, unique (programme, expenditure)")]:
            if name in made:
                attempt(table, many, what, "/s", made[name].import_all)
        for name, what in [("ours", "ours"), ("UmaDB", "UmaDB"),
                           ("UmaDB by entry", "UmaDB, refused where the expenditure is there"),
                           ("PostgreSQL", "PostgreSQL with message-db")]:
            for writers in WRITERS if name in made else []:
                one = f"durable commits of one, {writers} writers"
                attempt(table, one, what, "/s", lambda: made[name].commits(writers))
                for theirs, row in mixed.items():
                    if writers == (many_writers if name == "ours" else theirs):
                        table.rows.setdefault((row, "/s"), {})[what] = table.rows.get((one, "/s"), {}).get(what, [])
        for name in ["ours", "PostgreSQL", "SQLite"]:
            if name in made:
                attempt(table, question, name, "ms", made[name].query)
    def of_few():
        made["few of ours"].import_all()
        return made["few of ours"].query()
    attempt(table, small, "ours", "ms", of_few)
    for name in ["ledger", "hledger", "beancount"] if "text" in made else []:
        attempt(table, small, name, "ms", lambda: made["text"].query(name))
    rebuild = "rebuild of all that is read from the log"
    attempt(table, rebuild, "ours", "/s", made["ours"].rebuild)
    if "eventsourcing" in made:
        attempt(table, rebuild, f"eventsourcing with SQLite, aggregates of {len(few):,} events", "/s",
                made["eventsourcing"].rebuild)
    if "PostgreSQL" in made:
        made["PostgreSQL"].stop()
    table.show()
    print(f"\n{time.perf_counter() - started:.0f} s, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}, "
          f"{sum(map(len, events)) // len(events)} bytes an event")


if __name__ == "__main__":
    main()
