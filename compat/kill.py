"""Kills at random points under four writers, on both engines: every acknowledged write is
there, none by half, `verify` is content, the start is quick. PostgreSQL itself is killed too.

NOROSHI_KILL_ROUNDS says how many rounds each test has (100).
"""

import os
import random
import threading
import time

from installation import Installation, Postgres, Refused, eventually
from suite import Suite

ROUNDS = int(os.environ.get("NOROSHI_KILL_ROUNDS", "100"))
# PostgreSQL itself takes longer to start than we do.
POSTGRES_ROUNDS = max(2, ROUNDS // 5)
VERIFY_EVERY = 10
WRITERS = 4
# From spawning the server to its first answer. A few may be late where the machine has much else to
# do: the median may not, and nine of ten may not be later than a second.
START_S_MEDIAN_MAX = 0.5
START_S_MOST_MAX = 1.0


class Writer(threading.Thread):
    """Opens an incident and posts updates to it until it is cut off."""

    def __init__(self, noroshi, page, name, stop):
        super().__init__(daemon=True)
        self.noroshi, self.page, self.name, self.stop = noroshi, page, name, stop
        self.incident = None
        self.acknowledged = []
        self.in_flight = None

    def run(self):
        chance = random.Random(self.name)
        try:
            control = self.noroshi.control(self.page)
            self.in_flight = f"{self.name} begins"
            self.incident = control.ask({"open_incident": {
                "kind": "incident", "fields": {"name": {"en": self.name}},
                "update": {"body": {"en": self.in_flight}}}})["id"]
            self.acknowledged.append(self.in_flight)
            while not self.stop.is_set():
                self.in_flight = f"{self.name} write {len(self.acknowledged)}"
                control.ask({"post_update": {
                    "incident_id": self.incident, "fields": {},
                    "update": {"body": {"en": self.in_flight}}}})
                self.acknowledged.append(self.in_flight)
                self.in_flight = None
                time.sleep(chance.random() * 0.01)
        except (OSError, ValueError, Refused):
            pass  # Cut off: what was in flight may be there or not.


class Kill(Suite):
    def told(self, incident):
        answer = self.noroshi.get(f"/incidents/{incident}.json")
        if answer.status != 200:
            return None
        return [update["body"] for update in answer.json["incident_updates"]]

    def write_until(self, page, number, kill):
        """Four writers, cut off at a random moment by `kill`."""
        stop = threading.Event()
        writers = [Writer(self.noroshi, page, f"round {number} writer {which}", stop)
                   for which in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(random.Random(number).uniform(0.02, 0.3))
        kill()
        stop.set()
        for writer in writers:
            writer.join(20)
            self.assertFalse(writer.is_alive(), "a writer hangs")
        return writers

    def check(self, writers):
        """Everything acknowledged is there once, and nothing that was never sent."""
        count = 0
        control = self.noroshi.control(self.page)
        for writer in writers:
            if not writer.incident:
                continue
            expected = set(writer.acknowledged)
            eventually(lambda: expected <= set(self.told(writer.incident) or []), 10,
                       f"all {len(expected)} acknowledged writes of {writer.name}")
            found = self.told(writer.incident)
            self.assertEqual(len(found), len(set(found)), "a write is there twice")
            self.assertLessEqual(set(found) - expected, {writer.in_flight})
            count += len(expected)
            # The page stays small over many rounds.
            control.ask({"delete_incident": {"incident_id": writer.incident,
                                             "reason": "checked"}})
        control.close()
        return count

    def rounds(self, noroshi):
        self.noroshi = noroshi
        noroshi.start()
        self.page = noroshi.json("page", "create", "--name", "Kill")["id"]
        acknowledged, starts = 0, []
        for number in range(ROUNDS):
            writers = self.write_until(self.page, number, noroshi.kill)
            if number % VERIFY_EVERY == 0:
                noroshi.command("verify")
            noroshi.start()
            starts.append(noroshi.start_s)
            acknowledged += self.check(writers)
        noroshi.command("verify", "--full")
        self.assertGreater(acknowledged, ROUNDS * WRITERS, "hardly anything was written")
        starts.sort()
        median, most = starts[len(starts) // 2], starts[len(starts) * 9 // 10]
        print(f"   {acknowledged} acknowledged writes; starts: median {median:.3f} s, nine of ten "
              f"within {most:.3f} s, all within {starts[-1]:.3f} s")
        self.assertLess(median, START_S_MEDIAN_MAX, starts)
        self.assertLess(most, START_S_MOST_MAX, starts)

    def test_sqlite_keeps_every_acknowledged_write(self):
        with Installation() as noroshi:
            self.rounds(noroshi)

    def test_postgres_keeps_every_acknowledged_write(self):
        with Postgres() as postgres, Installation(database=postgres.new_database()) as noroshi:
            self.rounds(noroshi)

    def test_postgres_itself_is_killed_and_the_server_goes_on(self):
        with Postgres() as postgres, Installation(database=postgres.new_database()) as noroshi:
            self.noroshi = noroshi
            noroshi.start()
            self.page = noroshi.json("page", "create", "--name", "Kill")["id"]
            eventually(lambda: noroshi.get("/").status == 200, 10, "the page is published")
            pid = noroshi.process.pid
            for number in range(POSTGRES_ROUNDS):
                writers = self.write_until(self.page, 1000 + number, postgres.kill)
                self.assertEqual(noroshi.get("/").status, 200)
                postgres.start()
                self.check(writers)
            self.assertEqual(noroshi.process.pid, pid)
            self.assertIsNone(noroshi.process.poll())
            noroshi.command("verify", "--full")
