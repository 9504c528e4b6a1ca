"""The manage API v1: each operation with data, keys, codes, forms; its effects by another door.

The table of operations stands in `manage_api.py`.
"""

import collections
import json
import os
import re
import unittest

from installation import ROOT, Installation, eventually
from manage_api import C, G, I, M, P, S, TABLE, U, V, World
from suite import Suite

UNKNOWN = "zzzzzzzzzzzz"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")


class OnAServer(Suite):
    @classmethod
    def setUpClass(cls):
        cls.noroshi = Installation()
        cls.addClassCleanup(cls.noroshi.close)
        cls.noroshi.start("--api-requests", "0")
        cls.world = World(cls.noroshi)
        cls.page, cls.other = cls.world.pages

    def refused(self, answer, status, what):
        """A refusal is an object with both keys that clients look at."""
        self.assertEqual(answer.status, status, f"{what}: {answer.text}")
        self.assertIn("application/json", answer.headers["content-type"], what)
        self.assertTrue(answer.json["error"], what)
        self.assertTrue(answer.json["message"], what)

    def answered(self, answer, row, what=""):
        self.assertEqual(answer.status, row.ok, f"{row} {what}: {answer.text}")
        if row.empty:
            self.assertEqual(answer.body, b"", f"{row} {what}")
            self.assertNotIn("content-type", answer.headers, f"{row} {what}")
        else:
            self.assertIn("application/json", answer.headers["content-type"])
            self.assertTrue(answer.json, f"{row} {what}: an empty answer")


