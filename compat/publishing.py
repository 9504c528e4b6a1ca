"""What is published: each state at once, only what differs, and on without the database."""

import hashlib
import os
import time

import larkspur
from installation import Installation, Postgres, eventually
from suite import Suite, told

NOW = "2026-03-04T08:00:00Z"
# How soon after readers saw something new the next is shown at the earliest, as the server does.
BURST_REST_S = 0.25
# A page that is not made in less than this by far, and how soon a server ends all the same.
PARTS = 2_000
END_S = 5


def larkspur_page(case, database=None):
    """The page of the contract on a server with a driven clock; gives installation and clock."""
    noroshi = Installation(database=database)
    case.addCleanup(noroshi.close)
    clock = larkspur.start(noroshi)
    larkspur.enter_components(noroshi)
    clock.set(NOW)
    noroshi.published()
    return noroshi, clock


def opened(title):
    return {"open_incident": {"kind": "incident", "fields": {"name": {"en": title}},
                              "update": {"body": {"en": "We look."}}}}


def files(noroshi):
    """Every published file: its inode and its hash."""
    found = {}
    for folder, _, names in os.walk(os.path.join(noroshi.data, "published")):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                body = file.read()
            found[path] = (os.stat(path).st_ino, hashlib.sha256(body).hexdigest())
    return found


class Ending(Suite):
    def test_a_server_ends_soon_though_a_large_page_is_being_made(self):
        noroshi = Installation()
        self.addCleanup(noroshi.close)
        parts = "".join(f'[[page.component]]\ncode = "part{number}"\nname = "Part {number}"\n'
                        "showcase = true\n" for number in range(PARTS))
        page = '[[page]]\ncode = "largepage"\nname = "Large"\nzone = "UTC"\n' \
               f'default_locale = "en"\nlocales = ["en", "ja"]\n{parts}'
        file = os.path.join(noroshi.folder, "page.toml")
        with open(file, "w") as out:
            out.write(page)
        noroshi.command("apply", file)
        noroshi.start()
        # It is being made: readers do not see it yet, and see it only when it is whole.
        self.assertEqual(noroshi.get("/api/v2/status.json").status, 404)
        began = time.monotonic()
        self.assertEqual(noroshi.stop(), 0)
        taken_s = time.monotonic() - began
        self.assertLess(taken_s, END_S)
        print(f"   ended after {taken_s:.1f} s", end="", flush=True)


class EachStateAtOnce(Suite):
    def test_no_two_documents_are_of_different_states(self):
        noroshi, _ = larkspur_page(self)
        control = noroshi.control(larkspur.PAGE)
        documents = ["/", "/api/v2/incidents.json", "/history", "/api/v2/summary.json"]
        for number in range(12):
            title = f"Round number {number} of trouble"
            seq = control.ask(opened(title))["seq"]
            seen = False
            end = time.monotonic() + 10
            while not seen:
                self.assertLess(time.monotonic(), end, f"{title} is not published")
                for path in documents:
                    # Whoever saw the beat sees everything of its state, and the other way round.
                    had_beaten = noroshi.get("/beat.json").json["seq"] >= seq
                    shows = title in noroshi.get(path).text
                    has_beaten = noroshi.get("/beat.json").json["seq"] >= seq
                    self.assertFalse(had_beaten and not shows, f"{path} trails the beat")
                    self.assertFalse(shows and not has_beaten, f"{path} is ahead of the beat")
                    seen = seen or had_beaten
        control.close()

    def test_many_changes_in_a_row_are_shown_a_few_times_a_second(self):
        noroshi, _ = larkspur_page(self)
        control = noroshi.control(larkspur.PAGE)
        before = noroshi.get("/beat.json").json["seq"]
        began = time.monotonic()
        shown, last = {before}, before
        for number in range(40):
            last = control.ask(opened(f"Trouble {number}"))["seq"]
            shown.add(noroshi.get("/beat.json").json["seq"])
        written_s = time.monotonic() - began
        eventually(lambda: noroshi.get("/beat.json").json["seq"] == last, 10, "the last is shown")
        control.close()
        most = written_s / BURST_REST_S + 2
        self.assertLessEqual(len(shown) - 1, most, f"{len(shown)} states in {written_s:.2f} s")

    def test_a_lone_change_is_shown_at_once(self):
        noroshi, _ = larkspur_page(self)
        control = noroshi.control(larkspur.PAGE)
        taken = []
        for number in range(7):
            time.sleep(2 * BURST_REST_S)
            seq = control.ask(opened(f"Trouble {number}"))["seq"]
            began = time.monotonic()
            eventually(lambda seq=seq: noroshi.get("/beat.json").json["seq"] >= seq, 5, "shown")
            taken.append(time.monotonic() - began)
        control.close()
        print(f"   commit to visible, the median of 7: {sorted(taken)[3] * 1000:.0f} ms")


