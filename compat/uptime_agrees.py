"""The seconds of downtime agree wherever they stand: in the report, in what an independent
script works out of the source, behind the bars and popups of the page, in `/uptime/CODE.json`.
"""

import datetime
import json
import os
import re
import subprocess
import sys

import larkspur
from installation import Installation
from real_page import FOLDER, RealPage
from suite import Suite

HERE = os.path.dirname(os.path.abspath(__file__))
# While the record was still young: the bars of that day reach back into it.
NOW = "2026-08-22T12:00:00Z"
TODAY = datetime.date(2026, 8, 22)
COLOURS = {"green": (0x2F, 0xCC, 0x66), "yellow": (0xF1, 0xC4, 0x0F),
           "orange": (0xE6, 0x7E, 0x22), "red": (0xE7, 0x4C, 0x3C)}


def braced(text, begins):
    """The JSON object that begins at the first brace after `begins`: braces are counted."""
    start = text.index("{", re.search(begins, text).end() - 1)
    return json.JSONDecoder().raw_decode(text[start:])[0]


def cut(fraction):
    """A percentage as it is shown: cut to two decimals, at least one."""
    text = f"{int(fraction * 10_000 + 1e-9) / 100:.2f}"
    return text[:-1] if text.endswith("0") else text


def uptime(days):
    """The formula over whole days (reference 4.2): (partial, major) seconds of each."""
    lost = sum(major + 0.3 * partial for partial, major in days)
    return 1 - lost / (86_400 * len(days))