class EveryOperation(OnAServer):
    """One table, each row asked in every way."""

    def each(self, wanted=lambda row: True):
        rows = [row for row in TABLE if wanted(row)]
        self.assertTrue(rows)
        yield from rows

    def test_the_table_holds_every_operation_once(self):
        self.assertEqual(len({(row.method, row.path) for row in TABLE}), len(TABLE))
        self.assertEqual(len(TABLE), 112)

    def test_the_documentation_says_of_each_what_it_does(self):
        with open(os.path.join(ROOT, "docs", "manage-api.md"), encoding="utf-8") as file:
            said = re.findall(r"^\| `([A-Z]+ /\S+)` \| (.*) \|$", file.read(), re.MULTILINE)
        for operation, what in said:
            self.assertRegex(what, r"^(does|stores only until .+)$", operation)
        shape = lambda operation: re.sub(r"{\w+}|\b[A-Z]{2,}\b", "*", operation.split(" ", 1)[1])
        self.assertEqual(sorted(f"{operation.split()[0]} {shape(operation)}"
                                for operation, _ in said),
                         sorted(f"{row.method} {shape(str(row))}" for row in TABLE))

    def test_each_answers_with_what_is_there(self):
        for row in self.each():
            self.answered(self.world.send(row, self.world.ids(row.needs, self.page)), row)

    def test_each_is_there_with_and_without_json_and_under_both_prefixes(self):
        for row in self.each():
            ids = self.world.ids(row.needs, self.page)
            body = row.body(ids) if row.body else None
            path = self.world.path(row.path, ids)
            self.answered(self.world.ask(row.method, path + ".json", body), row, ".json")
        for row in self.each(lambda row: row.method == "GET"):
            path = self.world.path(row.path, self.world.ids(row.needs, self.page))
            one = self.world.ask("GET", path)
            two = self.noroshi.get("/api/v1" + path, {"Authorization": self.world.owner})
            self.assertEqual((one.status, two.status), (row.ok, row.ok))

    def test_each_takes_its_key_from_the_address(self):
        for row in self.each():
            ids = self.world.ids(row.needs, self.page)
            path = self.world.path(row.path, ids) + f"?api_key={self.world.owner}"
            body = row.body(ids) if row.body else None
            self.answered(self.world.ask(row.method, path, body, key=None), row)

    def test_each_takes_a_form(self):
        for row in self.each(lambda row: row.body):
            ids = self.world.ids(row.needs, self.page)
            self.answered(self.world.send_form(row, ids), row)

    def test_each_refuses_who_shows_no_key_or_a_wrong_one(self):
        ids = self.names()
        for row in self.each():
            path = self.world.path(row.path, ids)
            for key in (None, "nrs_" + "0" * 64, "wrong"):
                answer = self.world.ask(row.method, path, {}, key=key)
                self.refused(answer, 401, f"{row} {key}")
                self.assertEqual(answer.json["error"], "Could not authenticate")

    def names(self):
        """Names of all that a path may name, none of them there."""
        names = ("component", "group", "incident", "update", "subscriber", "metric", "provider",
                 "viewer", "audience", "user")
        return {"page": self.page, "organization": "noroshi",
                **{name: UNKNOWN for name in names}}

    def test_each_refuses_a_key_that_may_not(self):
        for row in self.each(lambda row: row.reads != "known"):
            ids = self.world.ids(row.needs, self.page)
            if row.reads == "write":
                answer = self.world.send(row, ids, key=self.world.viewer)
                self.refused(answer, 403, f"{row} viewer")
            answer = self.world.send(row, ids, key=self.world.stranger)
            self.refused(answer, 404 if "{page}" in row.path else 403, f"{row} stranger")
            # Nothing happened: it can still be done.
            self.answered(self.world.send(row, ids), row, "after it was refused")

    def test_each_knows_only_what_belongs_to_its_page(self):
        for row in self.each(lambda row: row.path.count("{") > 1 and "{page}" in row.path):
            ids = self.world.ids(row.needs, self.page)
            body = row.body(ids) if row.body else None
            path = self.world.path(row.path, {**ids, "page": self.other})
            self.refused(self.world.ask(row.method, path, body), 404, f"{row} on the other page")
            self.answered(self.world.send(row, ids), row, "on its own page")

    def test_each_refuses_identifiers_that_are_not_there(self):
        for row in self.each(lambda row: "{" in row.path):
            ids = self.world.ids(row.needs, self.page)
            body = row.body(ids) if row.body else None
            for name in re.findall(r"{(\w+)}", row.path):
                for unknown in (UNKNOWN, "No-id", "%2e%2e", "a" * 300):
                    path = self.world.path(row.path, {**ids, name: unknown})
                    answer = self.world.ask(row.method, path, body)
                    self.refused(answer, 404, f"{row} {name}={unknown}")

    def test_each_refuses_what_it_can_not_read(self):
        deep = b'{"a":' * 60 + b"1" + b"}" * 60
        for row in self.each(lambda row: row.body):
            ids = self.world.ids(row.needs, self.page)
            path = self.world.path(row.path, ids)
            json_type = {"Content-Type": "application/json"}
            for raw, headers in (
                    (b'{"a":', json_type), (b"[1]", json_type), (deep, json_type),
                    (b'"\xff"', json_type), (b'{"a":"\\u0000"}', json_type),
                    (b"a[b=1", {"Content-Type": "application/x-www-form-urlencoded"}),
                    (b"<a/>", {"Content-Type": "text/xml"})):
                answer = self.world.ask(row.method, path, raw=raw, headers=headers)
                self.refused(answer, 400, f"{row} {raw[:20]}")
            self.answered(self.world.send(row, ids), row, "after it was refused")

    def test_each_names_what_is_missing(self):
        for row in self.each(lambda row: row.lacks):
            cut, status = row.lacks
            ids = self.world.ids(row.needs, self.page)
            body = cut(row.body(ids))
            answer = self.world.ask(row.method, self.world.path(row.path, ids), body)
            self.refused(answer, status, f"{row} {body}")

    def test_each_takes_odd_requests_of_clients(self):
        odd = {"Content-Type": "application/x-www-form-urlencoded"}
        for row in self.each(lambda row: row.method == "GET"):
            path = self.world.path(row.path, self.world.ids(row.needs, self.page))
            self.answered(self.world.ask("GET", path, headers=odd), row, "a form type on GET")
        for row in self.each(lambda row: row.method == "DELETE"):
            ids = self.world.ids(row.needs, self.page)
            path = self.world.path(row.path, ids)
            self.answered(self.world.ask("DELETE", path, {}), row, "{} on DELETE")

    def test_none_of_them_takes_what_it_does_not_know(self):
        """Identifiers, times and fields of ours in a write are not looked at."""
        planted = {"id": UNKNOWN, "page_id": self.other, "created_at": "2001-01-01T00:00:00Z",
                   "updated_at": "2001-01-01T00:00:00Z", "restricted": True, "position": 99,
                   "third_party": True, "organization_id": UNKNOWN, "role": "owner"}
        for row in self.each(lambda row: row.body and row.method in ("POST", "PATCH")
                             and not row.empty and "data" not in row.path):
            ids = self.world.ids(row.needs, self.page)
            body = row.body(ids)
            for inner in [body, *(value for value in body.values() if isinstance(value, dict))]:
                # One object really has a position.
                inner.update({name: value for name, value in planted.items()
                              if name not in inner and "embed" not in row.path})
            answer = self.world.ask(row.method, self.world.path(row.path, ids), body)
            self.answered(answer, row)
            self.assertNotIn("2001-01-01", answer.text)
            self.assertNotIn(UNKNOWN, answer.text)
            self.assertNotIn(self.other, answer.text)
            self.assertNotEqual(answer.json.get("position"), 99)


