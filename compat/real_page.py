"""A real page's record, as input: where it lies, what it holds, changed copies of it."""

import copy
import json
import os
import random

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.environ.get("NOROSHI_REAL_PAGE",
                        os.path.join(os.path.dirname(ROOT), "shared", "data", "real-page"))
INCIDENTS = 902
UPDATES = 2863


class RealPage:
    """The record in memory, to be written out again, changed or in another order."""

    def __init__(self):
        with open(os.path.join(FOLDER, "components.json"), encoding="utf-8") as file:
            self.components = json.load(file)
        with open(os.path.join(FOLDER, "incidents.jsonl"), encoding="utf-8") as file:
            self.incidents = [json.loads(line) for line in file]
        updates = sum(len(incident["incident_updates"]) for incident in self.incidents)
        if (len(self.incidents), updates) != (INCIDENTS, UPDATES):
            raise AssertionError(f"{FOLDER} is not the record that the suites know")

    def write(self, folder):
        """Writes the record as the import reads it; gives the folder."""
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "components.json"), "w", encoding="utf-8") as file:
            json.dump(self.components, file)
        with open(os.path.join(folder, "incidents.jsonl"), "w", encoding="utf-8") as file:
            for incident in self.incidents:
                file.write(json.dumps(incident) + "\n")
        return folder

    def copy(self):
        return copy.deepcopy(self)

    def reversed(self):
        """The same page, everything the other way round."""
        page = self.copy()
        page.incidents.reverse()
        for incident in page.incidents:
            incident["incident_updates"].reverse()
        page.components["components"].reverse()
        return page

    def shuffled(self, seed):
        """The same page, everything in some other order."""
        page, chance = self.copy(), random.Random(seed)
        chance.shuffle(page.incidents)
        for incident in page.incidents:
            chance.shuffle(incident["incident_updates"])
            keys = list(incident)
            chance.shuffle(keys)
        chance.shuffle(page.components["components"])
        return page
