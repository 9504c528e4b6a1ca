"""Asks with the PyPI client `DiscordStatus`, its one public address set, and prints what it parsed."""

import json
import sys

from discordstatus import DiscordStatus

client = DiscordStatus()
client.base_target = sys.argv[1] + "/api/v2"
json.dump({
    "summary": client.summary,
    "status": client.status,
    "components": client.components,
    "unresolved": client.unresolved_incidents,
    "incidents": client.all_incidents,
    "upcoming": client.upcoming_maintenances,
    "active": client.active_maintenances,
    "maintenances": client.all_maintenances,
}, sys.stdout)