class OnlyWhatDiffers(Suite):
    def test_a_file_is_made_again_only_where_its_bytes_differ(self):
        noroshi, clock = larkspur_page(self)
        code = noroshi.json("incident", "create", "--title", "Slow", "--body", "We look.",
                            "--component", f"{larkspur.TICKETS}=degraded_performance")["id"]
        noroshi.published()
        before = files(noroshi)
        clock.set("2026-03-04T08:00:40Z")
        noroshi.command("incident", "update", code, "--body", "We found it.")
        noroshi.published()
        after = files(noroshi)
        made = [path for path in after if after[path][0] != before.get(path, (0, ""))[0]]
        for path in made:
            self.assertNotEqual(after[path][1], before.get(path, (0, ""))[1], f"{path} is the same")
        for path in set(before) & set(after) - set(made):
            self.assertEqual(after[path], before[path])
        names = {os.path.relpath(path, noroshi.data) for path in made}
        page = f"published/{larkspur.PAGE}"
        for name in ("index.html", f"incidents/{code}.json", "api/v2/summary.json", "beat.json"):
            self.assertIn(f"{page}/{name}", names)
        for name in ("404.html", "api/index.html", "announcements/index.html"):
            self.assertNotIn(f"{page}/{name}", names)
        self.assertLess(len(made), len(after) / 2, "most files say the same as before")


class WithoutTheDatabase(Suite):
    def test_the_server_starts_from_the_folder_and_goes_on_when_the_database_comes(self):
        with Postgres() as postgres:
            noroshi, clock = larkspur_page(self, postgres.new_database())
            front = noroshi.get("/").text
            noroshi.stop()
            postgres.kill()
            clock.set("2026-03-04T08:00:30Z")
            noroshi.start()
            self.assertLess(noroshi.start_s, 2, "the folder is served at once")
            self.assertIn("Trip planner", noroshi.get("/").text)
            self.assertEqual(noroshi.get("/").text, front)
            refused = noroshi.command("component", "status", larkspur.PLANNER, "major_outage",
                                      expect=5)
            self.assertEqual(refused, "")
            self.check_stale(noroshi, clock)
            postgres.start()
            eventually(lambda: "last confirmed" not in noroshi.get("/").text, 10, "it is fresh")
            noroshi.command("component", "status", larkspur.PLANNER, "major_outage")
            eventually(lambda: "major_outage" in noroshi.get("/api/v2/components.json").text, 5,
                       "what was written is on the page")
            noroshi.command("verify")

    def check_stale(self, noroshi, clock):
        """After a minute pages say, in each language, that they can not be updated."""
        clock.set("2026-03-04T08:02:30Z")
        eventually(lambda: "last confirmed at 08:00 UTC" in noroshi.get("/?locale=en").text, 10,
                   "the page says that it is stale")
        japanese = told(noroshi.get("/?locale=ja").text)
        self.assertIn("8:00 UTC 時点の状況です", japanese)
        self.assertNotIn("lead ok", noroshi.get("/").text)

    def test_a_running_server_says_so_after_a_minute_and_stops_saying_it(self):
        with Postgres() as postgres:
            noroshi, clock = larkspur_page(self, postgres.new_database())
            self.assertNotIn("last confirmed", noroshi.get("/?locale=en").text)
            postgres.kill()
            clock.set("2026-03-04T08:00:20Z")
            time.sleep(1)
            self.assertNotIn("last confirmed", noroshi.get("/?locale=en").text)
            self.check_stale(noroshi, clock)
            postgres.start()
            eventually(lambda: "last confirmed" not in noroshi.get("/?locale=en").text, 10,
                       "the page is fresh again")

    def test_an_empty_installation_answers_quickly(self):
        noroshi = Installation()
        self.addCleanup(noroshi.close)
        taken = []
        for _ in range(5):
            noroshi.start()
            taken.append(noroshi.start_s)
            noroshi.stop()
        print(f"   start to first answer, the median of 5: {sorted(taken)[2] * 1000:.0f} ms")
        self.assertLess(sorted(taken)[2], 1)


