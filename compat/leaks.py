"""Nothing of what is the team's reaches a visitor: words are planted in every private place, and
then everything that anyone may fetch is fetched and searched for them.

Every planted word holds `zqleak`, plain letters that no escaping changes.
"""

import contextlib
import datetime
import gzip
import html
import json
import os
import re
import socket
import threading
import urllib.parse

from desk import PASSWORD, Desk, add_user, routes
from installation import Installation, eventually, fetch
from manage_api import A, I, P, S, U, V, World
from suite import Suite

WORD = "zqleak"
# What finds every planted word and is none: a search says what was searched for.
FOUND = WORD[1:]
LINK = re.compile(r"""=["'](/[^"'#\s]*)""")
ADDRESS = re.compile(r"https?://[^/\s\"'<>]+(/[^\s\"'<>\\]*)")
# Fewer than this, and the walk missed the page.
FETCHED_MIN = 250
CRAWLED_MAX = 2_000
# What an address of the desk is filled with where nothing was made for it.
NOTHING = "zzzzzzzzzzzz"
# What lets whoever has it write in a room of the team.
CHANNEL_KEY = "t0p-room-b5150"


class Stream(threading.Thread):
    """Listens to `/events` and keeps what it said."""

    def __init__(self, url, path):
        super().__init__(daemon=True)
        host, port = url.rsplit("/", 1)[-1].rsplit(":", 1)
        self.said = b""
        self.socket = socket.create_connection((host, int(port)), timeout=60)
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        self.start()

    def run(self):
        while piece := self.receive():
            self.said += piece

    def receive(self):
        try:
            return self.socket.recv(65536)
        except OSError:
            return b""

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.join()


