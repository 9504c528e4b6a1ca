"""Readers are not harmed by what others do to the server: ten thousand idle connections, five
hundred that never end their header, oversized requests, a thousand unknown paths a second, a
commit every 100 ms.

Each burden is shown to be there, and meanwhile a reader's requests are timed. They are compared
with the same requests before any burden, by their medians, so that a slow machine fails nobody.
"""

import contextlib
import http.client
import resource
import socket
import statistics
import threading
import time
import urllib.parse

from installation import Installation, Refused, eventually
from suite import Suite

IDLE_COUNT = 10_000
SLOW_COUNT = 500
UNKNOWN_PER_S = 1_000
REQUESTS = 400
COMMIT_EVERY_S = 0.1
# A reader may wait so many times as long as on an idle server, or so long at all.
RATIO_MAX = 10
FLOOR_S = 0.02
# One address has too few ports for many connections: they come from several.
SOURCES = [f"127.0.0.{last}" for last in range(2, 21)]


def raise_open_files():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


class ReadersUnharmed(Suite):
    @classmethod
    def setUpClass(cls):
        cls.noroshi = Installation()
        cls.page = cls.noroshi.json("page", "create", "--name", "Larkspur")["id"]
        cls.component = cls.noroshi.json("component", "create", "--name", "Planner")["id"]
        cls.noroshi.start()
        eventually(lambda: cls.noroshi.get("/beat.json").status == 200, 20, "something is published")
        cls.noroshi.published()
        address = urllib.parse.urlsplit(cls.noroshi.url)
        cls.address = (address.hostname, address.port)
        cls.rest_s = cls.median_s(cls)

    @classmethod
    def tearDownClass(cls):
        cls.noroshi.close()

    def median_s(self, count=REQUESTS):
        """The median of a reader's requests; each is answered with the whole page."""
        times = []
        reader = http.client.HTTPConnection(*self.address, timeout=20)
        for _ in range(count):
            began = time.monotonic()
            reader.request("GET", "/")
            answer = reader.getresponse()
            body = answer.read()
            times.append(time.monotonic() - began)
            if answer.status != 200 or b"Planner" not in body or not body.rstrip().endswith(b"</html>"):
                raise AssertionError(f"a reader got {answer.status} and {len(body)} bytes")
        reader.close()
        return statistics.median(times)

    def unharmed(self, what):
        median_s = self.median_s()
        limit_s = max(FLOOR_S, RATIO_MAX * self.rest_s)
        told = f"{what}: {median_s * 1e3:.2f} ms, {self.rest_s * 1e3:.2f} ms at rest"
        self.assertLess(median_s, limit_s, told)
        print(f"   {told}", end="", flush=True)

    def counted(self, name):
        for line in self.noroshi.get("/metrics").text.splitlines():
            if line.startswith(name + " "):
                return float(line.split()[-1])
        raise AssertionError(f"{name} is not counted")

    def connected(self, number):
        stream = socket.create_connection(
            self.address, timeout=20, source_address=(SOURCES[number % len(SOURCES)], 0))
        return stream

    @contextlib.contextmanager
    def meanwhile(self, act):
        """Does something again and again in another thread; gives how often it was done."""
        ended, done, wrong = threading.Event(), [0], []

        def body():
            try:
                while not ended.is_set():
                    done[0] += act(ended)
            except Exception as error:  # Said by the thread that waits for this one.
                wrong.append(error)

        thread = threading.Thread(target=body)
        thread.start()
        try:
            yield done
        finally:
            ended.set()
            thread.join()
        if wrong:
            raise wrong[0]

    def test_ten_thousand_idle_connections(self):
        self.assertGreater(raise_open_files(), IDLE_COUNT + 1_000,
                           "this machine's bound on open files (ulimit -Hn) is too low for the test")
        with contextlib.ExitStack() as held:
            for number in range(IDLE_COUNT):
                stream = held.enter_context(self.connected(number))
                # Each has asked once, as readers do, and says nothing more.
                stream.sendall(b"HEAD /beat.json HTTP/1.1\r\nhost: x\r\n\r\n")
            eventually(lambda: self.counted("noroshi_connections") > IDLE_COUNT * 0.9, 20,
                       "the connections are open")
            self.unharmed(f"{IDLE_COUNT} idle connections")
            self.assertGreater(self.counted("noroshi_connections"), IDLE_COUNT * 0.9)

    def test_five_hundred_headers_that_never_end(self):
        with contextlib.ExitStack() as held:
            slow = [held.enter_context(self.connected(number)) for number in range(SLOW_COUNT)]
            for stream in slow:
                stream.sendall(b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: ")

            def drip(ended):
                for stream in slow:
                    # The server ends them in its time: that is what it should do.
                    with contextlib.suppress(OSError):
                        stream.sendall(b"x")
                ended.wait(0.5)
                return 1

            with self.meanwhile(drip) as done:
                self.unharmed(f"{SLOW_COUNT} slow headers")
            self.assertGreater(done[0], 0)

            def is_cut(stream):
                stream.setblocking(False)
                try:
                    return stream.recv(4096) == b"" or is_cut(stream)
                except BlockingIOError:
                    return False
                except OSError:
                    return True

            eventually(lambda: all(is_cut(stream) for stream in slow), 15,
                       "headers that never end are cut off")

    def test_oversized_requests(self):
        requests = {
            431: b"GET / HTTP/1.1\r\nhost: x\r\nx-large: " + b"x" * 100_000 + b"\r\n\r\n",
            414: b"GET /?" + b"x" * 10_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
            413: b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n" + b"x" * 50_000,
        }
        seen = set()

        def send(_):
            for status, request in requests.items():
                with self.connected(status) as stream, contextlib.suppress(OSError):
                    with contextlib.suppress(OSError):
                        stream.sendall(request)
                    head = stream.recv(16)
                    self.assertIn(head[9:12], (str(status).encode(), b""))
                    seen.add(head[9:12])
            return len(requests)

        with self.meanwhile(send) as done:
            self.unharmed("oversized requests")
        self.assertGreater(done[0], 2)
        self.assertLessEqual({b"431", b"414", b"413"}, seen)

    def test_a_thousand_unknown_paths_a_second(self):
        # In pieces of a tenth of a second, each path asked for once.
        piece = UNKNOWN_PER_S // 10
        asked = [0]
        stream = self.connected(0)
        answers = stream.makefile("rb")

        def ask(ended):
            began = time.monotonic()
            first = asked[0]
            asked[0] += piece
            request = "".join(f"HEAD /none/{number} HTTP/1.1\r\nhost: x\r\n\r\n"
                              for number in range(first, first + piece))
            stream.sendall(request.encode())
            for _ in range(piece):
                line = answers.readline()
                self.assertIn(b" 404 ", line)
                while line.strip():
                    line = answers.readline()
            ended.wait(max(0, began + 0.1 - time.monotonic()))
            return piece

        began = time.monotonic()
        with self.meanwhile(ask) as done:
            self.unharmed(f"{UNKNOWN_PER_S} unknown paths a second")
            while time.monotonic() - began < 2:
                self.median_s(20)
        answers.close()
        stream.close()
        rate = done[0] / (time.monotonic() - began)
        self.assertGreater(rate, UNKNOWN_PER_S / 2, f"only {rate:.0f} a second were asked")

    def test_a_commit_every_100_ms(self):
        before = self.noroshi.page()["seq"]
        control = self.noroshi.control(self.page)
        statuses = ["degraded_performance", "operational"]

        def commit(ended):
            began = time.monotonic()
            status = statuses[commits[0] % 2]
            measured = [{"component_id": self.component, "status": status,
                         "since": int(time.time() * 1e6)}]
            control.ask({"measured": measured})
            commits[0] += 1
            ended.wait(max(0, began + COMMIT_EVERY_S - time.monotonic()))
            return 1

        commits = [0]
        began = time.monotonic()
        try:
            with self.meanwhile(commit) as done:
                self.unharmed("a commit every 100 ms")
                while time.monotonic() - began < 3:
                    self.median_s(20)
        except Refused as refused:
            self.fail(f"a commit was refused: {refused}")
        finally:
            control.close()
        # Half as many count as well: a loaded machine commits more slowly.
        self.assertGreater(self.noroshi.page()["seq"] - before, done[0] // 2)
        self.assertGreater(done[0], 10)
