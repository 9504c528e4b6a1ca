"""Erasing removes words from everywhere: tables, journal, search, published files, feeds, and
the write-ahead log; what happened and when stays, and `verify` is content. Of a deleted incident
the public journal says so without its words; of a deleted page the chain alone is left after 30
days.
"""

import gzip
import os
import subprocess

import larkspur
from installation import Installation, Postgres, eventually
from suite import Suite

SECRET = "Wolpertinger"
JAPANESE = "秘密の顧客名簿"
DOCUMENTS = ["/", "/history", "/history.atom", "/history.rss", "/api/v2/incidents.json",
             "/api/v2/summary.json", "/journal.json"]


def holding(folder):
    """The files under a folder that hold the words, packed ones unpacked."""
    found = []
    for path, _, names in os.walk(folder):
        for name in names:
            whole = os.path.join(path, name)
            if not os.path.isfile(whole):
                continue
            try:
                with open(whole, "rb") as file:
                    content = file.read()
            except FileNotFoundError:
                continue  # It went while the folder was walked.
            if name.endswith(".gz"):
                content = gzip.decompress(content)
            if SECRET.encode() in content or JAPANESE.encode() in content:
                found.append(os.path.relpath(whole, folder))
    return found


class Erase(Suite):
    def told(self, noroshi):
        """Enters an incident whose first text must go; gives its code and that update's."""
        larkspur.enter_components(noroshi)
        answer = noroshi.json(
            "incident", "create", "--title", "Orders are late",
            "--body", f"Orders of {SECRET} are late. {JAPANESE}",
            "--component", f"{larkspur.PLANNER}=degraded_performance")
        code, update = answer["id"], answer["update_id"]
        noroshi.command("incident", "update", code, "--body", "We are on it.")
        eventually(lambda: SECRET in noroshi.get(f"/incidents/{code}").text, 5, "published")
        noroshi.published()
        return code, update

    def erase(self, noroshi, code, update):
        noroshi.command("incident", "erase", code, update)
        for path in [*DOCUMENTS, f"/incidents/{code}", f"/incidents/{code}.json"]:
            for language in ("en", "ja"):
                eventually(lambda: self.clean(noroshi, path, language), 10, f"{path} is clean")

    def clean(self, noroshi, path, language):
        text = noroshi.get(path, {"Accept-Language": language}).text
        return SECRET not in text and JAPANESE not in text

    def remains(self, noroshi, code, update):
        """The update keeps its time and status, and says that it was erased."""
        told = noroshi.get(f"/incidents/{code}.json").json["incident_updates"]
        self.assertEqual([u["status"] for u in told], ["investigating", "investigating"])
        self.assertIn(update, [u["id"] for u in told])
        self.assertEqual(told[0]["body"], "We are on it.")
        self.assertIn("erased", noroshi.get(f"/incidents/{code}?locale=en").text.lower())
        noroshi.command("verify", "--full")

    def test_on_sqlite_no_file_of_the_folder_holds_the_words_any_more(self):
        with Installation() as noroshi:
            noroshi.start()
            code, update = self.told(noroshi)
            self.assertTrue([name for name in holding(noroshi.data) if "record.db" in name],
                            "this test would not see the words in the record")
            # Readers are first, the folder follows.
            eventually(lambda: [name for name in holding(noroshi.data) if "published" in name], 5,
                       "this test sees the words in the published folder")
            self.erase(noroshi, code, update)
            eventually(lambda: not holding(noroshi.data), 10,
                       f"no file holds the words: {holding(noroshi.data)}")
            self.remains(noroshi, code, update)
            # Nor does what a stop writes, nor what the next start makes anew.
            noroshi.stop()
            self.assertEqual(holding(noroshi.data), [])
            noroshi.start()
            self.remains(noroshi, code, update)
            self.assertEqual(holding(noroshi.data), [])

    def test_on_postgres_no_table_holds_the_words_any_more(self):
        with Postgres() as postgres:
            url = postgres.new_database()
            with Installation(database=url) as noroshi:
                noroshi.start()
                code, update = self.told(noroshi)
                self.assertIn(SECRET, self.dump(postgres, url))
                self.erase(noroshi, code, update)
                found = self.dump(postgres, url)
                self.assertNotIn(SECRET, found)
                self.assertNotIn(JAPANESE, found)
                eventually(lambda: not holding(noroshi.data), 10, "no published file holds them")
                self.remains(noroshi, code, update)

    def dump(self, postgres, url):
        done = subprocess.run([os.path.join(postgres.bin, "pg_dump"), "--data-only", url],
                              capture_output=True, text=True, check=True)
        text = done.stdout
        # Bytes stand in hexadecimal digits there.
        for word in (SECRET, JAPANESE):
            if word.encode().hex() in text:
                text += word
        return text

    def test_of_a_deleted_incident_the_public_journal_says_when_and_why_and_nothing_else(self):
        with Installation() as noroshi:
            noroshi.start()
            code, _ = self.told(noroshi)
            self.assertIn(SECRET, noroshi.get("/journal.json").text)
            noroshi.command("incident", "delete", code, "--reason", "it never was")
            eventually(lambda: noroshi.get(f"/incidents/{code}").status == 404, 10, "hidden")
            eventually(lambda: self.clean(noroshi, "/journal.json", "en"), 10, "withheld")
            told = noroshi.get("/journal.json").json
            self.assertNotIn(code, [entry.get("payload", {}).get("subject")
                                    for entry in told["entries"]])
            last = told["entries"][-1]
            self.assertEqual((last["audience"], last["payload"]["action"],
                              last["payload"]["reason"], last["payload"]["changes"]),
                             ("public", "deletion_told", "it never was", []))
            self.assertEqual(len(told["entries"]), told["seq"], "every header is there")
            noroshi.command("incident", "restore", code)
            eventually(lambda: noroshi.get(f"/incidents/{code}").status == 200, 10, "back")
            noroshi.command("verify", "--full")

    def purged(self, noroshi, holding_words):
        """Hides a page for thirty days, brings it back on the last, and lets it go the next time."""
        clock = larkspur.start(noroshi, "2026-03-04T09:00:00Z")
        self.told(noroshi)
        self.assertTrue(holding_words(), "this test would not see the words")
        noroshi.command("page", "delete", larkspur.PAGE)
        clock.set("2026-04-03T08:59:00Z")
        noroshi.command("page", "restore", larkspur.PAGE)
        noroshi.command("page", "delete", larkspur.PAGE)
        clock.set("2026-05-03T08:58:00Z")
        eventually(lambda: noroshi.get("/").status == 404, 10, "hidden")
        self.assertTrue(noroshi.json("page", "list"), "it goes only when the days are over")
        clock.set("2026-05-03T08:59:01Z")
        eventually(lambda: not noroshi.json("page", "list"), 10, "gone")
        eventually(lambda: not holding_words(), 10, f"no word is left: {holding_words()}")
        noroshi.command("page", "restore", larkspur.PAGE, expect=4)
        noroshi.command("page", "create", "--code", larkspur.PAGE, "--name", "Again", expect=3)
        noroshi.command("verify", "--full")
        noroshi.stop()
        noroshi.start()
        # What was being published when it ended goes with the first look at the record.
        eventually(lambda: not holding_words(), 10, f"no word comes back: {holding_words()}")

    def test_thirty_days_after_a_page_was_deleted_no_file_holds_its_words(self):
        with Installation() as noroshi:
            self.purged(noroshi, lambda: holding(noroshi.data))

    def test_thirty_days_after_a_page_was_deleted_no_table_holds_its_words(self):
        with Postgres() as postgres:
            url = postgres.new_database()
            with Installation(database=url) as noroshi:
                self.purged(noroshi, lambda: SECRET in self.dump(postgres, url))
