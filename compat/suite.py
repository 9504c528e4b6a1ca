"""What every suite's cases have: messages that fit a screen, though pages are long."""

import html
import re
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


def told(page):
    """What a reader of an HTML page on a wide screen can read, blanks made one."""
    page = re.sub(r"(?s)<(script|style|title)\b.*?</\1>", " ", page)
    # Figures for narrow screens stand beside those for wide ones.
    page = re.sub(r'<span class="n[36]0">[^<]*</span>', "", page)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", page)))
