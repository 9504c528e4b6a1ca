"""The fictional operator of the contract: Larkspur Transit, entered by commands.

Its documents, as they must come out, stand in `larkspur/`. The clock is driven, so that the
page's times are those of the documents.
"""

import datetime
import json
import os

from installation import eventually

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = "k7n4vq2tzx9c"
PLANNER, GROUP = "b3xw8r1lmqpd", "ghv2c6n0kt5z"
TICKETS, CARDS, PARTNERS = "t1zq9m7xw4kf", "pd5n3vyh8rlc", "z0sj4cb7wn2g"
MADE_AT = "2025-01-06T08:00:00Z"


def document(name):
    """A document of the contract, by its file's name."""
    with open(os.path.join(HERE, "larkspur", name), encoding="utf-8") as file:
        return json.load(file)


def webhook_examples():
    """The two bodies of the reference's webhooks."""
    return {"component_update": document("webhook_component.json"),
            "incident": document("webhook_incident.json")}


class DrivenClock:
    """A file with the instant that the server takes for now."""

    def __init__(self, folder, at):
        self.path = os.path.join(folder, "clock")
        self.set(at)

    def set(self, at):
        self.at = at
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            file.write(at + "\n")
        os.replace(self.path + ".new", self.path)

    def forward(self, **delta):
        at = datetime.datetime.fromisoformat(self.at) + datetime.timedelta(**delta)
        self.set(at.isoformat().replace("+00:00", "Z"))


def start(installation, at=MADE_AT):
    """Starts the server with a driven clock; gives the clock."""
    clock = DrivenClock(installation.folder, at)
    installation.clock_path = clock.path
    installation.start()
    return clock


def enter_components(noroshi):
    """The page, its four components, its group."""
    noroshi.command("page", "create", "--code", PAGE, "--name", "Larkspur Transit", "--zone", "UTC",
                    "--url", "https://status.larkspur.example")
    component = ("component", "create", "--created-at", MADE_AT)
    noroshi.command(*component, "--code", PLANNER, "--name", "Trip planner", "--description",
                    "Route search on the web and in the app", "--start-date", "2025-01-06")
    noroshi.command(*component, "--code", TICKETS, "--name", "Mobile tickets", "--description",
                    "Buying and showing tickets on a phone", "--start-date", "2025-01-06")
    noroshi.command(*component, "--code", CARDS, "--name", "Card payments",
                    "--start-date", "2025-01-06")
    noroshi.command("group", "create", "--code", GROUP, "--name", "Ticketing",
                    "--component", TICKETS, "--component", CARDS)
    noroshi.command(*component, "--code", PARTNERS, "--name", "Partner API",
                    "--start-date", "2025-06-01", "--only-show-if-degraded")
    if noroshi.process:
        eventually(lambda: "Partner API" in noroshi.get("/api/v2/components.json").text, 10,
                   "the last component is published")


def enter_history(noroshi, clock):
    """The incidents and maintenances of the documents, each at its time."""
    clock.set("2026-02-24T08:00:00.101Z")
    told = noroshi.json(
                    "maintenance", "create", "--code", "l6zr1qhd9b4t",
                    "--title", "Partner API certificate change",
                    "--body", "We will replace the TLS certificate of the partner API.",
                    "--from", "2026-03-04T09:00:00Z", "--until", "2026-03-04T10:00:00Z",
                    "--component", PARTNERS, "--remind", "0")
    # Its first update was silent, its later ones are not.
    noroshi.command("incident", "edit-update", "l6zr1qhd9b4t", told["update_id"],
                    "--notify", "false")
    clock.set("2026-02-27T14:02:11.004Z")
    slow = "c9fv3lk5pt7w"
    noroshi.command("incident", "create", "--code", slow, "--title", "Slow trip search",
                    "--body", "Searches take longer than usual.",
                    "--component", f"{PLANNER}=degraded_performance")
    clock.set("2026-02-27T15:10:44.700Z")
    noroshi.command("incident", "update", slow, "--status", "monitoring",
                    "--body", "We have raised the cache size and are watching.",
                    "--component", f"{PLANNER}=operational")
    clock.set("2026-02-27T16:20:05.101Z")
    noroshi.command("incident", "resolve", slow, "--body", "Search times are back to normal.")
    clock.set("2026-03-01T10:30:00.000Z")
    noroshi.command("incident", "postmortem", slow, "--body",
                    "### What happened\nA cache was sized too small after a release.")
    clock.set("2026-03-02T12:00:00.512Z")
    noroshi.command("maintenance", "create", "--code", "y5mw0kxg8vqd",
                    "--title", "Card payments database upgrade",
                    "--body", "Card payments will be off for up to 30 minutes inside this window.",
                    "--from", "2026-03-08T01:00:00Z", "--until", "2026-03-08T03:00:00Z",
                    "--component", CARDS, "--remind", "0")
    clock.set("2026-03-04T09:00:00.388Z")


def enter_open_incident(noroshi, clock):
    """What is open at the end: once the maintenance has begun by itself."""
    clock.set("2026-03-04T09:12:40.290Z")
    noroshi.command("incident", "create", "--code", "hq8d2z6wv1xn",
                    "--title", "Some mobile tickets fail to load",
                    "--body", "We are looking into reports that tickets do not load in the app.",
                    "--component", f"{TICKETS}=partial_outage")
    clock.set("2026-03-04T09:41:12.190Z")
    noroshi.command("incident", "update", "hq8d2z6wv1xn", "--status", "identified", "--body",
                    "A storage node is returning errors for about one ticket in five."
                    " We are moving traffic away from it.")