class Lists(OnAServer):
    def test_lists_come_in_parts(self):
        ids = {"page": self.page}
        for number in range(7):
            self.world.made("POST", self.world.path(C, ids), {"component": {"name": f"C{number}"}})
            self.world.made("POST", self.world.path(I, ids), {"incident": {"name": f"I{number}"}})
        components = self.world.path(C, ids)
        incidents = self.world.path(I, ids)
        names = [own["name"] for own in self.world.made("GET", components)]
        self.assertEqual(names, [f"C{number}" for number in range(7)])
        part = self.world.made("GET", components + "?per_page=3&page=2")
        self.assertEqual([own["name"] for own in part], ["C3", "C4", "C5"])
        part = self.world.made("GET", incidents + "?limit=3&page=3")
        self.assertEqual([own["name"] for own in part], ["I0"])
        self.assertEqual(self.world.made("GET", incidents + "?page=100&limit=100"), [])
        unresolved = self.world.made("GET", incidents + "/unresolved?per_page=2")
        self.assertEqual([own["name"] for own in unresolved], ["I6", "I5"])
        found = self.world.made("GET", incidents + "?q=I4")
        self.assertEqual([own["name"] for own in found], ["I4"])
        for query in ("page=x", "limit=-1"):
            self.refused(self.world.ask("GET", f"{incidents}?{query}"), 400, query)

    def test_subscribers_are_counted_from_page_zero(self):
        path = self.world.path(S, {"page": self.other})
        for name in ("ada", "bob", "cyd"):
            self.world.made("POST", path, {"subscriber": {
                "email": f"{name}@example.com", "skip_confirmation_notification": True}})
        names = [own["email"] for own in self.world.made("GET", path + "?page=0&limit=2")]
        self.assertEqual(names, ["ada@example.com", "bob@example.com"])
        names = [own["email"] for own in self.world.made("GET", path + "?page=1&limit=2")]
        self.assertEqual(names, ["cyd@example.com"])
        self.assertEqual(len(self.world.made("GET", path + "?q=BOB")), 1)
        self.assertEqual(self.world.made("GET", path + "?state=unconfirmed"), [])
        counts = self.world.made("GET", path + "/count")
        self.assertEqual(counts, {"email": 3, "sms": 0, "webhook": 0, "slack": 0, "teams": 0,
                                  "integration_partner": 0})
        taken = self.world.ask("POST", path, {"subscriber": {"email": "ADA@example.com"}})
        self.refused(taken, 409, "an address twice")