class Notices(Suite):
    """What is said outside the record, with the database gone."""

    def posted(self, noroshi, *options):
        return noroshi.json("notice", "--text", "The lights are out.\nWe are on our way.",
                            "--component", f"{larkspur.PLANNER}=major_outage", "--until", "2h",
                            *options)["id"]

    def check_shown(self, page, incident):
        self.assertIn("The lights are out.", page)
        self.assertIn("Posted outside the record", page)
        self.assertIn("Mar 4, 10:", page)
        self.assertIn("Major Outage", page)
        self.assertIn("We are on our way.", incident)

    def test_with_the_database_gone_a_server_shows_it_and_it_ends_by_itself(self):
        with Postgres() as postgres:
            noroshi, clock = larkspur_page(self, postgres.new_database())
            postgres.kill()
            code = self.posted(noroshi)
            eventually(lambda: "The lights are out." in noroshi.get("/?locale=en").text, 2,
                       "it is on the page within two seconds")
            self.check_shown(told(noroshi.get("/?locale=en").text),
                             told(noroshi.get(f"/incidents/{code}?locale=en").text))
            self.assertIn("記録システムの外から", noroshi.get("/?locale=ja").text)
            self.assertIn("major_outage", noroshi.get("/api/v2/summary.json").text)
            clock.set("2026-03-04T10:00:01Z")
            eventually(lambda: "The lights are out." not in noroshi.get("/?locale=en").text, 5,
                       "it ended by itself")
            # Whether the record knows such an incident can not be said while it is away.
            self.assertEqual(noroshi.get(f"/incidents/{code}").status, 503)
            self.check_offered(noroshi, postgres, code)

    def check_offered(self, noroshi, postgres, code):
        """The record is back: the log names the notice, and it can be taken over."""
        postgres.start()
        eventually(lambda: f"notice adopt {code}" in noroshi.log(), 10, "it is offered")
        self.assertIn(code, noroshi.command("notice", "list"))
        adopted = noroshi.json("notice", "adopt", code)["id"]
        self.assertEqual(adopted, code)
        eventually(lambda: noroshi.get(f"/incidents/{code}").status == 200, 5, "an incident")
        incident = noroshi.get(f"/incidents/{code}?locale=en").text
        self.assertIn("We are on our way.", incident)
        self.assertNotIn("Posted outside the record", incident)
        self.assertEqual(noroshi.command("notice", "list"), "")
        noroshi.command("notice", "end", code, expect=4)
        noroshi.command("verify", "--full")

    def test_without_a_server_the_files_are_made_again(self):
        noroshi, _ = larkspur_page(self)
        copy = os.path.join(noroshi.folder, "copy")
        noroshi.command("publish", "--to", copy)
        noroshi.stop()
        for at, folder in ((noroshi.data, os.path.join(noroshi.data, "published", larkspur.PAGE)),
                           (copy, copy)):
            with self.subTest(at):
                os.rename(os.path.join(noroshi.data, "record.db"),
                          os.path.join(noroshi.data, "away.db"))
                code = self.posted(noroshi, "--at", at)
                self.check_shown(told(text(folder, "index.html")),
                                 told(text(folder, "incidents", code, "index.html")))
                noroshi.command("notice", "end", code, "--at", at)
                self.assertNotIn("The lights are out.", text(folder, "index.html"))
                self.assertFalse(os.path.exists(os.path.join(folder, "incidents", code)))
                os.rename(os.path.join(noroshi.data, "away.db"),
                          os.path.join(noroshi.data, "record.db"))

    def test_through_the_socket_and_what_can_not_be(self):
        noroshi, _ = larkspur_page(self)
        socket = os.path.join(noroshi.data, "control.sock")
        self.posted(noroshi, "--at", socket)
        eventually(lambda: "The lights are out." in noroshi.get("/?locale=en").text, 2, "shown")
        noroshi.command("notice", "--text", "x", "--until", "1h", "--component",
                        "nothing=major_outage", expect=4)
        noroshi.command("notice", "--text", " ", "--until", "1h", expect=2)
        noroshi.command("notice", "--text", "x", "--until", "2020-01-01T00:00:00Z", expect=2)
        noroshi.command("notice", "--text", "x", "--until", "1h", "--at", "/nowhere/else", expect=5)
        noroshi.stop()
        noroshi.command("notice", "--text", "x", "--until", "1h", "--at", socket, expect=5)


def text(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()
