"""`verify` can fail: one flipped value in a payload, a header, a signature, a row of facts and each
of its columns, search, a kept answer or a key is found and named, with the exit code of a fault.
A head seen elsewhere is on our chain or not, with an exit code of its own.
"""

import contextlib
import json
import os
import shutil
import sqlite3

import larkspur
from installation import Installation, eventually
from suite import Suite

FAULT = 6
OFF_CHAIN = 7


def flipped(value):
    """The same value with one letter, byte or bit changed, its length kept."""
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, bytes):
        place = len(value) // 2
        return value[:place] + bytes([value[place] ^ 1]) + value[place + 1:]
    if '"signature":"' in value:
        place = value.index('"signature":"') + len('"signature":"') + 8
    # A letter inside a text, so that what was JSON still is.
    else:
        reach = value[: len(value) * 3 // 4 + 1]
        place = max(number for number, letter in enumerate(reach) if letter.isalnum())
    other = {"9": "8", "z": "y"}.get(value[place], chr(ord(value[place]) + 1))
    return value[:place] + other + value[place + 1:]


class VerifyFails(Suite):
    @classmethod
    def setUpClass(cls):
        cls.noroshi = Installation()
        cls.addClassCleanup(cls.noroshi.close)
        larkspur.enter_components(cls.noroshi)
        cls.code = cls.noroshi.json(
            "incident", "create", "--title", "Tickets do not load", "--body", "We look.",
            "--component", f"{larkspur.TICKETS}=partial_outage")["id"]
        cls.noroshi.command("component", "status", larkspur.PLANNER, "degraded_performance")
        # Answers are kept of commands that have a code.
        cls.noroshi.command("incident", "update", cls.code, "--body", "We are on it.",
                            "--command-id", "aaaaaaaaaaaa")
        cls.noroshi.command("verify", "--full")

    def check(self, table, column, where, names):
        """Flips a byte of a copy, and has it verified."""
        with Installation() as copy:
            shutil.copytree(self.noroshi.data, copy.data,
                            ignore=shutil.ignore_patterns("*.sock"))
            copy.command("verify", "--full")
            record = os.path.join(copy.data, "record.db")
            with contextlib.closing(sqlite3.connect(record)) as database, database:
                (old,) = database.execute(
                    f"select {column} from {table} where {where}"
                    f" and {column} is not null limit 1").fetchone()
                database.execute(f"update {table} set {column} = ? where {column} = ?",
                                 (flipped(old), old))
            out = copy.command("verify", "--full", expect=FAULT)
            told = (out + copy.last_err).lower()
            self.assertTrue(any(name in told for name in names), told)

    def test_a_flipped_byte_in_a_payload_is_named(self):
        self.check("journal", "payload", "seq = 3", ["3"])

    def test_a_flipped_byte_in_a_header_is_named(self):
        self.check("journal", "header", "seq = 4", ["4"])

    def test_a_flipped_byte_in_a_signature_is_named(self):
        self.check("heads", "head", "1 = 1", ["signature", "signed", "head"])

    def test_a_flipped_byte_in_a_claim_row_is_named(self):
        self.check("facts", "body", "kind = 'claim'", ["claim"])

    def test_a_flipped_byte_in_an_incident_row_is_named(self):
        self.check("facts", "body", "kind = 'incident'", ["incident"])

    def test_a_flipped_bit_in_any_column_of_a_fact_is_named(self):
        for column in ("owner", "holder", "from_us", "to_us"):
            with self.subTest(column):
                self.check("facts", column, "kind = 'claim' and holder <> ''", ["claim row"])

    def test_a_flipped_bit_in_the_time_of_a_journal_row_is_named(self):
        self.check("journal", "at_us", "seq = 3", ["entry 3: it stands in the wrong place"])

    def test_a_flipped_byte_in_search_is_named(self):
        named = [f"search of incident {self.code}"]
        self.check("search", "gram", f"length(gram) = 2 and incident_id = '{self.code}'", named)
        self.check("search_texts", "body", f"incident_id = '{self.code}'", named)

    def test_a_flipped_byte_in_a_kept_answer_is_named(self):
        for column in ("answer", "at_us"):
            with self.subTest(column):
                self.check("answers", column, "command_id = 'aaaaaaaaaaaa'",
                           ["answer to command aaaaaaaaaaaa"])

    def test_a_flipped_byte_in_a_public_key_is_named(self):
        self.check("settings", "value", "key like 'signing_public_%'", ["public key"])

    def test_a_row_that_vanished_is_named(self):
        with Installation() as copy:
            shutil.copytree(self.noroshi.data, copy.data,
                            ignore=shutil.ignore_patterns("*.sock"))
            record = os.path.join(copy.data, "record.db")
            with contextlib.closing(sqlite3.connect(record)) as database, database:
                database.execute("delete from facts where kind = 'update'")
            out = copy.command("verify", "--full", expect=FAULT)
            self.assertIn("update", (out + copy.last_err).lower())

    def test_a_head_seen_elsewhere_is_on_our_chain_or_it_is_not(self):
        with Installation() as copy, Installation() as stranger:
            shutil.copytree(self.noroshi.data, copy.data,
                            ignore=shutil.ignore_patterns("*.sock"))
            record = os.path.join(copy.data, "record.db")
            early = os.path.join(copy.folder, "early.db")
            shutil.copy(record, early)
            copy.start()
            copy.command("incident", "update", self.code, "--body", "It is mended.")
            eventually(lambda: copy.get("/beat.json").status == 200, 10, "the page is published")
            copy.published()
            beat = copy.get("/beat.json")
            seen = os.path.join(copy.folder, "beat.json")
            with open(seen, "wb") as file:
                file.write(beat.body)
            seq = beat.json["seq"]
            # Named by address, file and text, alone or in its beat; later entries follow it.
            copy.command("incident", "resolve", self.code, "--body", "Over.")
            for named in (copy.url + "/beat.json", seen, beat.text,
                          json.dumps(beat.json["head"])):
                out = copy.command("verify", "--against", named)
                self.assertIn("is on our chain; its signature is of our key", out)
            copy.stop()
            # A record that was set back lacks it, and one that went on otherwise has another.
            for name in ("record.db", "record.db-wal", "record.db-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.remove(os.path.join(copy.data, name))
            shutil.copy(early, record)
            out = copy.command("verify", "--against", seen, expect=OFF_CHAIN)
            self.assertIn(f"our record ends at entry {seq - 1}", out)
            copy.command("incident", "update", self.code, "--body", "Another.")
            out = copy.command("verify", "--against", seen, expect=OFF_CHAIN)
            self.assertIn("another one here", out)
            told = json.loads(copy.command("verify", "--against", seen, "--json",
                                           expect=OFF_CHAIN))
            self.assertEqual(told["against"]["place"], "beside")
            larkspur.enter_components(stranger)
            changed = beat.text.replace('"page":"', '"page":"x')
            out = stranger.command("verify", "--against", changed, expect=OFF_CHAIN)
            self.assertIn("is not here; its signature is of a key that is not known here", out)
            stranger.command("verify", "--against", os.devnull, expect=2)
