#!/usr/bin/env python3
"""Works a page's uptime days out of saved Statuspage JSON, to check an import against.

It shares nothing with the product: it reads the same folder, applies the rules of the design
documents ("Import", "Uptime") by its own means, and prints per component and local day the whole
seconds of each status. With --compare it reads what `noroshi report uptime --by day --json` said
and fails on the first kind of difference it finds. Standard library only.

    uptime_oracle.py FOLDER --from 2026-07-01 --to 2026-07-31
    uptime_oracle.py FOLDER --from 2026-07-01 --to 2026-07-31 --compare report.json
"""

import argparse
import datetime
import json
import pathlib
import sys
import zoneinfo

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = datetime.timedelta(microseconds=1)
MEASURED = ("partial_outage", "major_outage", "degraded_performance", "under_maintenance")
OVER = {"resolved", "completed", "postmortem"}


def micros(text):
    """Microseconds since 1970 of an ISO 8601 time."""
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment - EPOCH) // MICROSECOND


class Source:
    """A folder's objects by code; of two with one code the one updated last counts."""

    def __init__(self, folder):
        self.page, self.components, self.incidents = {}, {}, {}
        self.has_list = False
        for path in sorted(pathlib.Path(folder).iterdir()):
            if path.suffix == ".json":
                self.take(json.loads(path.read_text("utf-8-sig")))
            elif path.suffix == ".jsonl":
                for line in path.read_text("utf-8-sig").split("\n"):
                    if line.strip():
                        self.take(json.loads(line))

    def take(self, value):
        if isinstance(value, list):
            for item in value:
                self.take(item)
        elif not isinstance(value, dict):
            return
        elif "incident_updates" in value:
            self.keep(self.incidents, value)
        elif "only_show_if_degraded" in value:
            self.has_list = True
            self.keep(self.components, value)
        else:
            self.page = value.get("page") or self.page
            self.has_list |= isinstance(value.get("components"), list)
            for component in value.get("components") or []:
                self.keep(self.components, component)
            for name in ("incidents", "scheduled_maintenances"):
                for incident in value.get(name) or []:
                    self.keep(self.incidents, incident)

    @staticmethod
    def keep(objects, new):
        old = objects.get(new["id"])
        if old is None or micros(new["updated_at"]) > micros(old["updated_at"]):
            objects[new["id"]] = new


def end_of(incident):
    """When an incident was resolved; None while it is not."""
    if incident.get("resolved_at"):
        return micros(incident["resolved_at"])
    if incident["status"] not in OVER:
        return None
    ends = [u.get("display_at") or u["created_at"]
            for u in incident["incident_updates"] if u["status"] in OVER]
    return max(map(micros, ends)) if ends else None


def changes_by_component(source):
    """Every change that an update made: when, from what, to what, when its incident ended."""
    changes = {}
    for incident in source.incidents.values():
        end = end_of(incident)
        for update in incident["incident_updates"]:
            at = micros(update["created_at"])
            for place, row in enumerate(update.get("affected_components") or []):
                key = (at, incident["id"], update["id"], place)
                old, new = (row[name] or "operational" for name in ("old_status", "new_status"))
                changes.setdefault(row["code"], []).append((key, at, old, new, end))
    return {code: sorted(rows, key=lambda row: row[0]) for code, rows in changes.items()}


def line_of(changes, component, retires):
    """A component's history as (instant, status) points, and how many of them were inferred."""
    points, inferred = [], 0
    status, since, end = "operational", None, None

    def notice(at, old):
        """Someone found `old` at an instant: where that is news, say from when it was so."""
        nonlocal inferred
        if old != status:
            inferred += 1
            turned = at if end is None else min(end, at)
            points.append((turned if since is None else max(turned, since), old))

    for _, at, old, new, ended in changes:
        notice(at, old)
        points.append((at, new))
        status, since, end = new, at, ended
    if component is not None:
        # The list is one change more, the last: its old status is what it shows.
        at = max(micros(component["updated_at"]), since if since is not None else 0)
        now = component["status"] or "operational"
        notice(at, now)
        points.append((at, now))
    elif retires and since is not None:
        points.append((since, "operational"))
    return points, inferred


def first_instant(day, zone):
    """The first instant of a local day, by search: whatever the zone did that night."""
    noon = datetime.datetime(day.year, day.month, day.day, tzinfo=UTC)
    low, high = ((noon + datetime.timedelta(hours=hours) - EPOCH) // MICROSECOND
                 for hours in (-36, 36))
    while high - low > 1:
        middle = (low + high) // 2
        local = (EPOCH + middle * MICROSECOND).astimezone(zone).date()
        low, high = (low, middle) if local >= day else (middle, high)
    return high


