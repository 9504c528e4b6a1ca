"""The own API against its own description: every operation reaches its success with real ids, and
whatever is sent, the answer is one that the description allows and never a failure of ours.

The requests are made by schemathesis from `openapi.json`. NOROSHI_SCHEMA_EXAMPLES sets how many
are made of each operation, well-formed and malformed each (16).
"""

import contextlib
import itertools
import os

import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from requests.adapters import HTTPAdapter
from schemathesis.generation import GenerationMode
from urllib3.util.retry import Retry

from installation import Installation
from suite import Suite

BASE = "/api/noroshi/v1"
EXAMPLES = int(os.environ.get("NOROSHI_SCHEMA_EXAMPLES", "16"))
schemathesis.checks.load_all_checks()
CHECKS = schemathesis.checks.CHECKS.get_by_names([
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
])
NUMBERS = itertools.count()
WINDOW = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T01:00:00Z"}
PLAN = {"scheduled_for": "2099-01-01T00:00:00Z", "scheduled_until": "2099-01-01T01:00:00Z"}
RULE = {"rule": "FREQ=WEEKLY;BYDAY=SU", "first_at": "2099-01-04T00:00:00Z", "duration_s": 3600,
        "name": {"en": "Weekly work"}}


FILE = {"file": "status.toml", "digest": "0" * 64, "rows": {"page": {"name": 3}}}


class Estate:
    """A page of its own for one operation, with one of everything that paths can name."""

    def __init__(self, noroshi, session, number):
        self.session, self.base = session, noroshi.url + BASE
        self.v1 = noroshi.url + "/v1"
        made = self.post("/pages", {"name": {"en": f"Page {number}"}, "path": f"/page{number}",
                                    "zone": "Asia/Tokyo", "default_locale": "en",
                                    "locales": ["en", "ja"]})
        self.page = made["id"]
        self.at = f"/pages/{self.page}"
        component = self.post(self.at + "/components", {"name": {"en": "API"}, "showcase": True})
        group = self.post(self.at + "/groups",
                          {"name": {"en": "All"}, "components": [component["id"]]})
        incident = self.incident(component["id"])
        past = self.incident(component["id"])
        resolved = self.post(f"{self.at}/incidents/{past['incident']['id']}/updates",
                             {"update": {"lifecycle": "resolved"}})
        with contextlib.closing(noroshi.control(self.page)) as control:
            control.ask({"measured": [{"component_id": component["id"], "since": 0,
                                       "status": "major_outage"}]})
        hold = self.hold(component["id"])
        recurrence = self.post(self.at + "/recurrences", RULE)
        announcement = self.post(self.at + "/announcements", {"title": {"en": "Hello"}})
        template = self.post(self.at + "/templates", {"name": "Slow", "title": {"en": "Slow"}})
        channel = self.post(self.at + "/channels", {
            "name": "Room", "channel": "slack", "target": {"url": "https://hooks.example/room"}})
        self.post(self.at + "/subscribers/list",
                  {"csv": f"address\nreader{number}@example.com\n"})
        found = self.session.get(self.base + self.at + "/subscribers", timeout=30).json()
        user = self.post("/users", {"email": f"person{number}@example.com", "role": "viewer",
                                    "password": "correct horse battery"})
        invitation = self.post("/invitations", {"email": f"guest{number}@example.com",
                                                "role": "viewer", "page": self.page})
        token = self.post("/tokens", {"name": "Other", "role": "viewer", "pages": [self.page]})
        self.past = resolved["incident"]["id"]
        self.names = {
            "page_id": self.page,
            "component": component["id"],
            "group": group["id"],
            "incident": incident["incident"]["id"],
            "update": incident["updates"][0]["id"],
            "promise": incident["promises"][0]["id"],
            "hold": hold["id"],
            "recurrence": recurrence["id"],
            "announcement": announcement["id"],
            "template": template["id"],
            "channel": channel["id"],
            "subscriber": found["subscribers"][0]["id"],
            "kind": "component",
            "user": user["id"],
            "invitation": invitation["id"],
            "token": token["id"],
        }

    def incident(self, component):
        return self.post(self.at + "/incidents", {
            "kind": "incident", "fields": {"name": {"en": "Errors"}},
            "update": {"body": {"en": "We look."}, "statuses": {component: "major_outage"},
                       "promises": [{"within_s": 1800}]}})

    def hold(self, component):
        return self.post(self.at + "/holds", hold_on(component))

    def post(self, path, body):
        answer = self.session.post(self.base + path, json=body, timeout=30)
        assert answer.ok, f"{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def prepare(self, operation):
        """What must have happened so that an operation can succeed."""
        if operation == "askSubscriber":
            # Whoever was brought in has confirmed; the compatible API asks first.
            asked = self.session.post(self.v1 + self.at + "/subscribers", timeout=30,
                                      json={"subscriber": {"email": "new@example.com"}})
            self.names["subscriber"] = asked.json()["id"]
        if operation == "restorePage":
            self.session.delete(self.base + self.at, timeout=30)
        if operation == "restoreComponent":
            self.session.delete(f"{self.base}{self.at}/components/{self.names['component']}",
                                timeout=30)
        if operation in ("publishPostmortem", "revertPostmortem", "ignorePostmortem"):
            self.names["incident"] = self.past
        if operation == "revertPostmortem":
            self.session.put(f"{self.base}{self.at}/incidents/{self.past}/postmortem",
                             json={"body": {"en": "Report"}}, timeout=30)
        if operation in ("getFile", "releaseFile"):
            self.session.put(f"{self.base}{self.at}/file", json=FILE, timeout=30)
        if operation == "restoreIncident":
            self.session.delete(f"{self.base}{self.at}/incidents/{self.names['incident']}",
                                timeout=30)


