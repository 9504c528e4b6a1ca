"""The 112 operations of the manage API v1 in one table, and what is needed to ask for each.

A row says how an operation is asked, with which body, what its answer's status is and what of
its body may not be missing. Whatever an operation needs is made for it by the API itself.
"""

import json
import time
import urllib.parse

from installation import fetch

COLOUR = "1d4f91"


class Row:
    """One operation."""

    def __init__(self, method, path, ok=200, *, body=None, needs=(), lacks=None, reads="view",
                 empty=False):
        self.method, self.path, self.ok = method, path, ok
        self.body = body
        # What must be there first, by the names in World.make_….
        self.needs = needs
        # Takes what may not be missing out of a body: the status that follows.
        self.lacks = lacks
        # What a key needs for it: `view`, `known`, or something that a viewer has not.
        self.reads = reads
        # The answer has no body.
        self.empty = empty

    def __repr__(self):
        return f"{self.method} {self.path}"


def both(path, body, **options):
    """PATCH and PUT mean the same."""
    return [Row(method, path, body=body, **options) for method in ("PATCH", "PUT")]


def without(*names):
    """A body that lacks its last name."""
    def cut(body):
        body = json.loads(json.dumps(body))
        inner = body
        for name in names[:-1]:
            inner = inner[name]
        del inner[names[-1]]
        return body
    return cut


def unwrapped(status=400):
    return (lambda body: {"unknown": 1}, status)


def lacking(*names):
    return (without(*names), 422)


P = "/pages/{page}"
C = P + "/components"
G = P + "/component-groups"
I = P + "/incidents"
M = P + "/metrics"
V = P + "/metrics_providers"
S = P + "/subscribers"
U = P + "/page_access_users"
A = P + "/page_access_groups"
O = "/organizations/{organization}"

PAGE = [
    Row("GET", "/pages", reads="known"),
    Row("GET", P),
    *both(P, lambda ids: {"page": {"name": "Renamed", "css_greens": COLOUR}}, lacks=unwrapped(),
          reads="write"),
]

COMPONENTS = [
    Row("GET", C, needs=("component",)),
    Row("POST", C, 201, body=lambda ids: {"component": {"name": "Made", "status": "operational"}},
        lacks=lacking("component", "name"), reads="write"),
    Row("GET", C + "/{component}", needs=("component",)),
    *both(C + "/{component}", lambda ids: {"component": {"status": "partial_outage"}},
          needs=("component",), lacks=unwrapped(), reads="write"),
    Row("DELETE", C + "/{component}", 204, needs=("component",), reads="write", empty=True),
    Row("GET", C + "/{component}/uptime", needs=("component",)),
    Row("POST", C + "/{component}/page_access_users", 201, needs=("component", "viewer"),
        body=lambda ids: {"page_access_user_ids": [ids["viewer"]]},
        lacks=(lambda body: {}, 422), reads="write"),
    Row("DELETE", C + "/{component}/page_access_users", needs=("component",), reads="write"),
    Row("POST", C + "/{component}/page_access_groups", 201, needs=("component", "audience"),
        body=lambda ids: {"page_access_group_ids": [ids["audience"]]},
        lacks=(lambda body: {}, 422), reads="write"),
    Row("DELETE", C + "/{component}/page_access_groups", needs=("component",), reads="write"),
]

GROUPS = [
    Row("GET", G, needs=("group",)),
    Row("POST", G, 201, needs=("component",), reads="write",
        body=lambda ids: {"description": "What it is",
                          "component_group": {"name": "Made", "components": [ids["component"]]}},
        lacks=lacking("component_group", "components")),
    Row("GET", G + "/{group}", needs=("group",)),
    *both(G + "/{group}", lambda ids: {"component_group": {"name": "Renamed"}}, needs=("group",),
          reads="write"),
    Row("DELETE", G + "/{group}", needs=("group",), reads="write"),
    Row("GET", G + "/{group}/uptime", needs=("group",)),
]

