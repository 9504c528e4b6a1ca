"""The clients that exist, unmodified, while an incident opens, worsens and resolves and a
maintenance runs. What each parsed is compared with what was entered, never with our own JSON.
"""


import larkspur
import third_party
from installation import Installation, eventually
from suite import Suite

TITLE = "Tickets do not load"
OPENED = "We are looking into tickets that do not load."
WORSENED = "No ticket loads any more. A storage node is down."
RESOLVED = "Tickets load again."
WORK = "Partner API certificate change"
NAMES = {"Trip planner", "Mobile tickets", "Card payments", "Partner API"}


class Follow(Suite):
    """One story, told in order; after each step every client is asked."""

    def setUp(self):
        self.noroshi = Installation()
        self.addCleanup(self.noroshi.close)
        self.clock = larkspur.start(self.noroshi)
        larkspur.enter_components(self.noroshi)
        self.clock.set("2026-03-04T08:00:00Z")

    def published(self, path, check):
        """Waits until the server's own answer has caught up; what it says is not compared."""
        eventually(lambda: check(self.noroshi.get(path).json), 5, f"{path} is published")

    def statuses_in(self, components):
        return {c["name"]: c["status"] for c in components if not c["group"]}

    def assert_statuses(self, changed):
        """Every client knows every component, and what each was said to be."""
        url = self.noroshi.url
        expected = {name: "operational" for name in NAMES} | changed
        npm = third_party.statuspage_io(url)
        self.assertEqual(self.statuses_in(npm["components"]["components"]), expected)
        self.assertEqual(self.statuses_in(npm["summary"]["components"]), expected)
        discord = third_party.discord_status(url)
        self.assertEqual(self.statuses_in(discord["components"]["components"]), expected)
        samples = third_party.prometheus_exporter(url)
        values = {labels["component_name"]: value for name, labels, value in samples
                  if name == "statuspage_component_status"}
        for name, status in expected.items():
            self.assertEqual(values[name], 1.0 if status == "operational" else 0.0, name)
        return npm, discord, samples

    def assert_sentence(self, indicator, sentence, npm, discord):
        expected = {"indicator": indicator, "description": sentence}
        self.assertEqual(npm["status"]["status"], expected)
        self.assertEqual(npm["summary"]["status"], expected)
        self.assertEqual(discord["status"]["status"], expected)
        self.assertEqual(third_party.status_widget(self.noroshi.url), expected)

    def assert_incident(self, incident, status, impact, bodies):
        self.assertEqual(incident["name"], TITLE)
        self.assertEqual(incident["status"], status)
        self.assertEqual(incident["impact"], impact)
        self.assertEqual([update["body"] for update in incident["incident_updates"]], bodies)
        self.assertEqual([c["name"] for c in incident["components"]], ["Mobile tickets"])

    def active(self, samples, metric):
        return [labels for name, labels, value in samples if name == metric and value == 1.0]

    def assert_feeds(self, title, *words):
        """Both feeds are well-formed and their newest entry tells each of the words in order."""
        for path in ("/history.atom", "/history.rss"):
            feed = third_party.feed(self.noroshi.url + path)
            newest = feed.entries[0]
            self.assertEqual(newest.title, title, path)
            text = newest.content[0].value if "content" in newest else newest.description
            places = [text.find(word) for word in words]
            self.assertNotIn(-1, places, f"{path}: {text}")
            self.assertEqual(places, sorted(places), f"{path}: {text}")

    def test_an_incident_opens_worsens_and_resolves(self):
        noroshi, clock = self.noroshi, self.clock
        npm, discord, samples = self.assert_statuses({})
        self.assert_sentence("none", "All Systems Operational", npm, discord)
        self.assertEqual(npm["unresolved"]["incidents"], [])
        self.assertEqual(self.active(samples, "statuspage_incident_info"), [])

        clock.forward(minutes=5)
        code = noroshi.json("incident", "create", "--title", TITLE, "--body", OPENED,
                            "--component", f"{larkspur.TICKETS}=partial_outage")["id"]
        self.published("/api/v2/incidents.json", lambda found: found["incidents"])
        npm, discord, samples = self.assert_statuses({"Mobile tickets": "partial_outage"})
        self.assert_sentence("minor", "Minor Service Outage", npm, discord)
        for parsed in (npm["unresolved"], npm["incidents"], npm["summary"],
                       discord["unresolved"], discord["incidents"]):
            self.assertEqual([i["id"] for i in parsed["incidents"]], [code])
            self.assert_incident(parsed["incidents"][0], "investigating", "major", [OPENED])
        told = self.active(samples, "statuspage_incident_info")
        self.assertEqual([(t["incident_id"], t["incident_name"], t["impact"]) for t in told],
                         [(code, TITLE, "major")])
        self.assertIn("Mobile tickets", told[0]["affected_components"])
        self.assert_feeds(TITLE, "Investigating", OPENED)

        clock.forward(minutes=10)
        noroshi.command("incident", "update", code, "--status", "identified", "--body", WORSENED,
                        "--component", f"{larkspur.TICKETS}=major_outage")
        self.published("/api/v2/incidents.json",
                       lambda found: found["incidents"][0]["status"] == "identified")
        npm, discord, samples = self.assert_statuses({"Mobile tickets": "major_outage"})
        self.assert_sentence("major", "Partial System Outage", npm, discord)
        for parsed in (npm["unresolved"], discord["unresolved"]):
            self.assert_incident(parsed["incidents"][0], "identified", "critical",
                                 [WORSENED, OPENED])
        self.assertEqual(self.active(samples, "statuspage_incident_info")[0]["impact"], "critical")
        self.assert_feeds(TITLE, "Identified", WORSENED, "Investigating", OPENED)

        clock.forward(minutes=10)
        noroshi.command("incident", "resolve", code, "--body", RESOLVED)
        self.published("/api/v2/incidents.json",
                       lambda found: found["incidents"][0]["status"] == "resolved")
        npm, discord, samples = self.assert_statuses({})
        self.assert_sentence("none", "All Systems Operational", npm, discord)
        for parsed in (npm["unresolved"], discord["unresolved"], npm["summary"]):
            self.assertEqual(parsed["incidents"], [])
        for parsed in (npm["incidents"], discord["incidents"]):
            self.assert_incident(parsed["incidents"][0], "resolved", "critical",
                                 [RESOLVED, WORSENED, OPENED])
        self.assertEqual(self.active(samples, "statuspage_incident_info"), [])
        self.assert_feeds(TITLE, "Resolved", RESOLVED, WORSENED, OPENED)

    def test_a_maintenance_is_planned_runs_and_ends_by_itself(self):
        noroshi, clock = self.noroshi, self.clock
        code = noroshi.json("maintenance", "create", "--title", WORK, "--body", "A new certificate.",
                            "--from", "2026-03-04T09:00:00Z", "--until", "2026-03-04T10:00:00Z",
                            "--component", larkspur.PARTNERS, "--remind", "0")["id"]
        upcoming = "/api/v2/scheduled-maintenances/upcoming.json"
        active = "/api/v2/scheduled-maintenances/active.json"
        self.published(upcoming, lambda found: found["scheduled_maintenances"])
        npm, discord, _ = self.assert_statuses({})
        self.assert_sentence("none", "All Systems Operational", npm, discord)
        for parsed in (npm["upcoming"], discord["upcoming"], npm["summary"]):
            (work,) = parsed["scheduled_maintenances"]
            self.assertEqual((work["id"], work["name"], work["status"], work["impact"]),
                             (code, WORK, "scheduled", "maintenance"))
            self.assertEqual(work["scheduled_for"], "2026-03-04T09:00:00.000Z")
            self.assertEqual(work["scheduled_until"], "2026-03-04T10:00:00.000Z")
        self.assertEqual(discord["active"]["scheduled_maintenances"], [])

        clock.set("2026-03-04T09:00:01Z")
        self.published(active, lambda found: found["scheduled_maintenances"])
        npm, discord, samples = self.assert_statuses({"Partner API": "under_maintenance"})
        self.assert_sentence("maintenance", "Service Under Maintenance", npm, discord)
        for parsed in (discord["active"], npm["summary"]):
            (work,) = parsed["scheduled_maintenances"]
            self.assertEqual((work["id"], work["status"]), (code, "in_progress"))
            self.assertEqual([c["name"] for c in work["components"]], ["Partner API"])
        self.assertEqual(npm["upcoming"]["scheduled_maintenances"], [])
        told = self.active(samples, "statuspage_maintenance_info")
        self.assertEqual([(t["maintenance_id"], t["maintenance_name"]) for t in told],
                         [(code, WORK)])

        clock.set("2026-03-04T10:00:01Z")
        self.published(active, lambda found: not found["scheduled_maintenances"])
        npm, discord, samples = self.assert_statuses({})
        self.assert_sentence("none", "All Systems Operational", npm, discord)
        self.assertEqual(npm["summary"]["scheduled_maintenances"], [])
        (work,) = discord["maintenances"]["scheduled_maintenances"]
        self.assertEqual((work["id"], work["status"]), (code, "completed"))
        self.assertEqual(self.active(samples, "statuspage_maintenance_info"), [])
        self.assert_feeds(WORK, "Completed")
