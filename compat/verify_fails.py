"""`verify` can fail: one flipped byte in a payload, a header, a signature, a claim row or an
incident row is found and named, with the exit code of a fault.
"""

import contextlib
import os
import shutil
import sqlite3

import larkspur
from installation import Installation
from suite import Suite

FAULT = 6


def flipped(value):
    """The same value with one letter or byte changed, its length kept."""
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

    def test_a_row_that_vanished_is_named(self):
        with Installation() as copy:
            shutil.copytree(self.noroshi.data, copy.data,
                            ignore=shutil.ignore_patterns("*.sock"))
            record = os.path.join(copy.data, "record.db")
            with contextlib.closing(sqlite3.connect(record)) as database, database:
                database.execute("delete from facts where kind = 'update'")
            out = copy.command("verify", "--full", expect=FAULT)
            self.assertIn("update", (out + copy.last_err).lower())