def hold_on(component):
    return {"component_id": component, "status": "operational", "reason": "Checked by hand",
            "to": "2026-12-01T00:00:00Z"}


def good_body(operation, estate):
    """A body with which an operation succeeds."""
    component = estate.names["component"]
    update = {"lifecycle": "identified", "body": {"en": "Found.", "ja": "原因を特定しました。"}}
    return {
        "createPage": {"name": {"en": "New"}, "path": "/new", "zone": "UTC",
                       "default_locale": "en", "locales": ["en"]},
        "updatePage": {"name": {"en": "Other"}, "url": None},
        "createComponent": {"name": {"en": "Web"}, "showcase": False},
        "updateComponent": {"name": {"en": "Web"}, "start_date": None},
        "setStatus": {"status": "partial_outage", "act": "override"},
        "amend": {**WINDOW, "status": "partial_outage"},
        "createGroup": {"name": {"en": "More"}, "components": [component]},
        "updateGroup": {"name": {"en": "More"}},
        "placeHold": hold_on(component),
        "openIncident": {"kind": "maintenance", "fields": {"name": {"en": "Work"}, **PLAN},
                         "update": {}},
        "editIncident": {"fields": {"who_is_affected": {"en": "All"}}},
        "relateIncidents": {"incidents": [estate.past]},
        "postUpdate": {"update": update},
        "editUpdate": {"body": {"en": "Other words."}},
        "publishPostmortem": {"body": {"en": "Report"}},
        "liftPromise": {"reason": "Known already"},
        "createRecurrence": RULE,
        "updateRecurrence": {**RULE, "duration_s": 7200},
        "createAnnouncement": {"title": {"en": "Hello"}, "to": "2099-01-01T00:00:00Z"},
        "updateAnnouncement": {"title": {"en": "Bye"}, "to": None},
        "createTemplate": {"name": "Broken", "body": {"en": "It is broken."}},
        "updateTemplate": {"promise_s": 1800},
        "createChannel": {"name": "Desk", "channel": "slack",
                          "target": {"url": "https://hooks.example/desk"}},
        "updateChannel": {"least": "major", "quiet": {"from": 1320, "to": 420}},
        "importSubscribers": {"csv": "address\nbob@example.com\n"},
        "putFile": FILE,
        "importFacts": {"entries": []},
        "createUser": {"email": "ada@example.com", "password": "correct horse battery",
                       "role": "viewer"},
        "setRole": {"role": "editor", "page": estate.page},
        "createInvitation": {"email": "bob@example.com", "role": "admin"},
        "createToken": {"name": "Deploy", "role": "responder", "pages": [estate.page],
                        "expires_at": None},
        "sendCommand": {"set_status": {"id": component, "status": "operational", "act": "set"}},
    }.get(operation)


GOOD_QUERIES = {"getUptime": {"by": "day", "from": "2026-01-01", "to": "2026-01-02"}}


class Described(Suite):
    @classmethod
    def setUpClass(cls):
        cls.noroshi = noroshi = Installation()
        cls.addClassCleanup(noroshi.close)
        noroshi.json("page", "create", "--name", "Acme")
        noroshi.start()
        token = noroshi.command("token", "create", "--name", "All", "--role", "owner").strip()
        cls.session = requests.Session()
        cls.session.trust_env = False
        # A connection that rested for long may be closed just as it is used again.
        cls.session.mount("http://", HTTPAdapter(max_retries=Retry(1, allowed_methods=None)))
        cls.addClassCleanup(cls.session.close)
        cls.session.headers["Authorization"] = f"Bearer {token}"
        cls.url = noroshi.url
        document = cls.session.get(noroshi.url + BASE + "/openapi.json", timeout=30).json()
        cls.operations = [found.ok() for found in
                          schemathesis.openapi.from_dict(document).get_all_operations()]

    def each(self):
        for operation in self.operations:
            name = operation.definition.raw["operationId"]
            yield name, operation, Estate(self.noroshi, self.session, next(NUMBERS))

    def parameters(self, operation, estate):
        names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
        return {name: estate.names[name] for name in names}

    def test_every_operation_succeeds_as_described(self):
        reached = set()
        for name, operation, estate in self.each():
            estate.prepare(name)
            body = good_body(name, estate)
            more = {} if body is None else {"body": body, "media_type": "application/json"}
            case = operation.Case(path_parameters=self.parameters(operation, estate),
                                  query=GOOD_QUERIES.get(name, {}), **more)
            with self.subTest(name):
                answer = case.call(base_url=self.url + BASE, session=self.session)
                self.assertIn(answer.status_code, (200, 201, 204), f"{name}: {answer.text}")
                case.validate_response(answer, checks=CHECKS)
                reached.add(name)
        self.assertEqual(len(reached), len(self.operations))

    def test_whatever_is_sent_the_answer_is_one_that_is_described(self):
        quiet = settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
                         suppress_health_check=list(HealthCheck))
        asked = 0
        for name, operation, estate in self.each():
            estate.prepare(name)
            parameters = self.parameters(operation, estate)
            for mode in GenerationMode:
                fixed = {"path_parameters": parameters} if mode == GenerationMode.POSITIVE else {}

                @quiet
                @given(case=operation.as_strategy(mode, **fixed))
                def ask(case):
                    nonlocal asked
                    asked += 1
                    answer = case.call(base_url=self.url + BASE, session=self.session)
                    case.validate_response(answer, checks=CHECKS)

                with self.subTest(f"{name} {mode.value}"), contextlib.suppress(Unsatisfiable):
                    ask()
        self.assertGreater(asked, len(self.operations))