class AnotherDoor(OnAServer):
    """What v1 wrote stands in v2 and on the page, also after a restart."""

    def v2(self, document, page="one"):
        """A document; empty while it is not served yet."""
        answer = self.noroshi.get(f"/{page}/api/v2/{document}.json")
        return collections.defaultdict(list, answer.json if answer.status == 200 else {})

    def restart(self):
        self.noroshi.stop()
        self.noroshi.start("--api-requests", "0")

    def test_a_life_of_components_and_an_incident(self):
        world, ids = self.world, {"page": self.page}
        made = world.made("POST", world.path(C, ids), {"component": {
            "name": "Mobile tickets", "description": "In the app", "showcase": True,
            "start_date": "2025-01-06"}})
        self.assertEqual(made["status"], "operational")
        self.assertIsNone(made["automation_email"])
        code = made["id"]
        group = world.made("POST", world.path(G, ids), {
            "description": "All of it",
            "component_group": {"name": "Ticketing", "components": [code]}})
        self.assertEqual((group["components"], group["description"]), ([code], "All of it"))
        incident = world.made("POST", world.path(I, ids), {"incident": {
            "name": "Some mobile tickets fail to load", "status": "investigating",
            "body": "We are looking into reports.", "component_ids": [code],
            "components": {code: "partial_outage"}, "deliver_notifications": True,
            "metadata": {"pager": {"id": "A17"}}, "scheduled_for": "", "impact_override": None}})
        self.assertEqual((incident["status"], incident["impact"]), ("investigating", "major"))
        self.assertEqual(incident["metadata"], {"pager": {"id": "A17"}})
        self.assertEqual(incident["components"][0]["status"], "partial_outage",
                         "the answer knows what it did")
        update, = incident["incident_updates"]
        self.assertEqual(update["affected_components"], [{
            "code": code, "name": "Mobile tickets", "old_status": "operational",
            "new_status": "partial_outage"}])
        for field in ("created_at", "updated_at", "started_at"):
            self.assertRegex(incident[field], TIME)
        self.restart()
        eventually(lambda: self.v2("incidents/unresolved")["incidents"], 10, "v2 has it")
        summary = self.v2("summary")
        public, = [own for own in summary["incidents"] if own["id"] == incident["id"]]
        for field in public:
            if field not in ("components", "incident_updates"):
                self.assertEqual(public[field], incident[field], field)
        statuses = {own["id"]: own["status"] for own in summary["components"]}
        self.assertEqual(statuses[code], "partial_outage")
        self.assertEqual(statuses[group["id"]], "partial_outage")
        self.assertNotIn("A17", json.dumps(summary))
        page = self.noroshi.get("/one/").text
        self.assertIn("Some mobile tickets fail to load", page)
        self.assertIn("We are looking into reports.", page)
        path = world.path(I, ids) + f"/{incident['id']}"
        resolved = world.made("PATCH", path, {"incident": {"status": "resolved"}})
        self.assertEqual(resolved["incident_updates"][0]["body"],
                         "This incident has been resolved.")
        self.assertEqual(resolved["impact"], "major", "it does not fall")
        held = world.made("GET", world.path(C, ids) + f"/{code}")
        self.assertEqual(held["status"], "partial_outage", "resolving resets nothing by itself")
        world.made("PATCH", world.path(C, ids) + f"/{code}",
                   {"component": {"status": "operational", "group_id": None}})
        self.restart()
        eventually(lambda: not self.v2("incidents/unresolved")["incidents"], 10, "resolved")
        shown, = [own for own in self.v2("components")["components"] if own["id"] == code]
        self.assertEqual((shown["status"], shown["group_id"]), ("operational", None))
        gone = world.ask("GET", world.path(G, ids) + f"/{group['id']}")
        self.refused(gone, 404, "a group goes with its last member")
        self.assertEqual(world.ask("DELETE", path).status, 200)
        self.refused(world.ask("GET", path), 404, "deleted")
        eventually(lambda: self.noroshi.get(f"/one/incidents/{incident['id']}").status == 404,
                   10, "it is gone from the page")

    def test_what_is_edited_or_deleted_is_so_everywhere(self):
        world, ids = self.world, {"page": self.page}
        code = world.made("POST", world.path(C, ids), {"component": {"name": "Seat maps"}})["id"]
        incident = world.made("POST", world.path(I, ids), {"incident": {
            "name": "Seat maps are blank", "status": "identified", "body": "Found teh cause.",
            "component_ids": [code], "components": {code: "major_outage"}}})
        update, = incident["incident_updates"]
        path = world.path(I, ids) + f"/{incident['id']}"
        world.made("PATCH", path + f"/incident_updates/{update['id']}", {"incident_update": {
            "body": "Found the cause.", "display_at": "2026-01-05T10:00:00Z"}})
        self.restart()

        def public():
            found = [own for own in self.v2("incidents")["incidents"]
                     if own["id"] == incident["id"]]
            return found[0]["incident_updates"][0] if found else {}

        eventually(lambda: public().get("body") == "Found the cause.", 10, "v2 has the new words")
        self.assertEqual(public()["display_at"][:16], "2026-01-05T10:00")
        page = self.noroshi.get(f"/one/incidents/{incident['id']}").text
        self.assertIn("Found the cause.", page)
        self.assertNotIn("teh", page)
        self.assertNotIn("teh", self.noroshi.get("/one/history.atom").text)

        self.assertEqual(world.ask("DELETE", world.path(C, ids) + f"/{code}").status, 204)
        self.restart()
        names = lambda: [own["name"] for own in self.v2("components")["components"]]
        eventually(lambda: "Seat maps" not in names(), 10, "it is gone from v2")
        self.assertNotIn(f'data-component-id="{code}"', self.noroshi.get("/one/").text)
        self.assertEqual(world.ask("GET", world.path(C, ids) + f"/{code}").status, 404)
        history = self.noroshi.get(f"/one/incidents/{incident['id']}").text
        self.assertIn("Seat maps", history, "what was touched is still told")

    def test_a_life_of_a_maintenance_and_of_a_postmortem(self):
        world, ids = self.world, {"page": self.other}
        code = world.made("POST", world.path(C, ids), {"component": {"name": "Gates"}})["id"]
        planned = world.made("POST", world.path(I, ids), {"incident": {
            "name": "Gate works", "scheduled_for": "2040-01-01T00:00:00Z",
            "scheduled_until": "2040-01-01T02:00:00Z", "component_ids": [code],
            "scheduled_remind_prior": True, "scheduled_auto_transition": "t",
            "auto_transition_to_maintenance_state": True}})
        self.assertEqual((planned["status"], planned["impact"]), ("scheduled", "maintenance"))
        self.assertTrue(planned["scheduled_remind_prior"])
        self.assertTrue(planned["scheduled_auto_in_progress"])
        self.assertFalse(planned["scheduled_auto_completed"])
        self.restart()
        path = world.path(I, ids) + f"/{planned['id']}"
        upcoming = lambda: self.v2("scheduled-maintenances/upcoming", "two")
        eventually(lambda: upcoming()["scheduled_maintenances"], 10, "v2 has it")
        moved = world.made("PUT", path, {"incident": {
            "scheduled_until": "2040-01-01T03:00:00Z", "scheduled_auto_completed": True}})
        self.assertEqual(len(moved["incident_updates"]), 1, "no update for fields alone")
        self.assertTrue(moved["scheduled_auto_in_progress"], "what was not sent stays")
        begun = world.made("PATCH", path, {"incident": {"status": "in_progress"}})
        self.assertEqual(begun["incident_updates"][0]["affected_components"][0]["new_status"],
                         "under_maintenance")
        wrong = world.ask("PATCH", path, {"incident": {"status": "resolved"}})
        self.refused(wrong, 422, "a status of the other kind")
        done = world.made("PATCH", path, {"incident": {"status": "completed", "components": {
            code: "operational"}}})
        self.assertEqual(done["resolved_at"], done["scheduled_until"])

        incident = world.made("POST", world.path(I, ids), {"incident": {
            "name": "Gates stuck", "status": "resolved", "message": "It is over."}})
        report = world.path(I, ids) + f"/{incident['id']}/postmortem"
        self.refused(world.ask("GET", report), 404, "none yet")
        self.refused(world.ask("PUT", report + "/publish", {}), 422, "no draft")
        world.made("PUT", report, {"postmortem": {"body_draft": "A relay broke."}})
        self.restart()
        self.assertNotIn("A relay broke.", self.noroshi.get(
            f"/two/incidents/{incident['id']}").text, "a draft is the team's")
        published = world.made("PUT", report + "/publish", {})
        self.assertEqual((published["body"], published["body_draft"]), ("A relay broke.",) * 2)
        shown = world.made("GET", world.path(I, ids) + f"/{incident['id']}")
        self.assertEqual((shown["status"], shown["postmortem_body"]),
                         ("postmortem", "A relay broke."))
        eventually(lambda: "A relay broke." in self.noroshi.get(
            f"/two/incidents/{incident['id']}").text, 10, "it is published")
        reverted = world.made("PUT", report + "/revert")
        self.assertEqual((reverted["body"], reverted["body_draft"]), (None, "A relay broke."))
        eventually(lambda: "A relay broke." not in self.noroshi.get(
            f"/two/incidents/{incident['id']}").text, 10, "it is taken back")

    def test_a_page_changes_its_name_its_colours_and_its_zone(self):
        path = self.world.path(P, {"page": self.other})
        changed = self.world.made("PATCH", path, {"page": {
            "name": "Larkspur", "time_zone": "Asia/Tokyo", "css_reds": "#c00",
            "allow_sms_subscribers": False}}, statuses=(422,))
        self.assertTrue(changed["error"])
        changed = self.world.made("PATCH", path, {"page": {
            "name": "Larkspur", "time_zone": "Asia/Tokyo", "css_reds": "#cc0000",
            "allow_sms_subscribers": False, "notifications_email_footer": "Yours."}})
        self.restart()
        self.assertEqual(self.world.made("GET", path), {**changed})
        self.assertEqual(changed["css_reds"], "cc0000")
        self.assertFalse(changed["allow_sms_subscribers"])
        self.assertEqual(changed["notifications_email_footer"], "Yours.")
        self.assertTrue(changed["created_at"].endswith("+09:00"))
        eventually(lambda: self.v2("status", "two")["page"]["name"] == "Larkspur", 10, "its name")
        self.assertEqual(self.v2("status", "two")["page"]["time_zone"], "Asia/Tokyo")
        self.assertIn("Larkspur", self.noroshi.get("/two/").text)

    def test_what_is_kept_survives_a_restart(self):
        world = self.world
        ids = world.ids(("granted", "shared", "template", "subscriber"), self.page)
        world.made("POST", world.path(M + "/{metric}/data", ids),
                   {"data": {"timestamp": ids["now"], "value": 2}})
        paths = [world.path(path, ids) for path in (
            U, U + "/{viewer}", U + "/{viewer}/metrics", P + "/page_access_groups",
            P + "/incident_templates", S, S + "/{subscriber}", V, M, M + "/{metric}",
            P + "/status_embed_config")]
        before = [world.made("GET", path) for path in paths]
        self.assertTrue(all(before))
        self.restart()
        self.assertEqual([world.made("GET", path) for path in paths], before)

    def test_what_only_v1_says_of_a_template_stays_when_others_change_it(self):
        path = self.world.path(P + "/incident_templates", {"page": self.other})
        self.world.made("POST", path, {"template": {
            "name": "Loud", "title": "Loud", "body": "We look.", "should_tweet": True}})
        self.noroshi.command("template", "update", "Loud", "--page", self.other, "--body", "Found.")
        [kept] = self.world.made("GET", path)
        self.assertEqual((kept["body"], kept["should_tweet"]), ("Found.", True))


