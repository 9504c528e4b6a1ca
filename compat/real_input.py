"""A real page of 902 incidents, imported: nothing lost, nothing doubled, no order needed."""

import datetime
import html
import json
import os
import re

import third_party
from contract import DOCUMENTS, TIME
from installation import Installation, eventually
from real_page import FOLDER, INCIDENTS, UPDATES, RealPage
from suite import Suite

LINK = re.compile(r'href="[^"]*/incidents/([0-9a-z]+)"')


def words(text):
    """A text's letters and digits only: what no Markdown and no markup changes."""
    return re.sub(r"[\W_]+", "", text)


def shown(page):
    """What a reader of an HTML page can read, letters and digits only, links' targets too."""
    body = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", page)
    return words(html.unescape(re.sub(r"<[^>]*>", "", body)))


def plain(body):
    """What remains of a Markdown text when it is shown: no markers, no link targets."""
    body = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", body)
    body = re.sub(r"<((?:https?|mailto):[^>]*)>", r"\1", body)
    return words(html.unescape(re.sub(r"</?[a-zA-Z][^>]*>", "", body)))


def instant(text):
    return datetime.datetime.fromisoformat(text)


class Imported(Suite):
    """The record, imported once; the tests only read."""

    @classmethod
    def setUpClass(cls):
        cls.source = RealPage()
        cls.noroshi = Installation()
        cls.addClassCleanup(cls.noroshi.close)
        cls.noroshi.start()
        cls.noroshi.command("import", "statuspage", FOLDER, timeout_s=300)
        oldest = min(cls.source.incidents, key=lambda incident: incident["created_at"])["id"]
        eventually(lambda: cls.noroshi.get(f"/incidents/{oldest}.json").status == 200, 120,
                   "the imported page is published")
        cls.noroshi.settle("/api/v2/incidents.json")

    def test_walking_history_meets_each_of_the_902_codes_exactly_once(self):
        met = []
        for number in range(1, 40):
            found = LINK.findall(self.noroshi.get(f"/history?page={number}").text)
            met += list(dict.fromkeys(found))
            if instant_of_page(number) < instant("2023-01-01T00:00:00Z"):
                break
        expected = [incident["id"] for incident in self.source.incidents]
        self.assertEqual(len(met), len(set(met)), "a code stands on two pages of history")
        self.assertEqual(sorted(met), sorted(expected))

    def test_every_incident_page_holds_name_impact_times_and_every_text(self):
        told = 0
        for incident in self.source.incidents:
            answer = self.noroshi.get(f"/incidents/{incident['id']}", {"Accept-Language": "en"})
            self.assertEqual(answer.status, 200, incident["id"])
            page, read = answer.text, shown(answer.text)
            self.assertIn(words(incident["name"]), read, incident["id"])
            self.assertIn(f"impact-{incident['impact']}", page, incident["id"])
            for update in incident["incident_updates"]:
                self.assertIn(plain(update["body"]), read, update["id"])
                at = instant(update["display_at"])
                self.assertIn(f'data-datetime-unix="{int(at.timestamp() * 1000)}', page,
                              update["id"])
                told += 1
        self.assertEqual(told, UPDATES)

    def test_every_incident_document_holds_what_the_source_holds(self):
        told = 0
        for incident in self.source.incidents:
            found = self.noroshi.get(f"/incidents/{incident['id']}.json").json
            for field in ("id", "name", "status", "impact", "created_at", "started_at",
                          "resolved_at", "monitoring_at"):
                self.assertEqual(found[field], incident[field], f"{incident['id']} {field}")
            ours = {update["id"]: update for update in found["incident_updates"]}
            for update in incident["incident_updates"]:
                for field in ("status", "body", "display_at", "created_at", "affected_components",
                              "deliver_notifications"):
                    self.assertEqual(ours[update["id"]][field], update[field],
                                     f"{update['id']} {field}")
                told += 1
            self.assertEqual(len(ours), len(incident["incident_updates"]))
        self.assertEqual(told, UPDATES)

    def test_both_feeds_have_the_25_newest(self):
        def published(incident):
            if "scheduled_for" in incident or incident["impact"] == "maintenance":
                return incident["started_at"]
            return max(update["display_at"] for update in incident["incident_updates"])

        newest = sorted(self.source.incidents, key=published, reverse=True)[:25]
        for path in ("/history.atom", "/history.rss"):
            feed = third_party.feed(self.noroshi.url + path)
            codes = [entry.link.rsplit("/", 1)[-1] for entry in feed.entries]
            self.assertEqual(codes, [incident["id"] for incident in newest], path)
            for entry, incident in zip(feed.entries, newest):
                self.assertEqual(entry.title, incident["name"])
                text = shown(entry.content[0].value if "content" in entry else entry.description)
                for update in incident["incident_updates"]:
                    self.assertIn(plain(update["body"]), text, incident["id"])

    def test_the_components_are_the_source_s(self):
        found = self.noroshi.get("/api/v2/components.json").json["components"]
        expected = sorted(self.source.components["components"], key=lambda c: c["position"])
        self.assertEqual([without(c, "updated_at") for c in found],
                         [without(c, "updated_at") for c in expected])

    def test_verify_is_content(self):
        self.noroshi.command("verify", "--full")


def without(entry, *fields):
    return {key: value for key, value in entry.items() if key not in fields}


