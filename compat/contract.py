"""The public API v2: the fictional page, entered by commands, yields its eight documents.

Same keys in the same order, same types, same nulls, same lists, and every value that was
entered. What the server draws itself (codes of updates, short links, times of last change)
is compared by its form.
"""

import datetime
import re

import larkspur
from installation import Installation, eventually
from suite import Suite

DOCUMENTS = {
    "summary.json": "/api/v2/summary.json",
    "status.json": "/api/v2/status.json",
    "components.json": "/api/v2/components.json",
    "incidents.json": "/api/v2/incidents.json",
    "incidents-unresolved.json": "/api/v2/incidents/unresolved.json",
    "scheduled-maintenances.json": "/api/v2/scheduled-maintenances.json",
    "scheduled-maintenances-upcoming.json": "/api/v2/scheduled-maintenances/upcoming.json",
    "scheduled-maintenances-active.json": "/api/v2/scheduled-maintenances/active.json",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")
CODE = re.compile(r"[0-9bcdfghjklmnpqrstvwxyz]{12}")
# The operator's documents were not made by one clock: parts of a second differ.
TOLERANCE_S = 1.0


def differences(expected, found, path="$"):
    """Where two documents differ, each place with what was expected and found."""
    if type(expected) is not type(found):
        return [f"{path}: expected {expected!r}, found {found!r}"]
    if isinstance(expected, dict):
        if list(expected) != list(found):
            return [f"{path}: expected keys {list(expected)}, found {list(found)}"]
        return [line for key in expected
                for line in differences(expected[key], found[key], f"{path}.{key}")]
    if isinstance(expected, list):
        if len(expected) != len(found):
            return [f"{path}: expected {len(expected)} items, found {len(found)}"]
        return [line for number, pair in enumerate(zip(expected, found))
                for line in differences(*pair, f"{path}[{number}]")]
    return [] if same(expected, found, path) else [
        f"{path}: expected {expected!r}, found {found!r}"]


def same(expected, found, path):
    """Whether one value may stand for the other, by what the field is."""
    field = path.rsplit(".", 1)[-1]
    drawn = re.search(r"incident_updates\[\d+\]\.id$", path)
    if isinstance(expected, str) and TIME.fullmatch(expected):
        if not TIME.fullmatch(found):
            return False
        return field == "updated_at" or abs(seconds(expected) - seconds(found)) <= TOLERANCE_S
    if drawn:
        return bool(CODE.fullmatch(found))
    if field == "shortlink":
        return found.startswith(("http://", "https://"))
    return expected == found


def seconds(text):
    return datetime.datetime.fromisoformat(text).timestamp()


class TheDocumentsOfTheContract(Suite):
    @classmethod
    def setUpClass(cls):
        cls.noroshi = Installation()
        cls.addClassCleanup(cls.noroshi.close)
        clock = larkspur.start(cls.noroshi)
        larkspur.enter_components(cls.noroshi)
        larkspur.enter_history(cls.noroshi, clock)
        active = "/api/v2/scheduled-maintenances/active.json"
        eventually(lambda: cls.noroshi.get(active).json["scheduled_maintenances"], 5,
                   "the maintenance begins by itself")
        larkspur.enter_open_incident(cls.noroshi, clock)
        eventually(lambda: len(cls.noroshi.get("/api/v2/incidents.json").json["incidents"]) == 2
                   and cls.noroshi.get("/api/v2/incidents.json").json["incidents"][0]["status"]
                   == "identified", 5, "the last update is published")

    def check(self, name):
        answer = self.noroshi.get(DOCUMENTS[name])
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["content-type"], "application/json; charset=utf-8")
        self.assertEqual(answer.headers["access-control-allow-origin"], "*")
        found = differences(larkspur.document(name), answer.json)
        self.assertEqual(found, [], "\n" + "\n".join(found[:20]))

    def test_the_bare_incident_has_the_fields_of_the_list(self):
        listed = self.noroshi.get("/api/v2/incidents.json").json["incidents"]
        for incident in listed:
            bare = self.noroshi.get(f"/incidents/{incident['id']}.json")
            self.assertEqual(bare.json, incident)

    def test_a_component_under_maintenance_counts_as_reference_says(self):
        found = self.noroshi.get("/api/v2/status.json").json["status"]
        self.assertEqual(found, {"indicator": "minor", "description": "Minor Service Outage"})


def _add(name):
    def test(self):
        self.check(name)
    test.__name__ = "test_" + re.sub(r"\W", "_", name) + "_is_the_document_of_the_contract"
    setattr(TheDocumentsOfTheContract, test.__name__, test)


for _name in DOCUMENTS:
    _add(_name)