class Rules(OnAServer):
    def component(self, page=None, **fields):
        return self.world.made("POST", self.world.path(C, {"page": page or self.page}), {
            "component": {"name": "System", **fields}})

    def test_components_are_named_in_three_ways(self):
        path = self.world.path(I, {"page": self.page})
        for write in (lambda code: {"components": {code: "major_outage"}},
                      lambda code: {"components": [{"id": code, "status": "major_outage"}]}):
            code = self.component()["id"]
            made = self.world.made("POST", path, {"incident": {"name": "Down", **write(code)}})
            self.assertEqual(made["impact"], "critical")
        code = self.component()["id"]
        made = self.world.made("POST", path, {"incident": {"name": "Down", "components": [code]}})
        self.assertEqual([own["id"] for own in made["components"]], [code])
        self.assertEqual(made["impact"], "none")

    def test_values_that_can_not_stand_are_refused_and_change_nothing(self):
        world, page = self.world, {"page": self.page}
        code = self.component()["id"]
        incident = world.made("POST", world.path(I, page), {"incident": {"name": "Slow"}})
        path = world.path(I, page) + f"/{incident['id']}"
        for fields in ({"status": "unknown"}, {"status": "postmortemed"}, {"name": "x" * 256},
                       {"status": "monitoring", "body": "x" * 25_001},
                       {"components": {code: "unknown"}}, {"components": {UNKNOWN: "operational"}},
                       {"component_ids": [UNKNOWN]}, {"component_ids": {"a": 1}},
                       {"impact_override": "huge"}, {"metadata": {"a": 1}}, {"metadata": [1]},
                       {"metadata": {"a": {"b": "x" * 17_000}}},
                       {"reminder_intervals": "[5, 3]"}, {"reminder_intervals": "soon"},
                       {"scheduled_for": "2040-01-01T00:00:00Z"}, {"scheduled_for": "soon"},
                       {"deliver_notifications": "maybe"}, {"name": ["x"]}):
            with self.subTest(str(fields)[:60]):
                answer = world.ask("PATCH", path, {"incident": fields})
                self.refused(answer, 422, str(fields)[:60])
        self.assertEqual(world.made("GET", path), incident)
        for fields in ({"status": "unknown"}, {"status": "fine"}, {"name": ""},
                       {"start_date": "soon"}, {"group_id": UNKNOWN}, {"showcase": "maybe"}):
            answer = world.ask("PATCH", world.path(C, page) + f"/{code}", {"component": fields})
            self.refused(answer, 422, str(fields))
        foreign = self.component(self.other)["id"]
        answer = world.ask("PATCH", path, {"incident": {"component_ids": [foreign]}})
        self.refused(answer, 422, "a component of another page")

    def test_nulls_and_empty_texts_are_as_good_as_nothing(self):
        path = self.world.path(I, {"page": self.page})
        made = self.world.made("POST", path, {"incident": {
            "name": "Slow", "status": "", "scheduled_for": "", "scheduled_until": "",
            "impact_override": "", "components": None, "component_ids": None, "body": None,
            "metadata": None, "reminder_intervals": None, "backfill_date": ""}})
        self.assertEqual((made["status"], made["impact"]), ("investigating", "none"))
        self.assertEqual(made["incident_updates"][0]["body"],
                         "We are currently investigating this issue.")
        again = self.world.made("PATCH", f"{path}/{made['id']}", {"incident": {
            "status": "", "body": "", "name": None}})
        self.assertEqual(again["incident_updates"], made["incident_updates"])

    def test_a_backfilled_incident_lies_in_the_past_without_components(self):
        path = self.world.path(I, {"page": self.page})
        code = self.component()["id"]
        made = self.world.made("POST", path, {"incident": {
            "name": "Long ago", "backfilled": "t", "backfill_date": "2024-02-03",
            "body": "It was short."}})
        self.assertEqual((made["status"], made["backfilled"]), ("resolved", True))
        for field in ("created_at", "resolved_at"):
            self.assertTrue(made[field].startswith("2024-02-03T00:00:00"), field)
        self.assertFalse(made["incident_updates"][0]["deliver_notifications"])
        for fields in ({"components": {code: "major_outage"}}, {"backfill_date": ""}):
            body = {"name": "Long ago", "backfilled": True, "backfill_date": "2024-02-03",
                    **fields}
            self.refused(self.world.ask("POST", path, {"incident": body}), 422, str(fields))

    def test_an_incident_that_grew_old_can_still_be_read_and_changed(self):
        path = self.world.path(I, {"page": self.page})
        made = self.world.made("POST", path, {"incident": {
            "name": "Ancient", "backfilled": True, "backfill_date": "2019-02-03"}})
        changed = self.world.made("PATCH", f"{path}/{made['id']}",
                                  {"incident": {"name": "Very old"}})
        self.assertEqual(changed["name"], "Very old")
        update = changed["incident_updates"][0]["id"]
        edited = self.world.made("PATCH", f"{path}/{made['id']}/incident_updates/{update}",
                                 {"incident_update": {"body": "Said better."}})
        self.assertEqual(edited["body"], "Said better.")
        self.assertEqual(self.world.made("DELETE", f"{path}/{made['id']}")["name"], "Very old")

    def test_roles_of_the_product_decide_what_of_an_object_a_key_may_change(self):
        world, page = self.world, {"page": self.page}
        responder = world.key("responder", self.page)
        editor = world.key("editor", self.page)
        maintainer = world.key("maintainer", self.page)
        code = self.component()["id"]
        path = world.path(C, page) + f"/{code}"
        status = {"component": {"status": "degraded_performance"}}
        name = {"component": {"name": "Renamed"}}
        for key, body, expected in ((responder, status, 200), (responder, name, 403),
                                    (editor, status, 403), (editor, name, 200),
                                    (maintainer, status, 403), (maintainer, name, 403)):
            answer = world.ask("PATCH", path, body, key=key)
            self.assertEqual(answer.status, expected, f"{body} {answer.text}")
        work = {"incident": {"name": "Work", "status": "scheduled",
                             "scheduled_for": "2040-01-01T00:00:00Z",
                             "scheduled_until": "2040-01-01T01:00:00Z"}}
        slow = {"incident": {"name": "Slow"}}
        for key, body, expected in ((responder, slow, 201), (responder, work, 201),
                                    (maintainer, slow, 403), (maintainer, work, 201),
                                    (editor, slow, 403)):
            answer = world.ask("POST", world.path(I, page), body, key=key)
            self.assertEqual(answer.status, expected, f"{body} {answer.text}")

    def test_uptime_counts_what_was_said(self):
        world, page = self.world, {"page": self.page}
        code = self.component(showcase=True, start_date="2020-01-01")["id"]
        plain = self.component()["id"]
        path = world.path(C, page) + f"/{code}/uptime"
        figures = world.made("GET", path)
        self.assertEqual((figures["uptime_percentage"], figures["major_outage"]), (100.0, 0))
        self.assertEqual((figures["id"], figures["warnings"]), (code, None))
        self.assertEqual(figures["related_events"], [])
        month = world.made("GET", path + "?start=2026-02&end=2026-02&skip_related_events=true")
        self.assertEqual((month["range_start"], month["range_end"]), ("2026-02-01", "2026-02-28"))
        self.assertNotIn("related_events", month)
        late = world.made("GET", path + "?end=2999-01-01")
        self.assertEqual(len(late["warnings"]), 1)
        for query in ("start=soon", "start=1969-12-31", "start=2026-02-02&end=2026-02-01",
                      "start=2025-01-01&end=2025-07-01"):
            self.refused(world.ask("GET", f"{path}?{query}"), 422, query)
        hidden = world.ask("GET", world.path(C, page) + f"/{plain}/uptime")
        self.refused(hidden, 422, "not shown")
        made = world.made("POST", world.path(I, page), {"incident": {
            "name": "Down", "components": {code: "major_outage"}}})
        figures = world.made("GET", path)
        self.assertEqual(figures["related_events"], [{"id": made["id"]}])
        group = world.made("POST", world.path(G, page), {"component_group": {
            "name": "All", "components": [code, plain]}})
        of_group = world.made("GET", world.path(G, page) + f"/{group['id']}/uptime")
        self.assertEqual(of_group["related_events"], [
            {"component_id": code, "incidents": [{"id": made["id"]}]}])

    def test_points_stand_on_their_grid_and_only_own_metrics_take_them(self):
        world = self.world
        ids = world.ids(("metric",), self.page)
        path = world.path(M + "/{metric}", ids)
        second = ids["now"] - ids["now"] % 30
        sent = world.made("POST", path + "/data", {"data": {"timestamp": second + 29,
                                                            "value": 1.5}})
        self.assertEqual(sent, {"data": {"timestamp": second, "value": 1.5}})
        self.assertRegex(world.made("GET", path)["most_recent_data_at"], TIME)
        for data in ({"timestamp": second - 29 * 86_400, "value": 1}, {"timestamp": second},
                     {"timestamp": "soon", "value": 1}, {"timestamp": second, "value": "much"}):
            answer = world.ask("POST", path + "/data", {"data": data})
            self.refused(answer, 422, str(data))
        cleared = world.made("DELETE", path + "/data")
        self.assertIsNone(cleared["most_recent_data_at"])
        provider = world.made("POST", world.path(V, ids), {"metrics_provider": {
            "type": "Pingdom", "api_key": "planted-secret", "password": "planted-secret"}})
        self.assertTrue(provider["disabled"])
        metric = world.made("POST", world.path(V, ids) + f"/{provider['id']}/metrics",
                            {"metric": {"name": "Theirs"}})
        answer = world.ask("POST", world.path(M, ids) + f"/{metric['id']}/data",
                           {"data": {"timestamp": second, "value": 1}})
        self.refused(answer, 405, "points of another provider")

    def test_a_page_access_user_exists_once_and_grants_are_seen_from_both_ends(self):
        world = self.world
        ids = world.ids(("viewer", "audience", "component"), self.page)
        path = world.path(U, ids)
        made = {"page_access_user": {"email": "Grace@example.com",
                                     "page_access_group_ids": [ids["audience"]]}}
        grace = world.made("POST", path, made)
        self.refused(world.ask("POST", path, made), 409, "twice")
        found = world.made("GET", path + "?email=grace@example.com")
        self.assertEqual([own["id"] for own in found], [grace["id"]])
        group = world.made("GET", world.path(P + "/page_access_groups/{audience}", ids))
        self.assertEqual(group["page_access_user_ids"], [grace["id"]])
        world.made("POST", world.path(C + "/{component}/page_access_users", ids),
                   {"page_access_user_ids": [grace["id"]]})
        components = world.made("GET", f"{path}/{grace['id']}/components")
        self.assertEqual([own["id"] for own in components], [ids["component"]])
        world.made("DELETE", world.path(C + "/{component}/page_access_users", ids))
        self.assertEqual(world.made("GET", f"{path}/{grace['id']}/components"), [])
        answer = world.ask("POST", path, {"page_access_user": {
            "email": "x@example.com", "page_access_group_ids": [UNKNOWN]}})
        self.refused(answer, 422, "a group that is not there")


class Rate(Suite):
    def test_a_key_that_asks_too_often_is_told_when_to_come_again(self):
        with Installation() as noroshi:
            noroshi.start()
            world = World(noroshi)
            path = world.path(P, {"page": world.pages[0]})
            statuses = [world.ask("GET", path).status for _ in range(60)]
            self.assertEqual(set(statuses), {200})
            answer = world.ask("GET", path)
            self.assertEqual(answer.status, 420)
            self.assertTrue(answer.json["error"])
            self.assertTrue(1 <= int(answer.headers["retry-after"]) <= 60)
            self.assertEqual(world.ask("GET", path, key=world.viewer).status, 200)


if __name__ == "__main__":
    unittest.main()