class UptimeAgrees(Suite):
    @classmethod
    def setUpClass(cls):
        cls.source = RealPage()
        cls.noroshi = Installation()
        cls.addClassCleanup(cls.noroshi.close)
        larkspur.start(cls.noroshi, NOW)
        cls.noroshi.command("import", "statuspage", FOLDER, timeout_s=300)
        cls.noroshi.published()
        cls.components = {c["id"]: c for c in cls.source.components["components"]}
        report = cls.report("day", "2023-03-01", str(TODAY))
        cls.seconds = {(row["component"], row["date"]): row for row in report["days"]}

    @classmethod
    def report(cls, by, first, last):
        return cls.noroshi.json("report", "uptime", "--by", by, "--from", first, "--to", last,
                                timeout_s=120)

    def reported(self, code, date):
        row = self.seconds.get((code, str(date)), {})
        return row.get("partial_outage_s", 0), row.get("major_outage_s", 0)

    def last_days(self, code, count):
        """The report's seconds of the last days that count for a component, today included."""
        start = self.components[code]["start_date"] or "0000"
        days = [TODAY - datetime.timedelta(days=number) for number in range(count)]
        return [self.reported(code, day) for day in days if str(day) >= start]

    def test_the_report_agrees_with_seconds_worked_out_independently(self):
        path = os.path.join(self.noroshi.folder, "report.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.report("day", "2023-03-01", str(TODAY)), file)
        done = subprocess.run(
            [sys.executable, os.path.join(HERE, "uptime_oracle.py"), FOLDER,
             "--from", "2023-03-01", "--to", str(TODAY), "--now", NOW, "--compare", path],
            capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        compared = json.loads(done.stdout.strip().splitlines()[-1])
        self.assertGreater(compared["seconds_compared"], 1_000_000)

    def test_the_popups_data_agrees_with_the_report_for_every_component_and_day(self):
        data = braced(self.noroshi.get("/").text, r"uptimeData\s*=\s*\{")
        self.assertEqual(set(data), {c for c, own in self.components.items() if own["showcase"]})
        seen = 0
        for code, own in data.items():
            self.assertEqual(len(own["days"]), 90)
            self.assertEqual(own["days"][-1]["date"], str(TODAY))
            for day in own["days"]:
                outages = day["outages"]
                self.assertNotIn(0, outages.values())
                self.assertEqual((outages.get("p", 0), outages.get("m", 0)),
                                 self.reported(code, day["date"]), f"{code} {day['date']}")
                seen += sum(outages.values())
        self.assertGreater(seen, 0, "no downtime was compared")

    def test_the_bars_have_the_colours_of_their_seconds(self):
        page = self.noroshi.get("/").text
        for code, own in self.components.items():
            if not own["showcase"]:
                continue
            bars = {int(n): rect for rect, n in re.findall(
                rf'(<rect[^>]*\bcomponent-{code} day-(\d+)\b[^>]*>)', page)}
            self.assertEqual(sorted(bars), list(range(90)), code)
            for number, rect in bars.items():
                date = TODAY - datetime.timedelta(days=89 - number)
                drawn = re.search(r'fill="#([0-9a-f]{6})"', rect.lower()).group(1)
                # Reference 4.5: some real bars are off by one of 255 in a channel.
                for one, other in zip(bytes.fromhex(drawn), self.colour(code, date)):
                    self.assertLessEqual(abs(one - other), 1, f"{code} {date}: {rect}")

    def colour(self, code, date):
        """Straight-line mixing of the four colours by weighted seconds (reference 4.5)."""
        if str(date) < (self.components[code]["start_date"] or "0000"):
            return 0xB3, 0xBA, 0xC5
        partial, major = self.reported(code, date)
        weight = major + 0.3 * partial
        if not partial and not major:
            return COLOURS["green"]
        if weight < 1188:
            return mix("green", "yellow", 0.5 + 0.5 * weight / 1188)
        if weight < 1980:
            return mix("yellow", "orange", (weight - 1188) / (1980 - 1188))
        if weight < 3600:
            return mix("orange", "red", (weight - 1980) / (3600 - 1980))
        return COLOURS["red"]

    def test_the_percentages_of_the_page_are_those_of_its_seconds(self):
        page = self.noroshi.get("/").text
        values = json.loads(re.search(r"uptimeValues\s*=\s*(\[.*?\])", page).group(1))
        for value in values:
            code = value["component"]
            # The embedded values count today whole; windows as reference 4.2 fits them.
            for name, count in (("ninety", 90), ("sixty", 61), ("thirty", 31)):
                expected = cut(uptime(self.last_days(code, count)))
                self.assertEqual(cut(value[name] / 100), expected, f"{code} {name}")
            # The text counts today up to now.
            days = self.last_days(code, 90)
            lost = sum(major + 0.3 * partial for partial, major in days)
            expected = cut(1 - lost / (86_400 * (len(days) - 1) + 43_200))
            shown = re.search(rf'id="uptime-percent-{code}"[^>]*>(?:\s*<var[^>]*>)?\s*([\d.]+)',
                              page)
            self.assertEqual(shown.group(1), expected, code)

    def test_the_calendar_s_json_agrees_with_the_report(self):
        seen = 0
        for code in self.components:
            for number in range(1, 15):
                months = self.noroshi.get(f"/uptime/{code}.json?page={number}").json
                months = months if isinstance(months, list) else months["months"]
                self.assertEqual(len(months), 3)
                for month in months:
                    seen += self.check_month(code, month)
        self.assertGreater(seen, 0, "no downtime was compared")

    def check_month(self, code, month):
        start = self.components[code]["start_date"] or "0000"
        counted, seen = [], 0
        for day in month["days"]:
            if not day.get("date"):
                continue
            date = day["date"][:10]
            seconds = (day.get("p") or 0, day.get("m") or 0)
            if date >= start:
                self.assertEqual(seconds, self.reported(code, date), f"{code} {date}")
                counted.append(seconds)
                seen += sum(seconds)
        if not counted:
            self.assertIsNone(month["uptime_percentage"], f"{code} {month['name']}")
        else:
            self.assertAlmostEqual(month["uptime_percentage"], uptime(counted), 9,
                                   f"{code} {month['name']} {month['year']}")
        return seen

    def test_the_report_by_month_is_the_sum_of_its_days(self):
        months = {}
        for (code, date), row in self.seconds.items():
            sums = months.setdefault((code, date[:7]), [0, 0])
            sums[0] += row["partial_outage_s"]
            sums[1] += row["major_outage_s"]
        for row in self.report("month", "2023-03-01", str(TODAY))["months"]:
            sums = months.pop((row["component"], row["month"][:7]), [0, 0])
            self.assertEqual([row["partial_outage_s"], row["major_outage_s"]], sums, row)
        self.assertEqual([key for key, sums in months.items() if sums != [0, 0]], [])


def mix(one, other, share):
    return tuple(int(a + (b - a) * share + 0.5) for a, b in zip(COLOURS[one], COLOURS[other]))