INCIDENTS = [
    Row("GET", I, needs=("incident",)),
    Row("POST", I, 201, needs=("component",), reads="write",
        body=lambda ids: {"incident": {
            "name": "Slow tags", "status": "investigating", "body": "We look.",
            "component_ids": [ids["component"]],
            "components": {ids["component"]: "partial_outage"},
            "metadata": {"pager": {"id": "A17"}}}},
        lacks=lacking("incident", "name")),
    Row("GET", I + "/unresolved", needs=("incident",)),
    Row("GET", I + "/scheduled", needs=("maintenance",)),
    Row("GET", I + "/upcoming", needs=("maintenance",)),
    Row("GET", I + "/active_maintenance", needs=("active",)),
    Row("GET", I + "/{incident}", needs=("incident",)),
    *both(I + "/{incident}", lambda ids: {"incident": {"status": "identified"}},
          needs=("incident",), lacks=unwrapped(), reads="write"),
    Row("DELETE", I + "/{incident}", needs=("incident",), reads="write"),
    *both(I + "/{incident}/incident_updates/{update}",
          lambda ids: {"incident_update": {"body": "Said better."}},
          needs=("incident", "update"), lacks=unwrapped(), reads="write"),
    Row("GET", I + "/{incident}/postmortem", needs=("drafted",)),
    Row("PUT", I + "/{incident}/postmortem", needs=("resolved",), reads="write",
        body=lambda ids: {"postmortem": {"body_draft": "What went wrong."}},
        lacks=lacking("postmortem", "body_draft")),
    Row("DELETE", I + "/{incident}/postmortem", 204, needs=("drafted",), reads="write",
        empty=True),
    Row("PUT", I + "/{incident}/postmortem/publish", needs=("drafted",), reads="write",
        body=lambda ids: {"postmortem": {"notify_subscribers": False}}),
    Row("PUT", I + "/{incident}/postmortem/revert", needs=("published",), reads="write"),
    Row("GET", I + "/{incident}/subscribers", needs=("incident_subscriber",), reads="write"),
    Row("POST", I + "/{incident}/subscribers", 201, needs=("incident",), reads="write",
        body=lambda ids: {"subscriber": {"email": ids["email"]}},
        lacks=lacking("subscriber", "email")),
    Row("GET", I + "/{incident}/subscribers/{subscriber}", needs=("incident_subscriber",),
        reads="write"),
    Row("DELETE", I + "/{incident}/subscribers/{subscriber}", needs=("incident_subscriber",),
        reads="write"),
    Row("POST", I + "/{incident}/subscribers/{subscriber}/resend_confirmation", 201,
        needs=("incident_subscriber",), reads="write", empty=True),
]

TEMPLATES = [
    Row("GET", P + "/incident_templates", needs=("template",)),
    Row("POST", P + "/incident_templates", 201, needs=("component",), reads="write",
        body=lambda ids: {"template": {"name": "Slow", "title": "Slow tags", "body": "We look.",
                                       "component_ids": [ids["component"]],
                                       "update_status": "investigating"}},
        lacks=lacking("template", "title")),
]

METRICS = [
    Row("GET", M, needs=("metric",)),
    Row("GET", M + "/{metric}", needs=("metric",)),
    *both(M + "/{metric}", lambda ids: {"metric": {"name": "Renamed"}}, needs=("metric",),
          lacks=unwrapped(), reads="write"),
    Row("DELETE", M + "/{metric}", needs=("metric",), reads="write"),
    Row("POST", M + "/{metric}/data", 201, needs=("metric",), reads="write",
        body=lambda ids: {"data": {"timestamp": ids["now"], "value": 4.5}},
        lacks=lacking("data", "value")),
    Row("DELETE", M + "/{metric}/data", needs=("metric",), reads="write"),
    Row("POST", M + "/data", 202, needs=("metric",), reads="write",
        body=lambda ids: {"data": {ids["metric"]: [{"timestamp": ids["now"], "value": 4.5}]}},
        lacks=unwrapped()),
    Row("GET", V, needs=("provider",)),
    Row("POST", V, 201, body=lambda ids: {"metrics_provider": {"type": "Self"}},
        lacks=lacking("metrics_provider", "type"), reads="write"),
    Row("GET", V + "/{provider}", needs=("provider",)),
    *both(V + "/{provider}",
          lambda ids: {"metrics_provider": {"metric_base_uri": "https://metrics.example"}},
          needs=("provider",), lacks=unwrapped(), reads="write"),
    Row("DELETE", V + "/{provider}", needs=("provider",), reads="write"),
    Row("GET", V + "/{provider}/metrics", needs=("metric",)),
    Row("POST", V + "/{provider}/metrics", 201, needs=("provider",), reads="write",
        body=lambda ids: {"metric": {"name": "Latency", "suffix": "ms"}},
        lacks=lacking("metric", "name")),
]

