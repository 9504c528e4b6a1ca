"""Bad input: a message with place and remedy, the documented exit code or status, and the
page's revision unchanged.
"""

import json
import os
import random
import urllib.error
import urllib.request

import larkspur
from installation import OPENER, Installation, Refused, eventually, fetch
from suite import Suite


class BadInput(Suite):
    @classmethod
    def setUpClass(cls):
        cls.noroshi = Installation()
        cls.addClassCleanup(cls.noroshi.close)
        cls.noroshi.start()
        larkspur.enter_components(cls.noroshi)
        eventually(lambda: "Trip planner" in cls.noroshi.get("/").text, 5, "published")

    def seq(self):
        return self.noroshi.page()["seq"]

    def refused(self, code, *arguments, says=(), **options):
        before = self.seq()
        self.noroshi.command(*arguments, expect=code, **options)
        message = self.noroshi.last_err
        for words in says:
            self.assertIn(words, message)
        self.assertNotIn("panicked", message)
        self.assertEqual(self.seq(), before, "the page was changed")

    def source(self, name, **files):
        folder = os.path.join(self.noroshi.folder, name)
        os.makedirs(folder)
        for file_name, text in files.items():
            with open(os.path.join(folder, file_name.replace("_", ".")), "w",
                      encoding="utf-8") as file:
                file.write(text)
        return folder

    def test_an_impossible_date(self):
        self.refused(2, "report", "uptime", "--by", "day", "--from", "2026-02-30",
                     "--to", "2026-03-01", says=["2026-02-30"])

    def test_an_unknown_zone(self):
        self.refused(2, "page", "update", "--zone", "Mars/Olympus", says=["Mars/Olympus"])

    def test_a_duplicate_code(self):
        self.refused(3, "component", "create", "--code", larkspur.PLANNER, "--name", "Twice",
                     says=[larkspur.PLANNER])

    def test_a_code_that_is_none(self):
        self.refused((2, 3), "component", "create", "--code", "Not A Code!", "--name", "Bad")

    def test_an_unknown_component(self):
        self.refused(4, "component", "status", "nosuchcode00", "major_outage",
                     says=["nosuchcode00"])

    def test_an_unknown_status(self):
        self.refused(2, "component", "status", larkspur.PLANNER, "exploded", says=["exploded"])

    def test_a_window_that_ends_before_it_begins(self):
        self.refused(3, "maintenance", "create", "--title", "Backwards",
                     "--from", "2027-03-04T10:00:00Z", "--until", "2027-03-04T09:00:00Z",
                     "--component", larkspur.PLANNER)

    def test_a_text_of_ten_megabytes(self):
        before, control = self.seq(), self.noroshi.control(larkspur.PAGE)
        with self.assertRaises(Refused) as refusal:
            control.ask({"open_incident": {
                "kind": "incident", "fields": {"name": {"en": "Long"}},
                "update": {"body": {"en": "x" * 10_000_000}}}})
        self.assertEqual(refusal.exception.exit, "refused")
        self.assertIn("10000000", str(refusal.exception))
        self.assertEqual(self.seq(), before)
        control.close()

    def test_an_unknown_command(self):
        self.refused(2, "incident", "celebrate")

    def test_a_malformed_line_is_named(self):
        good = json.dumps({"id": "abc123abc123", "name": "x"})
        folder = self.source("malformed", incidents_jsonl=good + "\n{\"id\": \n")
        self.refused(2, "import", "statuspage", folder, says=["incidents.jsonl", "line"])

    def test_an_impossible_time_in_a_source_is_named(self):
        source = {"page": larkspur.document("summary.json")["page"],
                  "incidents": larkspur.document("incidents.json")["incidents"]}
        text = json.dumps(source).replace("2026-03-04T09:12:40.290Z", "2026-13-45T09:12:40.290Z")
        folder = self.source("impossible", incidents_json=text)
        self.refused(2, "import", "statuspage", folder, says=["incidents.json"])

    def test_an_empty_folder_and_a_missing_one(self):
        self.refused(2, "import", "statuspage", self.source("empty"))
        self.refused(2, "import", "statuspage", "/nowhere/at/all")

    def test_a_cyclic_file(self):
        folder = self.source("cyclic")
        os.symlink("incidents.jsonl", os.path.join(folder, "incidents.jsonl"))
        self.refused(2, "import", "statuspage", folder, says=["incidents.jsonl"])

    def test_a_body_of_ten_megabytes_over_http(self):
        for method in ("GET", "POST", "PUT"):
            before = self.seq()
            try:
                status = self.posted(method, b"x" * 10_000_000)
            except OSError:
                status = 413  # It hung up on us, which is an answer too.
            self.assertIn(status, (200, 400, 404, 405, 413))
            self.assertEqual(self.seq(), before)

    def posted(self, method, body):
        request = urllib.request.Request(self.noroshi.url + "/", data=body, method=method)
        try:
            with OPENER.open(request, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            return refused.code

    def test_no_request_path_is_a_500(self):
        chance = random.Random(11)
        letters = "abc/.%?&=#;:@!$'()*+,-_~0123456789ABCF[]{}|^`\"<>"
        known = ["/incidents/", "/history?page=", "/uptime/", "/api/v2/", "/history/", "/i/",
                 "/?locale=", "/ja/", "/incidents/%", "/history?month="]
        for number in range(600):
            tail = "".join(chance.choice(letters) for _ in range(chance.randrange(24)))
            path = chance.choice(["/", *known]) + tail
            path = path.replace("#", "%23").replace(" ", "%20")
            try:
                answer = fetch(self.noroshi.url + path)
            except (OSError, ValueError) as error:
                if "refused" in str(error):
                    raise
                continue  # Our own client would not send it, or was hung up on.
            self.assertLess(answer.status, 500, path)
        self.assertEqual(self.noroshi.get("/healthz").status, 200)

    def test_pages_of_history_that_no_calendar_has_are_no_fault(self):
        for number in ("0", "-1", "99999999999999999999", "x", "1e9", "4000", ""):
            answer = self.noroshi.get(f"/history?page={number}")
            self.assertIn(answer.status, (200, 301, 302, 400, 404), number)
            answer = self.noroshi.get(f"/uptime/{larkspur.PLANNER}.json?page={number}")
            self.assertIn(answer.status, (200, 400, 404), number)
