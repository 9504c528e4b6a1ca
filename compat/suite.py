"""What every suite's cases have: messages that fit a screen, though pages are long."""

import unittest

SHOWN = 400


class Suite(unittest.TestCase):
    """A test case whose messages cut long texts short."""

    def assertIn(self, member, container, msg=None):
        if member not in container:
            self.fail(f"{short(member)} is not in {short(container)} {msg or ''}")

    def assertNotIn(self, member, container, msg=None):
        if member in container:
            around = ""
            if isinstance(container, str):
                place = container.index(member)
                around = container[max(0, place - 80): place + 80]
            self.fail(f"{short(member)} is in {short(container)} {around} {msg or ''}")


def short(value):
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"
