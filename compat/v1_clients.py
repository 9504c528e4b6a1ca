"""Scripts for the manage API, unmodified, and the requests of the Terraform providers, replayed."""

import json
import os
import subprocess

from installation import ROOT, Installation
from manage_api import C, G, I, M, V, World
from suite import Suite

LIMIT_S = 60


class OnAServer(Suite):
    @classmethod
    def setUpClass(cls):
        cls.noroshi = Installation()
        cls.addClassCleanup(cls.noroshi.close)
        cls.noroshi.start("--api-requests", "0")
        cls.world = World(cls.noroshi)
        cls.page = cls.world.pages[0]


class Scripts(OnAServer):
    def run_client(self, name):
        place = os.environ.get("SUITE_DIR", os.path.join(ROOT, ".suite"))
        done = subprocess.run(
            [os.path.join(place, name, "bin", "python"),
             os.path.join(ROOT, "compat", "clients", f"{name}_client.py"),
             self.noroshi.url, self.world.owner, self.page],
            capture_output=True, text=True, timeout=LIMIT_S)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_crunch_statuspageio_goes_through_whole_lives(self):
        self.assertEqual(self.run_client("crunch_statuspageio"), {
            "page": "Page one", "component": "operational", "changed": "degraded_performance",
            "group": ["Stations"], "incident": ["investigating", 1], "unresolved": [True],
            "resolved": "resolved", "listed": ["Gates are slow"], "upcoming": 0,
            "deleted": True, "gone": 404, "refused": 422})

    def test_atlassian_statuspage_reads_everything_into_its_models(self):
        self.assertEqual(self.run_client("atlassian_statuspage"), {
            "component": ["operational", "2026-01-02"], "group": ["All", True],
            "incident": ["investigating", "major", True], "resolved": ["resolved", 2],
            "uptime": 0, "draft": "Why.", "published": "postmortem",
            "subscriber": "ada@example.com", "gone": 404})


class TerraformProviders(OnAServer):
    """Create, read, change, read, delete, read again: what is read is what was written."""

    # One of them writes the scheme in lower case, and neither adds `.json`.
    def send(self, method, path, body=None):
        headers = {"Authorization": f"oauth {self.world.owner}",
                   "Content-Type": "application/json"}
        return self.world.ask(method, path, body, key=None, headers=headers)

    def live(self, path, wrapper, first, second):
        """Nothing of a plan is left to do when every value that was written reads back."""
        made = self.send("POST", path, self.body(wrapper, first))
        self.assertEqual(made.status, 201, made.text)
        own = f"{path}/{made.json['id']}"
        for fields in (None, second):
            if fields is not None:
                changed = self.send("PATCH", own, self.body(wrapper, fields))
                self.assertEqual(changed.status, 200, changed.text)
            read = self.send("GET", own)
            self.assertEqual(read.status, 200)
            for name, value in (fields or first).items():
                # A provider reads null as the empty value of the field's kind.
                self.assertEqual(read.json[name] or type(value)(), value, name)
        imported = self.send("GET", own).json
        self.assertEqual(imported["id"], made.json["id"])
        gone = self.send("DELETE", own, {})
        self.assertIn(gone.status, (200, 204))
        self.assertEqual(self.send("GET", own).status, 404)
        return imported

    @staticmethod
    def body(wrapper, fields):
        return {wrapper: fields}

    def test_components(self):
        path = self.world.path(C, {"page": self.page})
        first = {"name": "Gates", "description": "", "status": "operational",
                 "only_show_if_degraded": False, "showcase": True, "start_date": "2026-01-02"}
        second = {**first, "name": "Doors", "description": "All", "status": "major_outage",
                  "only_show_if_degraded": True}
        self.live(path, "component", first, second)
        self.live(path, "component", second, first)

    def test_groups(self):
        ids = [self.world.ids(("component",), self.page)["component"] for _ in range(3)]
        first = {"name": "Stations", "description": "Here", "components": ids[:2]}
        second = {"name": "Halls", "description": "", "components": ids[1:]}
        self.live(self.world.path(G, {"page": self.page}), "component_group", first, second)

    def test_metrics(self):
        made = self.world.ids(("provider",), self.page)
        path = self.world.path(V + "/{provider}/metrics", made)
        answer = self.send("POST", path, {"metric": {
            "name": "Latency", "suffix": "ms", "decimal_places": 2, "y_axis_min": 0,
            "transform": "average", "metric_identifier": ""}})
        self.assertEqual(answer.status, 201, answer.text)
        own = self.world.path(M, made) + f"/{answer.json['id']}"
        read = self.send("GET", own).json
        self.assertEqual((read["name"], read["suffix"], read["decimal_places"]),
                         ("Latency", "ms", 2))
        self.assertEqual(self.send("PATCH", own, {"metric": {"name": "Delay"}}).status, 200)
        self.assertEqual(self.send("GET", own).json["name"], "Delay")
        self.assertEqual(self.send("DELETE", own, {}).status, 200)
        self.assertEqual(self.send("GET", own).status, 404)

    def test_incidents_with_every_field_of_the_library_sent(self):
        path = self.world.path(I, {"page": self.page})
        code = self.world.ids(("component",), self.page)["component"]
        answer = self.send("POST", path, {"incident": {
            "name": "Slow", "status": "investigating", "body": "We look.", "scheduled_for": "",
            "scheduled_until": "", "impact_override": "", "backfilled": False,
            "component_ids": [code], "components": [{"id": code, "status": "partial_outage"}]}})
        self.assertEqual(answer.status, 201, answer.text)
        own = f"{path}/{answer.json['id']}"
        read = self.send("GET", own).json
        self.assertEqual((read["impact"], read["components"][0]["status"]),
                         ("major", "partial_outage"))
        self.assertEqual(self.send("DELETE", own, {}).status, 200)
        self.assertEqual(self.send("GET", own).status, 404)