def hours_on(hours):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class Leaks(Suite):
    @classmethod
    def setUpClass(cls):
        cls.noroshi = noroshi = Installation()
        cls.addClassCleanup(noroshi.close)
        noroshi.settings["NOROSHI_LOG"] = "debug"
        noroshi.start("--api-requests", "0")
        cls.world = world = World(noroshi)
        cls.page, cls.gone = world.pages
        cls.secrets = [PASSWORD, world.owner, world.viewer, world.stranger]
        cls.planted = []
        cls.stream = Stream(noroshi.url, "/one/events")
        cls.addClassCleanup(cls.stream.close)
        cls.shown()
        cls.plant_texts()
        cls.plant_records()
        cls.plant_restricted()
        cls.plant_at_the_console()
        cls.plant_a_page()
        eventually(lambda: "The last word" in noroshi.get("/one/").text, 20, "the last update")
        # The folder of what anybody may copy follows the pages.
        cls.copy = os.path.join(noroshi.folder, "copy")
        noroshi.command("--page", cls.page, "publish", "--to", cls.copy)

    @classmethod
    def word(cls, place):
        """A word for a place, that stands nowhere else."""
        planted = f"{WORD}{place}"
        assert planted not in cls.planted, place
        cls.planted.append(planted)
        return planted

    @classmethod
    def made(cls, path, body, ids, method="POST"):
        return cls.world.made(method, path.format(**ids), body)

    @classmethod
    def shown(cls):
        """What readers see, so that there is something to walk through."""
        ids = {"page": cls.page}
        component = cls.made(P + "/components", {"component": {
            "name": "Checkout", "status": "operational", "showcase": True}}, ids)
        incident = cls.made(I, {"incident": {
            "name": "Orders fail", "status": "investigating", "body": "We look into it.",
            "components": {component["id"]: "major_outage"},
            "component_ids": [component["id"]],
            "metadata": {"pager": {"id": cls.word("metadata")}}}}, ids)
        cls.made(I, {"incident": {
            "name": "Work", "status": "scheduled", "scheduled_for": "2040-01-01T00:00:00Z",
            "scheduled_until": "2040-01-01T01:00:00Z", "component_ids": [component["id"]]}}, ids)
        cls.ids = {**ids, "component": component["id"], "incident": incident["id"],
                   "update": incident["incident_updates"][0]["id"]}

    @classmethod
    def plant_texts(cls):
        """Texts that stood or will stand on the page, and must not stand there now."""
        noroshi, ids, on = cls.noroshi, cls.ids, ("--page", cls.page)
        past = cls.made(I, {"incident": {"name": "Slow", "status": "resolved",
                                         "body": "It was slow."}}, ids)
        cls.made(I + f"/{past['id']}/postmortem",
                 {"postmortem": {"body_draft": cls.word("postmortem")}}, ids, "PUT")
        deleted = cls.made(I, {"incident": {
            "name": cls.word("deletedtitle"), "status": "investigating",
            "body": cls.word("deletedbody")}}, ids)
        cls.world.ask("DELETE", (I + f"/{deleted['id']}").format(**ids))
        erased = cls.made(I, {"incident": {"name": "Erased", "status": "investigating",
                                           "body": cls.word("erased")}}, ids)
        noroshi.command(*on, "incident", "erase", erased["id"],
                        erased["incident_updates"][0]["id"])
        noroshi.command(*on, "announcement", "create", "--title", cls.word("soontitle"),
                        "--body", cls.word("soonbody"), "--from", "2039-01-01T00:00:00Z",
                        "--until", "2039-02-01T00:00:00Z")
        noroshi.command(*on, "template", "create", "--name", cls.word("template"),
                        "--title", cls.word("templatetitle"), "--body", cls.word("templatebody"))
        cls.ids["past"], cls.ids["deleted"] = past["id"], deleted["id"]

    @classmethod
    def plant_records(cls):
        """Records of people and programs."""
        noroshi, ids = cls.noroshi, cls.ids
        cls.made(S, {"subscriber": {"email": f"{cls.word('subscriber')}@example.com"}}, ids)
        cls.made(I + "/{incident}/subscribers",
                 {"subscriber": {"email": f"{cls.word('follower')}@example.com"}}, ids)
        cls.made(U, {"page_access_user": {"email": f"{cls.word('viewer')}@example.com"}}, ids)
        cls.made(A, {"page_access_group": {"name": cls.word("audience")}}, ids)
        provider = cls.made(V, {"metrics_provider": {
            "type": "Datadog", "api_key": cls.word("metrickey"),
            "application_key": cls.word("metricapp")}}, ids)
        cls.made(V + f"/{provider['id']}/metrics", {"metric": {
            "name": cls.word("metric"), "metric_identifier": cls.word("metricquery")}}, ids)
        noroshi.command("token", "create", "--name", cls.word("token"), "--role", "viewer")
        noroshi.command("user", "add", "--email", f"{cls.word('invited')}@example.com", "--role",
                        "viewer")
        cls.email = f"{cls.word('mail')}@example.com"
        add_user(noroshi, cls.email, "owner", cls.word("name"))
        provider = os.path.join(noroshi.folder, "provider.toml")
        with open(provider, "w", encoding="utf-8") as file:
            file.write('issuer = "https://accounts.example"\n'
                       f'client_id = "{cls.word("client")}"\n'
                       f'client_secret = "{cls.word("clientsecret")}"\nname = "Accounts"\n'
                       f'[[roles]]\ngroup = "{cls.word("group")}"\nrole = "viewer"\n')
        noroshi.command("sign-on", "set", provider)

    @classmethod
    def plant_restricted(cls):
        """A component that readers do not see, its group, and what was said of it alone."""
        at = f"/pages/{cls.page}"
        component = cls.own("POST", f"{at}/components", {
            "name": {"en": cls.word("hidden")}, "description": {"en": cls.word("hiddenabout")},
            "showcase": True, "restricted": True})["id"]
        cls.own("POST", f"{at}/groups", {
            "name": {"en": cls.word("hiddengroup")}, "components": [component]})
        cls.own("POST", f"{at}/incidents", {
            "kind": "incident", "fields": {"name": {"en": cls.word("hiddentitle")}},
            "update": {"body": {"en": cls.word("hiddenbody")},
                       "statuses": {component: "major_outage"}}})
        cls.own("PATCH", f"{at}/incidents/{cls.ids['incident']}", {
            "fields": {"affected_notes": {component: {"en": cls.word("hiddennote")}}}})
        with contextlib.closing(cls.noroshi.control(cls.page)) as control:
            control.ask({"measured": [{"component_id": cls.ids["component"], "since": 0,
                                       "status": "partial_outage"}]})
        cls.own("POST", f"{at}/holds", {
            "component_id": cls.ids["component"], "status": "operational",
            "reason": cls.word("holdreason"), "to": hours_on(24)})
        cls.ids["hidden"] = component

    @classmethod
    def own(cls, method, path, body):
        answer = fetch(f"{cls.noroshi.url}/api/noroshi/v1{path}",
                       {"Authorization": f"Bearer {cls.world.owner}",
                        "Content-Type": "application/json"}, method, data=json.dumps(body).encode())
        assert answer.status in (200, 201), f"{method} {path}: {answer.status} {answer.text}"
        return answer.json

    @classmethod
    def plant_at_the_console(cls):
        """What operators type and what only they read."""
        ids = cls.ids
        cls.desk = desk = Desk(cls.noroshi, cls.email)
        cls.secrets.append(desk.cookie.split("=", 1)[1])
        at = f"/console/pages/{cls.page}"
        own = f"{at}/incidents/{ids['incident']}"
        desk.post(f"{at}/incidents/new/draft",
                  {"name.en": cls.word("draft"), "body.en": cls.word("draftbody"), "action": "save"})
        desk.post(f"{own}/update/draft", {"body.en": cls.word("draftupdate"), "action": "save"})
        desk.post(f"{own}/notes", {"note": cls.word("note")})
        desk.post(f"{at}/incidents/{ids['past']}/postmortem",
                  {"body.en": cls.word("report"), "action": "keep"})
        made = desk.send(f"{at}/channels/new/slack", {
            "name": cls.word("channel"), "notices": "on", "posts": "on",
            "target.url": f"http://127.0.0.1:9/{CHANNEL_KEY}"})
        cls.secrets.append(CHANNEL_KEY)
        cls.channel = made.headers["location"].split("?")[0]
        # Something that readers do see comes last: with it all before has been looked at.
        cls.made(I + "/{incident}", {"incident": {"status": "identified",
                                                  "body": "The last word."}}, ids, "PATCH")

    @classmethod
    def plant_a_page(cls):
        """A page that was taken away, with all that it said."""
        ids = {"page": cls.gone}
        cls.made(P, {"page": {"name": cls.word("page")}}, ids, "PATCH")
        cls.made(P + "/components", {"component": {"name": cls.word("pagecomponent"),
                                                   "status": "operational"}}, ids)
        cls.made(I, {"incident": {"name": cls.word("pageincident"), "status": "investigating",
                                  "body": "We look."}}, ids)
        eventually(lambda: WORD in cls.noroshi.get("/two/").text.lower(), 20, "it is shown")
        cls.noroshi.command("--page", cls.gone, "page", "delete")
        eventually(lambda: cls.noroshi.get("/two/history").status == 404
                   or WORD not in cls.noroshi.get("/two/history").text.lower(), 20, "it is gone")

    def test_a_channels_key_is_given_back_to_nobody(self):
        at = f"/console/pages/{self.page}"
        listed = self.desk.get(f"{at}/channels").text
        self.assertIn(f"{WORD}channel", listed)
        shown = self.desk.get(self.channel)
        self.assertEqual(shown.status, 200)
        audit = self.desk.get("/console/audit").text
        for text in (listed, shown.text, audit):
            self.assertNotIn(CHANNEL_KEY, text)
        for folder, _, names in os.walk(self.noroshi.data):
            for name in names:
                with contextlib.suppress(OSError), open(os.path.join(folder, name), "rb") as file:
                    self.assertNotIn(CHANNEL_KEY.encode(), file.read(), name)

    def holds_nothing(self, where, text):
        plain = html.unescape(urllib.parse.unquote(text)).lower()
        self.assertNotIn(WORD, plain, where)
        for secret in self.secrets:
            self.assertNotIn(secret.lower(), plain, where)

    def fetched(self, path, headers=None, method="GET", data=None):
        answer = fetch(self.noroshi.url + path, headers, method, data=data)
        text = answer.body.decode("utf-8", "replace")
        for name, value in answer.headers.items():
            text += f"\n{name}: {value}"
        self.holds_nothing(f"{method} {path}", text)
        return answer

    def addresses(self):
        """Every address of the route table by its pattern, filled with what is there."""
        ids = self.ids
        pages = ["/", "/history", "/uptime", "/announcements", "/api", "/api/v2", "/state.json",
                 "/journal.json", "/journal.json?after=1", "/history.atom", "/history.rss",
                 "/beat.json", "/maintenance.ics", f"/maintenance.ics?component={ids['component']}",
                 "/badge.svg", "/badge.svg?show=uptime&period=30d", "/badge-uptime-90d.svg",
                 "/embed/script.js", "/embed/frame", "/embed/frame.js", "/card.png", "/nothing",
                 f"/history?q={FOUND}", "/history?q=Slow", "/history?page=2",
                 f"/history?component={ids['component']}", "/history?impact=major",
                 f"/uptime/{ids['component']}", f"/uptime/{ids['component']}.json",
                 f"/uptime/{ids['component']}?page=2",
                 f"/components/{ids['component']}/badge.svg",
                 f"/components/{ids['component']}/badge-uptime-90d.svg",
                 f"/components/{ids['component']}/maintenance.ics"]
        for document in ["summary", "status", "components", "incidents", "incidents/unresolved",
                         "scheduled-maintenances", "scheduled-maintenances/upcoming",
                         "scheduled-maintenances/active"]:
            pages.append(f"/api/v2/{document}.json")
        pages += [f"/uptime/{ids['hidden']}", f"/uptime/{ids['hidden']}.json",
                  f"/components/{ids['hidden']}/badge.svg", f"/maintenance.ics?component={ids['hidden']}",
                  f"/history?component={ids['hidden']}", f"/uptime?component={ids['hidden']}"]
        for incident in (ids["incident"], ids["past"], ids["deleted"], NOTHING):
            pages += [f"/incidents/{incident}{end}" for end in ("", ".json", ".ics")]
            pages.append(f"/incidents/{incident}?q={FOUND}")
        return pages

    def crawled(self):
        """Every address that a page of ours names, from the front page on."""
        seen, waiting, pages = set(), ["/one/", "/one/ja/", "/one/history", "/one/ja/history"], 0
        while waiting and len(seen) < CRAWLED_MAX:
            path = waiting.pop()
            if path in seen or not path.startswith("/one") or "/events" in path:
                continue
            seen.add(path)
            answer = self.fetched(path)
            if answer.status != 200:
                continue
            pages += 1
            text = html.unescape(answer.body.decode("utf-8", "replace"))
            found = LINK.findall(text) + ADDRESS.findall(text)
            waiting += [urllib.parse.urlsplit(urllib.parse.urljoin(path, one)).path
                        + (f"?{urllib.parse.urlsplit(one).query}" if "?" in one else "")
                        for one in found]
        self.assertEqual(len(waiting), 0, "more addresses than are walked")
        return pages

    def test_no_public_address_holds_what_is_the_teams(self):
        count = 0
        for path in self.addresses():
            for prefix in ("/one", "/one/en", "/one/ja", "/two", "/two/ja", ""):
                self.fetched(prefix + path)
                count += 1
            for language in ("en", "ja"):
                self.fetched("/one" + path, {"Accept-Language": language,
                                             "Accept": "application/json"})
                count += 1
        for path in ("/healthz", "/readyz", "/metrics"):
            self.assertEqual(self.fetched(path).status, 200)
        count += self.crawled()
        self.assertGreater(count, FETCHED_MIN)

    def test_no_address_of_the_desk_tells_a_visitor(self):
        names = {"page_id": self.page, "incident_id": self.ids["incident"],
                 "component_id": self.ids["component"], "incident": self.ids["incident"],
                 "component": self.ids["component"]}
        for method, pattern in routes():
            for page in (self.page, self.gone):
                path = re.sub(r"{(\w+)}", lambda name: {**names, "page_id": page}.get(
                    name[1], NOTHING), pattern)
                data = None if method == "GET" else b""
                answer = self.fetched(path, {"Sec-Fetch-Site": "same-origin"}, method, data)
                self.assertNotEqual(answer.status, 500, f"{method} {path}")

    def test_no_file_that_is_published_or_copied_holds_it(self):
        count = 0
        for top in (os.path.join(self.noroshi.data, "published"), self.copy):
            for folder, _, names in os.walk(top):
                for name in names:
                    with open(os.path.join(folder, name), "rb") as file:
                        body = file.read()
                    if name.endswith(".gz"):
                        body = gzip.decompress(body)
                    if not name.endswith(".br"):
                        count += 1
                        self.holds_nothing(os.path.join(folder, name),
                                           name + body.decode("utf-8", "replace"))
        self.assertGreater(count, 100)

    def test_the_stream_says_nothing_of_it(self):
        eventually(lambda: self.stream.said.count(b"event:") + self.stream.said.count(b"data:"), 10,
                   f"events: {self.stream.said}")
        self.holds_nothing("/one/events", self.stream.said.decode())

    def test_neither_the_log_nor_what_the_server_prints_holds_it(self):
        with open(self.noroshi.log_path, encoding="utf-8") as file:
            log = file.read()
        self.assertTrue(log, "the server wrote a log")
        self.holds_nothing("the log", log)

    def test_every_word_is_where_its_owners_find_it(self):
        """What was not planted could not be missed: the team's own doors show each word."""
        at = f"/console/pages/{self.page}"
        incident = f"{at}/incidents/{self.ids['incident']}"
        doors = [f"{at}/incidents/new", f"{incident}/update", incident, "/console/team",
                 "/console/tokens", f"{at}/templates", "/console/signing-in",
                 f"{at}/incidents/{self.ids['past']}", f"{at}/announcements", "/console/audit",
                 f"{at}/components", f"{at}/components/{self.ids['hidden']}",
                 f"{at}/incidents", at]
        shown = "".join(fetch(self.noroshi.url + door, {"Cookie": self.desk.cookie}).text
                        for door in doors)
        for path in (S + "?state=all", U, A, V, P + "/metrics", P + "/incident_templates", I,
                     I + "/{incident}/subscribers"):
            shown += json.dumps(self.world.ask("GET", path.format(**self.ids)).json)
        # Erased is gone for good, secrets are shown to nobody, and what is hidden has no list.
        hidden = {f"{WORD}{place}" for place in (
            "erased", "clientsecret", "metrickey", "metricapp", "deletedtitle", "deletedbody",
            "postmortem", "page", "pagecomponent", "pageincident", "metricquery", "soonbody",
            "templatetitle", "hiddenbody", "hiddennote")}
        for planted in self.planted:
            if planted not in hidden:
                self.assertIn(planted, shown)