SUBSCRIBERS = [
    Row("GET", S, needs=("subscriber",), reads="write"),
    Row("POST", S, 201, body=lambda ids: {"subscriber": {"email": ids["email"]}},
        lacks=lacking("subscriber", "email"), reads="write"),
    Row("GET", S + "/{subscriber}", needs=("subscriber",), reads="write"),
    Row("PATCH", S + "/{subscriber}", needs=("subscriber", "component"), reads="write",
        body=lambda ids: {"component_ids": [ids["component"]]}),
    Row("DELETE", S + "/{subscriber}", needs=("subscriber",), reads="write"),
    Row("POST", S + "/{subscriber}/resend_confirmation", 201, needs=("unconfirmed",),
        reads="write", empty=True),
    Row("POST", S + "/resend_confirmation", 201, needs=("unconfirmed",), reads="write",
        body=lambda ids: {"subscribers": [ids["subscriber"]]}, empty=True,
        lacks=(lambda body: {}, 422)),
    Row("POST", S + "/unsubscribe", 201, needs=("subscriber",), reads="write",
        body=lambda ids: {"subscribers": [ids["subscriber"]]}, empty=True,
        lacks=(lambda body: {}, 422)),
    Row("POST", S + "/reactivate", 201, needs=("unsubscribed",), reads="write",
        body=lambda ids: {"subscribers": [ids["subscriber"]]}, empty=True,
        lacks=(lambda body: {}, 422)),
    Row("GET", S + "/count", needs=("subscriber",), reads="write"),
    Row("GET", S + "/histogram_by_state", needs=("subscriber",), reads="write"),
    Row("GET", S + "/unsubscribed", needs=("unsubscribed",), reads="write"),
]

PAGE_ACCESS = [
    Row("GET", U, needs=("viewer",), reads="write"),
    Row("POST", U, body=lambda ids: {"page_access_user": {"email": ids["email"]}},
        lacks=lacking("page_access_user", "email"), reads="write"),
    Row("GET", U + "/{viewer}", needs=("viewer",), reads="write"),
    *both(U + "/{viewer}", lambda ids: {"page_access_user": {"external_login": ids["email"]}},
          needs=("viewer",), reads="write"),
    Row("DELETE", U + "/{viewer}", 204, needs=("viewer",), reads="write", empty=True),
    Row("GET", U + "/{viewer}/components", needs=("granted",), reads="write"),
    *both(U + "/{viewer}/components", lambda ids: {"component_ids": [ids["component"]]},
          needs=("viewer", "component"), lacks=(lambda body: {}, 422), reads="write"),
    Row("POST", U + "/{viewer}/components", 201, needs=("viewer", "component"), reads="write",
        body=lambda ids: {"component_ids": [ids["component"]]}, lacks=(lambda body: {}, 422)),
    Row("DELETE", U + "/{viewer}/components", needs=("granted",), reads="write"),
    Row("DELETE", U + "/{viewer}/components/{component}", needs=("granted",), reads="write"),
    Row("GET", U + "/{viewer}/metrics", needs=("granted",), reads="write"),
    *both(U + "/{viewer}/metrics", lambda ids: {"metric_ids": [ids["metric"]]},
          needs=("viewer", "metric"), lacks=(lambda body: {}, 422), reads="write"),
    Row("POST", U + "/{viewer}/metrics", 201, needs=("viewer", "metric"), reads="write",
        body=lambda ids: {"metric_ids": [ids["metric"]]}, lacks=(lambda body: {}, 422)),
    Row("DELETE", U + "/{viewer}/metrics", needs=("granted",), reads="write"),
    Row("DELETE", U + "/{viewer}/metrics/{metric}", needs=("granted",), reads="write"),
    Row("GET", A, needs=("audience",), reads="write"),
    Row("POST", A, 201, needs=("component",), reads="write",
        body=lambda ids: {"page_access_group": {"name": "Partners",
                                                "component_ids": [ids["component"]]}},
        lacks=lacking("page_access_group", "name")),
    Row("GET", A + "/{audience}", needs=("audience",), reads="write"),
    *both(A + "/{audience}", lambda ids: {"page_access_group": {"name": "Renamed"}},
          needs=("audience",), reads="write"),
    Row("DELETE", A + "/{audience}", needs=("audience",), reads="write"),
    Row("GET", A + "/{audience}/components", needs=("shared",), reads="write"),
    *both(A + "/{audience}/components", lambda ids: {"component_ids": [ids["component"]]},
          needs=("audience", "component"), lacks=(lambda body: {}, 422), reads="write"),
    Row("POST", A + "/{audience}/components", 201, needs=("audience", "component"),
        body=lambda ids: {"component_ids": [ids["component"]]}, lacks=(lambda body: {}, 422),
        reads="write"),
    Row("DELETE", A + "/{audience}/components", needs=("shared",), reads="write"),
    Row("DELETE", A + "/{audience}/components/{component}", needs=("shared",), reads="write"),
]

