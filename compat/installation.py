"""An installation of the built binary, for the suites: its folder, its server, its commands.

Nothing here knows what a suite asks of it. A PostgreSQL of our own stands beside it for the
suites that run on both engines.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.environ.get("NOROSHI_BIN", os.path.join(ROOT, "target", "ci", "noroshi"))
START_LIMIT_S = 20


class CommandFailed(AssertionError):
    """A command ended with another exit code than the suite expected."""

    def __init__(self, arguments, code, out, err):
        super().__init__(f"noroshi {' '.join(arguments)}\nexit code {code}\n{out}\n{err}")
        self.code, self.out, self.err = code, out, err


class Answer:
    """One answer of the server: status, headers (lower case), body."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def json(self):
        return json.loads(self.body)


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Hands redirects back instead of following them."""

    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)


def fetch(url, headers=None, method="GET", timeout_s=10, data=None):
    """Asks for a URL; any status is an answer, never an exception."""
    request = urllib.request.Request(url, data, headers=headers or {}, method=method)
    try:
        with OPENER.open(request, timeout=timeout_s) as answer:
            return _answer(answer)
    except urllib.error.HTTPError as refused:
        with refused:
            return _answer(refused)


def _answer(answer):
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status, headers, answer.read())


def eventually(check, limit_s, what):
    """Asks until `check` gives something true, for at most so long; says what did not come."""
    end = time.monotonic() + limit_s
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not within {limit_s} s: {what}")
        time.sleep(0.02)


class Installation:
    """A folder of data (or a database) and, when started, the server on it."""

    def __init__(self, database=None, folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix="noroshi-")
        self.database = database
        self.process = None
        self.url = None
        self.log_path = os.path.join(self.folder, "server.log")
        self.data = os.path.join(self.folder, "data")
        # A file that drives the time of the server and of the commands.
        self.clock_path = None
        # More of the environment in which both run.
        self.settings = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.process:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _environment(self):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("NOROSHI_")}
        if self.database:
            clean["NOROSHI_DATABASE"] = self.database
        clean["NOROSHI_DATA"] = self.data
        if self.clock_path:
            clean["NOROSHI_CLOCK_FILE"] = self.clock_path
        return {**clean, **self.settings}

    def start(self, *options, listen="127.0.0.1:0"):
        """Starts the server and waits until it says where it listens."""
        log = open(self.log_path, "ab")
        began = time.monotonic()
        self.process = subprocess.Popen(
            [BINARY, "serve", "--listen", listen, *options],
            env=self._environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=log, start_new_session=True)
        self.url = self._printed_address()
        eventually(self._answers, START_LIMIT_S, f"an answer from {self.url}: {self.log()}")
        self.start_s = time.monotonic() - began
        return self

    def _printed_address(self):
        end = time.monotonic() + START_LIMIT_S
        seen = b""
        out = self.process.stdout.fileno()
        while time.monotonic() < end:
            ready, _, _ = select.select([out], [], [], 0.1)
            if ready:
                piece = os.read(out, 4096)
                seen += piece
                found = re.search(rb"https?://[0-9A-Za-z.\[\]:-]+:\d+", seen)
                if found:
                    return found.group().decode()
                if not piece:
                    break
        raise AssertionError(f"the server said no address: {seen!r}\n{self.log()}")

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended with {self.process.returncode}: {self.log()}")
        try:
            return fetch(self.url + "/healthz", timeout_s=1).status == 200
        except OSError:
            return False

    def log(self):
        if not os.path.exists(self.log_path):
            return ""
        with open(self.log_path, "rb") as file:
            return file.read()[-4000:].decode("utf-8", "replace")

    def kill(self):
        """`kill -9`: nothing is said goodbye to."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process = None

    def stop(self):
        """SIGTERM; gives the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=15)
        self.process.stdout.close()
        self.process = None
        return code

    def page(self):
        """What `page show` says of the only page."""
        return self.json("page", "show")

    def control(self, page):
        return Control(self, page)

    def command(self, *arguments, expect=0, stdin=None, timeout_s=120):
        """Runs one command and gives what it printed."""
        arguments = [str(argument) for argument in arguments]
        done = subprocess.run(
            [BINARY, *arguments], env=self._environment(), input=stdin, capture_output=True,
            text=True, timeout=timeout_s, stdin=None if stdin is not None else subprocess.DEVNULL)
        expected = (expect,) if isinstance(expect, int) else expect
        if done.returncode not in expected:
            raise CommandFailed(arguments, done.returncode, done.stdout, done.stderr)
        self.last_code, self.last_err = done.returncode, done.stderr
        return done.stdout

    def json(self, *arguments, **options):
        """Runs one command with --json and gives what it answered."""
        return json.loads(self.command(*arguments, "--json", **options))

    def get(self, path, headers=None, method="GET"):
        return fetch(self.url + path, headers, method)

    def published(self, limit_s=60):
        """Waits until what is committed now is published, and the page has come to rest."""
        seq = self.json("page", "show")["seq"]
        eventually(lambda: self.get("/beat.json").json["seq"] >= seq, limit_s,
                   f"entry {seq} is published")
        self.settle("/history", limit_s=limit_s)

    def settle(self, path, still_s=1.0, limit_s=120):
        """Waits until a document and the front page have stopped changing."""
        end = time.monotonic() + limit_s
        last, since = None, time.monotonic()
        while time.monotonic() < end:
            now = [(answer.status, answer.headers.get("etag"))
                   for answer in (self.get(path), self.get("/"))]
            if now != last:
                last, since = now, time.monotonic()
            elif now[0][0] == 200 and time.monotonic() - since >= still_s:
                return
            time.sleep(0.05)
        raise AssertionError(f"{path} did not come to rest within {limit_s} s")


class Control:
    """A kept connection to the control socket: what a command costs without its process."""

    def __init__(self, installation, page):
        self.page = page
        self.stream = socket.socket(socket.AF_UNIX)
        self.stream.settimeout(15)
        self.stream.connect(os.path.join(installation.data, "control.sock"))
        self.answers = self.stream.makefile("rb")

    def ask(self, command, command_id=None):
        """Sends a command; gives its answer. Anything else is an exception."""
        request = {"page": self.page, "actor": {"kind": "user", "id": "suite"},
                   "command": command, "id": command_id}
        self.stream.sendall(json.dumps(request).encode() + b"\n")
        line = self.answers.readline()
        if not line.endswith(b"\n"):
            raise ConnectionError("no answer")
        response = json.loads(line)
        if "answer" not in response:
            raise Refused(response["stop"])
        return response["answer"]

    def close(self):
        self.answers.close()
        self.stream.close()


class Refused(Exception):
    """The server's no, with its exit code's name and its words."""

    def __init__(self, stop):
        super().__init__(stop["message"])
        self.exit = stop["exit"]


def _copy(source, target):
    """Copies a folder with owners and modes."""
    subprocess.run(["cp", "-a", source, target], check=True)


class Postgres:
    """A PostgreSQL server of our own, in a temporary folder, on a free port of loopback."""

    def __init__(self):
        self.bin = os.environ.get("SUITE_POSTGRES_BIN") or os.path.dirname(
            os.path.realpath(shutil.which("initdb") or "/nowhere/initdb"))
        if not os.path.exists(os.path.join(self.bin, "initdb")):
            raise AssertionError("no PostgreSQL here: run scripts/install")
        self.folder = tempfile.mkdtemp(prefix="noroshi-postgres-")
        self.cluster = os.path.join(self.folder, "cluster")
        # Its server refuses to run as root: it gets a user of its own there.
        self.as_user = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "nobody", "nogroup")
            self.as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        _copy(self._template(), self.cluster)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = None
        self.databases = 0

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def _template(self):
        """The files of an empty cluster, made once for each version, way to make it and user.

        It is complete where it is there: it gets its name last, under a lock.
        """
        way = ("-U", "noroshi", "-A", "trust", "-N", "--encoding=UTF8", "--locale=C",
               "--wal-segsize=1")
        version = self._run("initdb", "--version")
        key = repr((version, way, os.stat(self.folder).st_uid)).encode()
        build = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(BINARY))), "tmp")
        made = os.path.join(build, "compat-postgres-" + hashlib.sha256(key).hexdigest()[:16])
        os.makedirs(build, exist_ok=True)
        with open(made + ".lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not os.path.isdir(made):
                first = os.path.join(self.folder, "first")
                self._run("initdb", "-D", first, *way)
                shutil.rmtree(made + ".new", ignore_errors=True)
                _copy(first, made + ".new")
                os.rename(made + ".new", made)
                shutil.rmtree(first)
        return made

    def _run(self, program, *arguments):
        done = subprocess.run(
            [*self.as_user, os.path.join(self.bin, program), *arguments], cwd=self.folder,
            capture_output=True, text=True)
        if done.returncode:
            raise AssertionError(f"{program}: {done.stdout}\n{done.stderr}")
        return done.stdout

    def start(self):
        log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(
            [*self.as_user, os.path.join(self.bin, "postgres"), "-D", self.cluster,
             "-p", str(self.port), "-h", "127.0.0.1", "-k", self.folder,
             "-c", "max_connections=50"],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True)
        eventually(self._ready, START_LIMIT_S, "PostgreSQL is ready")
        return self

    def _ready(self):
        done = subprocess.run(
            [os.path.join(self.bin, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)])
        return done.returncode == 0

    def new_database(self):
        """An empty database; gives its URL."""
        self.databases += 1
        name = f"page{self.databases}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "noroshi", name)
        return f"postgresql://noroshi@127.0.0.1:{self.port}/{name}"

    def signal_all(self, number):
        """Sends a signal to every process of the server: each leads a group of its own."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children",
                  encoding="ascii") as file:
            children = [int(pid) for pid in file.read().split()]
        for pid in (self.process.pid, *children):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self):
        """Ends it at once, all its processes."""
        self.signal_all(signal.SIGKILL)
        self.process.wait()
        self.process = None
        # What a killed server leaves behind would make the next start wait.
        pid_file = os.path.join(self.cluster, "postmaster.pid")
        if os.path.exists(pid_file):
            os.remove(pid_file)

    def close(self):
        if self.process:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
