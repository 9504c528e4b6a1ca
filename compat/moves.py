"""The page moves by itself: with a driven clock, and when another process writes. Both engines."""

import time

import larkspur
from installation import Installation, Postgres, eventually
from suite import Suite, told


class WithADrivenClock(Suite):
    def setUp(self):
        self.noroshi = Installation()
        self.addCleanup(self.noroshi.close)
        self.clock = larkspur.start(self.noroshi)
        larkspur.enter_components(self.noroshi)
        self.clock.set("2026-03-04T08:00:00Z")

    def front(self):
        return told(self.noroshi.get("/?locale=en").text)

    def test_midnight_in_the_page_s_zone_turns_the_day(self):
        self.noroshi.command("page", "update", "--zone", "Asia/Tokyo")
        self.clock.set("2026-03-04T14:59:58Z")
        eventually(lambda: "Mar 4, 2026" in self.front(), 5, "the page says the fourth")
        self.assertNotIn("Mar 5, 2026", self.front())
        self.clock.set("2026-03-04T15:00:01Z")
        eventually(lambda: "Mar 5, 2026" in self.front(), 5, "the page says the fifth")

    def test_a_promise_falls_due_and_is_overdue_then_met_late(self):
        code = self.noroshi.json("incident", "create", "--title", "Slow search", "--body", "We look.",
                                 "--component", f"{larkspur.PLANNER}=degraded_performance",
                                 "--promise", "1h")["id"]
        eventually(lambda: "Next update by 09:00 UTC" in self.front(), 5, "the promise stands")
        self.clock.set("2026-03-04T09:05:00Z")
        eventually(lambda: "An update was due at 09:00 UTC" in self.front(), 5,
                   "the page says that it is late")
        self.noroshi.command("incident", "update", code, "--body", "Still looking.")
        eventually(lambda: "An update was due" not in self.front(), 5, "the late update meets it")
        page = self.noroshi.get(f"/incidents/{code}?locale=en").text
        self.assertIn("09:05", page)

    def test_a_recurring_maintenance_plans_its_next_occurrence_when_one_starts(self):
        self.noroshi.command("maintenance", "create", "--title", "Weekly restart",
                             "--body", "We restart.", "--from", "2026-03-04T09:00:00Z",
                             "--until", "2026-03-04T10:00:00Z", "--component", larkspur.PARTNERS,
                             "--rrule", "FREQ=WEEKLY")
        upcoming = "/api/v2/scheduled-maintenances/upcoming.json"

        def planned():
            found = self.noroshi.get(upcoming).json["scheduled_maintenances"]
            return [work["scheduled_for"] for work in found]

        eventually(lambda: planned() == ["2026-03-04T09:00:00.000Z"], 5, "the first is planned")
        self.clock.set("2026-03-04T09:00:01Z")
        eventually(lambda: planned() == ["2026-03-11T09:00:00.000Z"], 5, "the next is planned")


class WrittenByAnotherProcess(Suite):
    """A command beside the server, straight to the store, is on the page within a second."""

    def check(self, noroshi):
        larkspur.enter_components(noroshi)
        eventually(lambda: "Trip planner" in noroshi.get("/").text, 5, "the page is published")
        for number in range(3):
            title = f"Seen from outside {number}"
            noroshi.command("--direct", "incident", "create", "--title", title, "--body", "Here.")
            began = time.monotonic()
            eventually(lambda: title in noroshi.get("/").text, 5, f"{title} is on the page")
            self.assertLessEqual(time.monotonic() - began, 1.0)

    def test_on_sqlite(self):
        with Installation() as noroshi:
            noroshi.start()
            self.check(noroshi)

    def test_on_postgres(self):
        with Postgres() as postgres, Installation(database=postgres.new_database()) as noroshi:
            noroshi.start()
            self.check(noroshi)

    def test_a_command_through_the_control_socket_is_there_at_once(self):
        with Installation() as noroshi:
            noroshi.start()
            larkspur.enter_components(noroshi)
            noroshi.command("component", "status", larkspur.PLANNER, "major_outage")
            eventually(lambda: "Partial System Outage" in noroshi.get("/").text, 1,
                       "the outage is on the page")