def days_of(points, calendar, until):
    """Seconds per status of each day: the floor of the day's microseconds."""
    stretches = [(at, points[i + 1][0] if i + 1 < len(points) else until, status)
                 for i, (at, status) in enumerate(points) if status in MEASURED]
    for day, begins, ends in calendar:
        sums = dict.fromkeys(MEASURED, 0)
        for at, to, status in stretches:
            sums[status] += max(0, min(to, ends, until) - max(at, begins))
        yield day, begins, {name: total // 1_000_000 for name, total in sums.items()}


def percent(seconds, divisor):
    """Cut to two decimals, with at least one: 100.0, 99.9, 91.46."""
    if divisor <= 0:
        return None
    down_ms = 1000 * seconds["major_outage"] + 300 * seconds["partial_outage"]
    hundredths = max(0, (1000 * divisor - down_ms) * 10_000 // (1000 * divisor))
    text = f"{hundredths // 100}.{hundredths % 100:02}"
    return text[:-1] if text.endswith("0") else text


def work_out(source, options):
    zone = zoneinfo.ZoneInfo(source.page.get("time_zone") or "Etc/UTC")
    first, last = (datetime.date.fromisoformat(text) for text in (options.first, options.last))
    until = micros(options.now) if options.now else 1 << 62
    calendar = []
    for number in range(first.toordinal(), last.toordinal() + 1):
        day = datetime.date.fromordinal(number)
        begins, ends = (first_instant(d, zone) for d in (day, day + datetime.timedelta(days=1)))
        if begins < min(ends, until):
            calendar.append((day, begins, ends))
    changes = changes_by_component(source)
    listed = {code: c for code, c in source.components.items() if not c.get("group")}
    rows, inferred = {}, 0
    for code in sorted(set(listed) | set(changes)):
        component = listed.get(code)
        points, count = line_of(changes.get(code, []), component, source.has_list)
        inferred += count
        start = ((component or {}).get("start_date") or "")[:10]
        for day, begins, seconds in days_of(points, calendar, until):
            divisor = min(86_400, (until - begins) // 1_000_000)
            counted = str(day) >= start
            rows[code, str(day)] = {
                "component": code, "date": str(day),
                **{f"{name}_s": seconds[name] for name in MEASURED},
                "uptime_percent": percent(seconds, divisor) if counted else None,
            }
    return rows, set(listed), inferred


def shown(value):
    """A percentage as text, whether it was written as a number or as text."""
    if value is None or isinstance(value, str):
        return value
    text = f"{value:.2f}"
    return text[:-1] if text.endswith("0") else text


def compare(rows, listed, report, only):
    """Prints what differs; how many days and how many seconds were compared."""
    found = {(row["component"], row["date"]): row for row in report["days"]}
    faults, second_count = [], 0
    for key in sorted(found.keys() - rows.keys()):
        faults.append(f"{key}: the report has a day that the source does not give")
    reported = {component for component, _ in found}
    for key, row in sorted(rows.items()):
        if key[0] not in (only or listed) and key[0] not in reported:
            continue
        other = found.get(key)
        if other is None:
            if row["uptime_percent"] is not None:
                faults.append(f"{key}: missing in the report")
            continue
        for name in MEASURED:
            second_count += row[f"{name}_s"]
            if other.get(f"{name}_s") != row[f"{name}_s"]:
                faults.append(f"{key}: {name}_s is {other.get(f'{name}_s')} in the report, "
                              f"{row[f'{name}_s']} by the source")
        if row["uptime_percent"] is not None:
            said = shown(other.get("uptime_percent"))
            if said != row["uptime_percent"]:
                faults.append(f"{key}: uptime_percent is {said} in the report, "
                              f"{row['uptime_percent']} by the source")
    for fault in faults[:50]:
        print(fault, file=sys.stderr)
    print(json.dumps({"components_compared": len(reported), "days_compared": len(found),
                      "seconds_compared": second_count, "differences": len(faults)}))
    if not found:
        print("the report has no days: nothing was compared", file=sys.stderr)
    return 1 if faults or not found else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("--from", dest="first", required=True, metavar="DATE")
    parser.add_argument("--to", dest="last", required=True, metavar="DATE")
    parser.add_argument("--now", metavar="TIME", help="count up to then; default: whole days")
    parser.add_argument("--component", action="append", default=[], metavar="CODE")
    parser.add_argument("--compare", metavar="FILE", help="a report to check; - for stdin")
    options = parser.parse_args()
    source = Source(options.folder)
    rows, listed, inferred = work_out(source, options)
    only = set(options.component)
    print(f"{len(source.incidents)} incidents, {len(rows)} component days, "
          f"{inferred} inferred changes", file=sys.stderr)
    if options.compare:
        with (sys.stdin if options.compare == "-" else open(options.compare)) as file:
            return compare(rows, listed, json.load(file), only)
    days = [row for (code, _), row in sorted(rows.items()) if code in (only or listed)]
    json.dump({"days": days}, sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