EMBED = [
    Row("GET", P + "/status_embed_config"),
    *both(P + "/status_embed_config",
          lambda ids: {"status_embed_config": {"incident_text_color": COLOUR}},
          lacks=unwrapped(), reads="write"),
]

ORGANIZATION = [
    Row("GET", O + "/users", needs=("user",), reads="write"),
    Row("POST", O + "/users", 201, reads="write",
        body=lambda ids: {"user": {"email": ids["email"], "first_name": "Ada",
                                   "last_name": "Byron", "password": "a long enough password"}},
        lacks=lacking("user", "email")),
    Row("DELETE", O + "/users/{user}", needs=("user",), reads="write"),
    Row("GET", O + "/permissions/{user}", needs=("user",), reads="write"),
    Row("PUT", O + "/permissions/{user}", needs=("user",), reads="write",
        body=lambda ids: {"pages": {ids["page"]: {"incident_manager": True}}},
        lacks=(lambda body: {}, 422)),
]

TABLE = [*PAGE, *COMPONENTS, *GROUPS, *INCIDENTS, *TEMPLATES, *METRICS, *SUBSCRIBERS,
         *PAGE_ACCESS, *ORGANIZATION, *EMBED]


def form(body, prefix=""):
    """A body as a form with nested names, as old scripts send it."""
    pairs = []
    items = body.items() if isinstance(body, dict) else [("", value) for value in body]
    for name, value in items:
        key = f"{prefix}[{name}]" if prefix else name
        if isinstance(value, (dict, list)):
            pairs += form(value, key)
        else:
            text = {True: "t", False: "f"}.get(value, value) if isinstance(value, bool) else value
            pairs.append((key, str(text)))
    return pairs


