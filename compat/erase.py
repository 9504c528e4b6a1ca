"""Erasing removes words from everywhere: tables, journal, search, published files, feeds, and
the write-ahead log; what happened and when stays, and `verify` is content.
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
            with open(whole, "rb") as file:
                content = file.read()
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
