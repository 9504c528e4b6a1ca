"""Every path that readers and clients of such pages know answers: as a page, an alias, a
redirect. What is unknown is a real 404. Conditional requests, HEAD, encodings, languages.
"""

import gzip
import re

import larkspur
from installation import Installation, eventually
from suite import Suite, told

PAGES = ["/", "/history", "/history?page=1", "/history?page=2", "/uptime", "/api", "/api/v2",
         "/announcements", f"/uptime/{larkspur.TICKETS}"]
DOCUMENTS = ["/api/v2/summary.json", "/api/v2/status.json", "/api/v2/components.json",
             "/api/v2/incidents.json", "/api/v2/incidents/unresolved.json",
             "/api/v2/scheduled-maintenances.json",
             "/api/v2/scheduled-maintenances/upcoming.json",
             "/api/v2/scheduled-maintenances/active.json",
             f"/uptime/{larkspur.TICKETS}.json", "/beat.json", "/journal.json"]


class Paths(Suite):
    @classmethod
    def setUpClass(cls):
        cls.noroshi = Installation()
        cls.addClassCleanup(cls.noroshi.close)
        clock = larkspur.start(cls.noroshi)
        larkspur.enter_components(cls.noroshi)
        clock.set("2026-03-04T08:00:00Z")
        cls.code = cls.noroshi.json(
            "incident", "create", "--title", "Tickets do not load", "--body", "We look.",
            "--component", f"{larkspur.TICKETS}=partial_outage")["id"]
        eventually(lambda: cls.noroshi.get(f"/incidents/{cls.code}").status == 200, 5,
                   "the incident is published")
        eventually(lambda: cls.noroshi.get("/history/2026-03").status == 200, 5,
                   "its month is published")
        cls.noroshi.published()
        eventually(lambda: cls.code in cls.noroshi.get("/").text, 5, "the front page shows it")
        cls.noroshi.settle("/api/v2/incidents.json")
        link = cls.noroshi.get(f"/incidents/{cls.code}.json").json["shortlink"]
        cls.short = re.sub(r"^https?://[^/]+", "", link)

    def settled(self, path, hops=3):
        """The answer at a path, its redirects followed."""
        answer = self.noroshi.get(path)
        while answer.status in (301, 302, 303, 307, 308) and hops:
            target = re.sub(r"^https?://[^/]+", "", answer.headers["location"])
            answer, hops = self.noroshi.get(target), hops - 1
        return answer

    def test_every_page_answers(self):
        for path in [*PAGES, f"/incidents/{self.code}", self.short, "/history/2026-03"]:
            with self.subTest(path):
                answer = self.settled(path)
                self.assertEqual(answer.status, 200)
                self.assertTrue(answer.headers["content-type"].startswith("text/html"), path)
                self.assertIn("Larkspur Transit", answer.text)

    def test_every_document_answers_to_any_origin(self):
        for path in [*DOCUMENTS, f"/incidents/{self.code}.json"]:
            with self.subTest(path):
                answer = self.noroshi.get(path)
                self.assertEqual(answer.status, 200)
                self.assertEqual(answer.headers["content-type"], "application/json; charset=utf-8")
                self.assertEqual(answer.headers["access-control-allow-origin"], "*")
                answer.json  # It parses.

    def test_the_feeds_have_their_types(self):
        atom, rss = self.noroshi.get("/history.atom"), self.noroshi.get("/history.rss")
        self.assertTrue(atom.headers["content-type"].startswith("application/atom+xml"))
        self.assertTrue(rss.headers["content-type"].startswith("application/rss+xml"))

    def test_what_is_unknown_is_a_real_404(self):
        for path in ["/nothing", "/incidents/nosuchcode00", "/incidents/nosuchcode00.json",
                     "/uptime/nosuchcode00", "/api/v2/nothing.json", "/history/2026-13",
                     "/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd"]:
            with self.subTest(path):
                self.assertEqual(self.noroshi.get(path).status, 404)

    def test_the_operation_answers(self):
        for path in ["/healthz", "/readyz", "/metrics"]:
            with self.subTest(path):
                self.assertEqual(self.noroshi.get(path).status, 200)

    def test_a_head_request_has_the_headers_and_no_body(self):
        for path in ["/", "/api/v2/summary.json", "/history.atom"]:
            with self.subTest(path):
                whole, head = self.noroshi.get(path), self.noroshi.get(path, method="HEAD")
                self.assertEqual((head.status, head.body), (200, b""))
                self.assertEqual(head.headers.get("etag"), whole.headers.get("etag"))
                self.assertEqual(head.headers.get("content-length"),
                                 whole.headers.get("content-length"))

    def test_an_etag_that_still_holds_is_answered_304(self):
        for path in ["/", "/api/v2/summary.json", "/history.rss"]:
            with self.subTest(path):
                etag = self.noroshi.get(path).headers["etag"]
                again = self.noroshi.get(path, {"If-None-Match": etag})
                self.assertEqual((again.status, again.body), (304, b""))
                other = self.noroshi.get(path, {"If-None-Match": '"other"'})
                self.assertEqual(other.status, 200)

    def test_gzip_and_brotli_are_given_to_who_takes_them(self):
        plain = self.noroshi.get("/")
        zipped = self.noroshi.get("/", {"Accept-Encoding": "gzip"})
        self.assertEqual(zipped.headers["content-encoding"], "gzip")
        self.assertEqual(gzip.decompress(zipped.body), plain.body)
        brotli = self.noroshi.get("/", {"Accept-Encoding": "br, gzip"})
        self.assertEqual(brotli.headers["content-encoding"], "br")
        self.assertIn("accept-encoding", zipped.headers["vary"].lower())
        self.assertLessEqual(len(brotli.body), 20_000)

    def test_the_reader_s_language_is_chosen_by_query_path_header_in_this_order(self):
        japanese = {"Accept-Language": "ja,en;q=0.5"}
        self.assertIn('lang="ja"', self.noroshi.get("/", japanese).text)
        self.assertIn('lang="en"', self.noroshi.get("/?locale=en", japanese).text)
        self.assertIn('lang="ja"', self.noroshi.get("/ja/").text)
        self.assertIn('lang="en"', self.noroshi.get("/", {"Accept-Language": "fr"}).text)

    def test_the_sentences_and_class_names_that_readers_and_scrapers_know_are_there(self):
        front = self.noroshi.get("/").text
        read = told(front)
        for words in ["90 days ago", "Today", "100.0 % uptime", "Past Incidents",
                      "No incidents reported."]:
            with self.subTest(words):
                self.assertIn(words, read)
        for words in ["uptimeData",
                      "unresolved-incidents", "component-container", "component-inner-container",
                      f'data-component-id="{larkspur.TICKETS}"', "uptime-90-days-wrapper",
                      f"uptime-component-{larkspur.TICKETS}", "incidents-list"]:
            with self.subTest(words):
                self.assertIn(words, front)

    def test_the_first_page_answers_for_an_unknown_host(self):
        answer = self.noroshi.get("/", {"Host": "nobody.example"})
        self.assertEqual(answer.status, 200)
        self.assertIn("Larkspur Transit", answer.text)
