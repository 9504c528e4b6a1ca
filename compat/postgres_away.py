"""PostgreSQL goes away under readers: no read fails, a write says so within two seconds, and
the first write after its return succeeds within five. Nothing is restarted.

NOROSHI_AWAY_S says for how long it is away (30).
"""

import http.client
import os
import signal
import threading
import time
import urllib.parse

import larkspur
from installation import Installation, Postgres, Refused, eventually
from suite import Suite

AWAY_S = float(os.environ.get("NOROSHI_AWAY_S", "30"))
READERS = 4
READS_PER_S = 1000
# What a busy machine may add to the two seconds.
SLACK_S = 1.0


class Reader(threading.Thread):
    """Reads on one kept connection at its share of the rate, and counts what fails."""

    def __init__(self, url, stop):
        super().__init__(daemon=True)
        self.host, self.stop = urllib.parse.urlsplit(url).netloc, stop
        self.read, self.failures, self.slowest_s = 0, [], 0.0

    def run(self):
        connection = http.client.HTTPConnection(self.host, timeout=5)
        paths = ["/", "/api/v2/summary.json", "/history", "/history.atom"]
        began = time.monotonic()
        while not self.stop.is_set():
            sent = time.monotonic()
            try:
                connection.request("GET", paths[self.read % len(paths)])
                answer = connection.getresponse()
                body = answer.read()
                if answer.status != 200 or not body:
                    self.failures.append(answer.status)
            except OSError as error:
                self.failures.append(repr(error))
                connection = http.client.HTTPConnection(self.host, timeout=5)
            self.read += 1
            self.slowest_s = max(self.slowest_s, time.monotonic() - sent)
            ahead = began + self.read * READERS / READS_PER_S - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)


def said(status):
    return {"set_status": {"id": larkspur.PLANNER, "status": status, "act": "override"}}


class PostgresAway(Suite):
    def check(self, go, come_back, away_s):
        with Postgres() as postgres, Installation(database=postgres.new_database()) as noroshi:
            noroshi.start()
            larkspur.enter_components(noroshi)
            eventually(lambda: "Trip planner" in noroshi.get("/").text, 5, "published")
            pid, stop = noroshi.process.pid, threading.Event()
            readers = [Reader(noroshi.url, stop) for _ in range(READERS)]
            for reader in readers:
                reader.start()
            time.sleep(0.5)
            go(postgres)
            gone_at = time.monotonic()
            attempts = 0
            while time.monotonic() < gone_at + away_s:
                self.refused(noroshi)
                attempts += 1
                time.sleep(1)
            self.assertGreater(attempts, 0)
            noroshi.command("component", "status", larkspur.PLANNER, "major_outage", expect=5)
            come_back(postgres)
            self.succeeds(noroshi)
            stop.set()
            for reader in readers:
                reader.join(10)
            failures = [failure for reader in readers for failure in reader.failures]
            count = sum(reader.read for reader in readers)
            self.assertEqual(failures, [], f"{len(failures)} of {count} reads failed")
            self.assertGreater(count, away_s * READS_PER_S / 4, "hardly anything was read")
            print(f"   {count} reads, slowest {max(r.slowest_s for r in readers):.3f} s")
            self.assertEqual(noroshi.process.pid, pid)
            self.assertIsNone(noroshi.process.poll())
            eventually(lambda: "partial_outage" in noroshi.get("/api/v2/components.json").text, 5,
                       "what was written is on the page")

    def refused(self, noroshi):
        began = time.monotonic()
        control = noroshi.control(larkspur.PAGE)
        with self.assertRaises(Refused) as refusal:
            control.ask(said("major_outage"))
        self.assertEqual(refusal.exception.exit, "try_again", str(refusal.exception))
        self.assertLessEqual(time.monotonic() - began, 2.0 + SLACK_S)
        control.close()

    def succeeds(self, noroshi):
        """The first write after the return, tried again as its sender is told to."""
        back_at = time.monotonic()
        while True:
            control = noroshi.control(larkspur.PAGE)
            try:
                control.ask(said("partial_outage"))
                return
            except Refused as refusal:
                if time.monotonic() > back_at + 5:
                    self.fail(f"no write within 5 s of the return: {refusal}")
                time.sleep(0.1)
            finally:
                control.close()

    def test_it_hangs(self):
        self.check(lambda postgres: postgres.signal_all(signal.SIGSTOP),
                   lambda postgres: postgres.signal_all(signal.SIGCONT), AWAY_S)

    def test_it_is_killed_and_started_again(self):
        self.check(lambda postgres: postgres.kill(), lambda postgres: postgres.start(),
                   AWAY_S / 3)