def instant_of_page(number):
    """The first month on a page of history: three months a page, the current one first."""
    now = datetime.datetime.now(datetime.timezone.utc)
    months = now.year * 12 + now.month - 1 - 3 * (number - 1) - 2
    return now.replace(year=months // 12, month=months % 12 + 1, day=1)


class Repeated(Suite):
    """Importing again, and importing a source that has changed."""

    def setUp(self):
        self.source = RealPage()
        self.noroshi = Installation()
        self.addCleanup(self.noroshi.close)
        self.noroshi.command("import", "statuspage", FOLDER, timeout_s=300)

    def seq(self):
        """The page's revision; asked of the command, for the page's own may lag a moment."""
        return self.noroshi.page()["seq"]

    def test_importing_again_adds_no_journal_entry(self):
        before = self.seq()
        answer = self.noroshi.json("import", "statuspage", FOLDER, timeout_s=300)
        self.assertEqual(self.seq(), before)
        self.assertEqual(changes(answer), {"new": [], "changed": [], "gone": []})

    def test_a_changed_a_new_and_a_vanished_one_are_exactly_three_changes(self):
        copy = self.source.copy()
        changed, gone = copy.incidents[400], copy.incidents[500]
        changed["incident_updates"][0]["body"] = "The text was corrected."
        changed["incident_updates"][0]["updated_at"] = "2026-08-22T03:00:00.000Z"
        del copy.incidents[500]
        new = json.loads(json.dumps(copy.incidents[10]).replace(copy.incidents[10]["id"],
                                                                "n3wc0d3n3wc0"))
        new["name"] = "A new one"
        new["components"] = []
        for number, update in enumerate(new["incident_updates"]):
            update["id"] = f"n3wupd4t3{number:03}"
            update["affected_components"] = None
        copy.incidents.append(new)
        folder = copy.write(os.path.join(self.noroshi.folder, "copy"))
        before = self.seq()
        expected = {"new": [new["id"]], "changed": [changed["id"]], "gone": [gone["id"]]}

        listed = self.noroshi.json("import", "statuspage", folder, "--dry-run", timeout_s=300)
        self.assertEqual(changes(listed), expected)
        self.assertEqual(self.seq(), before, "a dry run wrote something")

        done = self.noroshi.json("import", "statuspage", folder, timeout_s=300)
        self.assertEqual(changes(done), expected)
        # Three entries, and the one that tells readers of the deletion.
        self.assertEqual(self.seq(), before + 4)
        self.noroshi.start()
        eventually(lambda: self.noroshi.get(f"/incidents/{copy.incidents[-2]['id']}").status
                   == 200, 60, "the page is published")
        self.assertEqual(self.noroshi.get(f"/incidents/{gone['id']}").status, 404)
        path = f"/incidents/{changed['id']}.json"
        eventually(lambda: self.noroshi.get(path).status == 200, 20, "the changed one is there")
        bodies = [update["body"] for update in self.noroshi.get(path).json["incident_updates"]]
        self.assertIn("The text was corrected.", bodies)
        eventually(lambda: self.noroshi.get(f"/incidents/{new['id']}").status == 200, 20,
                   "the new one is there")


def changes(answer):
    """The codes that an import lists as new, changed and gone."""
    diff = answer.get("diff", answer)
    incidents = diff.get("incidents", diff)

    def codes(name):
        return sorted(entry if isinstance(entry, str) else entry.get("code", entry.get("id"))
                      for entry in incidents.get(name, []))

    return {"new": codes("new"), "changed": codes("changed"), "gone": codes("gone")}


class Equal(Suite):
    """The same page from other orders and by way of another instance."""

    def documents(self, noroshi):
        """The eight documents, and bare incidents, less host name and times of last change."""
        paths = list(DOCUMENTS.values())
        return {path: leveled(noroshi.get(path).json, noroshi.url) for path in paths}

    def imported(self, source):
        noroshi = Installation()
        self.addCleanup(noroshi.close)
        noroshi.command("import", "statuspage", source, timeout_s=600)
        noroshi.start()
        noroshi.settle("/api/v2/incidents.json")
        oldest = min(RealPage().incidents, key=lambda incident: incident["created_at"])["id"]
        eventually(lambda: noroshi.get(f"/incidents/{oldest}.json").status == 200, 120,
                   "the imported page is published")
        return noroshi

    def test_reversed_and_shuffled_sources_give_an_equal_page(self):
        source = RealPage()
        first = self.imported(FOLDER)
        expected = self.documents(first)
        report = report_of(first)
        for name, page in (("reversed", source.reversed()), ("shuffled", source.shuffled(7))):
            with self.subTest(name):
                other = self.imported(page.write(os.path.join(first.folder, name)))
                self.assertEqual(self.documents(other), expected)
                self.assertEqual(report_of(other), report)

    def test_an_instance_imported_from_this_one_s_url_gives_equal_documents(self):
        first = self.imported(FOLDER)
        second = self.imported(first.url)
        expected, found = self.documents(first), self.documents(second)
        for path in expected:
            with self.subTest(path):
                self.assertEqual(found[path], expected[path])
        codes = [incident["id"] for incident in RealPage().incidents]
        for code in codes[::45]:
            mine = leveled(first.get(f"/incidents/{code}.json").json, first.url)
            theirs = leveled(second.get(f"/incidents/{code}.json").json, second.url)
            self.assertEqual(theirs, mine)


def report_of(noroshi):
    return noroshi.json("report", "uptime", "--by", "month", "--from", "2023-03-01",
                        "--to", "2026-08-31")


def leveled(value, url):
    """A document without its host name and times of last change."""
    if isinstance(value, dict):
        return {key: leveled(inner, url) for key, inner in value.items() if key != "updated_at"}
    if isinstance(value, list):
        return [leveled(inner, url) for inner in value]
    if isinstance(value, str) and not TIME.fullmatch(value):
        return re.sub(r"^https?://[^/]+", "", value)
    return value