class World:
    """A server with two pages, keys of several kinds, and makers of what operations need."""

    def __init__(self, noroshi):
        self.noroshi = noroshi
        self.number = 0
        self.pages = [noroshi.json("page", "create", "--name", f"Page {name}",
                                   "--path", f"/{name}")["id"] for name in ("one", "two")]
        self.owner = self.key("owner")
        self.viewer = self.key("viewer", self.pages[0])
        self.stranger = self.key("admin", self.pages[1])

    def key(self, role, page=None):
        self.number += 1
        options = ("--page", page) if page else ()
        made = self.noroshi.json(*options, "token", "create", "--name", f"Key {self.number}",
                                 "--role", role)
        return made["token"]

    def ask(self, method, path, body=None, key="", headers=None, raw=None):
        """One request; `body` goes as JSON, `raw` as it is."""
        headers = dict(headers or {})
        key = self.owner if key == "" else key
        if key is not None:
            headers.setdefault("Authorization", f"OAuth {key}")
        data = raw
        if body is not None:
            data = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        return fetch(self.noroshi.url + "/v1" + path, headers, method, data=data)

    def made(self, method, path, body=None, statuses=(200, 201)):
        answer = self.ask(method, path, body)
        if answer.status not in statuses:
            raise AssertionError(f"{method} {path}: {answer.status} {answer.text}")
        return answer.json

    def ids(self, needs, page):
        """What an operation needs, made on a page; the identifiers by name."""
        self.number += 1
        ids = {"page": page, "now": int(time.time()), "email": f"ada{self.number}@example.com",
               "organization": "noroshi"}
        for need in needs:
            getattr(self, f"make_{need}")(ids)
        return ids

    def path(self, path, ids):
        return path.format(**ids)

    def make_component(self, ids):
        made = self.made("POST", self.path(C, ids), {"component": {
            "name": f"Component {self.number}", "showcase": True}})
        ids["component"] = made["id"]

    def make_group(self, ids):
        self.make_component(ids)
        made = self.made("POST", self.path(G, ids), {"component_group": {
            "name": f"Group {self.number}", "components": [ids["component"]]}})
        ids["group"] = made["id"]

    def make_incident(self, ids):
        made = self.made("POST", self.path(I, ids), {"incident": {
            "name": "Slow", "status": "investigating", "body": "We look."}})
        ids["incident"] = made["id"]
        ids["update"] = made["incident_updates"][0]["id"]

    def make_update(self, ids):
        assert ids["update"]

    def make_resolved(self, ids):
        self.make_incident(ids)
        self.made("PATCH", self.path(I + "/{incident}", ids), {"incident": {"status": "resolved"}})

    def make_drafted(self, ids):
        self.make_resolved(ids)
        self.made("PUT", self.path(I + "/{incident}/postmortem", ids),
                  {"postmortem": {"body_draft": "Why."}})

    def make_published(self, ids):
        self.make_drafted(ids)
        self.made("PUT", self.path(I + "/{incident}/postmortem/publish", ids), {})

    def make_maintenance(self, ids):
        made = self.made("POST", self.path(I, ids), {"incident": {
            "name": "Work", "status": "scheduled", "scheduled_for": "2040-01-01T00:00:00Z",
            "scheduled_until": "2040-01-01T01:00:00Z"}})
        ids["incident"] = made["id"]

    def make_active(self, ids):
        self.make_maintenance(ids)
        self.made("PATCH", self.path(I + "/{incident}", ids),
                  {"incident": {"status": "in_progress"}})

    def make_template(self, ids):
        self.made("POST", self.path(P + "/incident_templates", ids), {"template": {
            "name": "Slow", "title": "Slow", "body": "We look."}})

    def make_provider(self, ids):
        made = self.made("POST", self.path(V, ids), {"metrics_provider": {"type": "Self"}})
        ids["provider"] = made["id"]

    def make_metric(self, ids):
        self.make_provider(ids)
        made = self.made("POST", self.path(V + "/{provider}/metrics", ids),
                         {"metric": {"name": "Latency"}})
        ids["metric"] = made["id"]

    def subscriber(self, ids, path=S, **fields):
        made = self.made("POST", self.path(path, ids), {"subscriber": {
            "email": f"s{self.number}-{len(ids)}@example.com", **fields}})
        ids["subscriber"] = made["id"]

    def make_subscriber(self, ids):
        self.subscriber(ids, skip_confirmation_notification=True)

    def make_unconfirmed(self, ids):
        self.subscriber(ids)

    def make_unsubscribed(self, ids):
        self.make_subscriber(ids)
        self.made("DELETE", self.path(S + "/{subscriber}", ids))

    def make_incident_subscriber(self, ids):
        self.make_incident(ids)
        self.subscriber(ids, I + "/{incident}/subscribers")

    def make_viewer(self, ids):
        made = self.made("POST", self.path(U, ids), {"page_access_user": {
            "email": f"v{self.number}@example.com"}})
        ids["viewer"] = made["id"]

    def make_granted(self, ids):
        self.make_viewer(ids)
        self.make_component(ids)
        self.make_metric(ids)
        for kind in ("component", "metric"):
            self.made("POST", self.path(U + "/{viewer}/" + kind + "s", ids),
                      {f"{kind}_ids": [ids[kind]]})

    def make_audience(self, ids):
        made = self.made("POST", self.path(A, ids), {"page_access_group": {"name": "Partners"}})
        ids["audience"] = made["id"]

    def make_shared(self, ids):
        self.make_audience(ids)
        self.make_component(ids)
        self.made("POST", self.path(A + "/{audience}/components", ids),
                  {"component_ids": [ids["component"]]})

    def make_user(self, ids):
        made = self.made("POST", self.path(O + "/users", ids), {"user": {
            "email": f"u{self.number}@example.com", "first_name": "Ada", "last_name": "Byron"}})
        ids["user"] = made["id"]

    def send(self, row, ids, **options):
        """Asks for an operation with what it needs."""
        body = row.body(ids) if row.body else None
        return self.ask(row.method, self.path(row.path, ids), body, **options)

    def send_form(self, row, ids):
        pairs = form(row.body(ids))
        raw = urllib.parse.urlencode(pairs).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask(row.method, self.path(row.path, ids), headers=headers, raw=raw)
