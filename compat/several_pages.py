"""Several pages on one installation, by host and by path: nothing of one shows on another."""


import re

from installation import Installation, eventually
from suite import Suite

SECRETS = {"north": "Zinnia telemetry", "south": "Quokka billing", "path": "Marlin gateway"}
PATHS = ["/", "/history", "/uptime", "/api/v2/summary.json", "/api/v2/components.json",
         "/api/v2/incidents.json", "/history.atom", "/history.rss", "/journal.json", "/api"]


class SeveralPages(Suite):
    @classmethod
    def setUpClass(cls):
        cls.noroshi = noroshi = Installation()
        cls.addClassCleanup(noroshi.close)
        noroshi.start()
        cls.codes = {}
        for name, options in {"north": ("--host", "north.example"),
                              "south": ("--host", "south.example"),
                              "path": ("--path", "/west")}.items():
            page = noroshi.json("page", "create", "--name", f"The {name} page", *options)["id"]
            component = noroshi.json("--page", page, "component", "create",
                                     "--name", SECRETS[name])["id"]
            cls.codes[name] = noroshi.json(
                "--page", page, "incident", "create", "--title", f"{SECRETS[name]} is down",
                "--component", f"{component}=major_outage")["id"]
        for name in SECRETS:
            eventually(lambda name=name: SECRETS[name] in cls.ask(name, "/").text, 5,
                       f"{name} is published")

    @classmethod
    def ask(cls, name, path):
        if name == "path":
            return cls.noroshi.get("/west" + path)
        return cls.noroshi.get(path, {"Host": f"{name}.example"})

    def test_each_page_shows_its_own_and_nothing_of_the_others(self):
        for name, own in SECRETS.items():
            for path in PATHS:
                with self.subTest(f"{name} {path}"):
                    answer = self.ask(name, path)
                    self.assertEqual(answer.status, 200)
                    for other, secret in SECRETS.items():
                        if other != name:
                            self.assertNotIn(secret, answer.text)
                            self.assertNotIn(self.codes[other], answer.text)
            self.assertIn(own, self.ask(name, "/").text)

    def test_an_incident_of_another_page_is_not_found(self):
        for name in SECRETS:
            for other, code in self.codes.items():
                for suffix in ("", ".json"):
                    with self.subTest(f"{name} asks for {other}'s"):
                        status = self.ask(name, f"/incidents/{code}{suffix}").status
                        self.assertEqual(status, 200 if name == other else 404)

    def test_the_first_page_answers_for_hosts_that_nobody_named(self):
        answer = self.noroshi.get("/", {"Host": "elsewhere.example"})
        self.assertIn(SECRETS["north"], answer.text)

    def test_links_of_a_page_under_a_path_stay_under_it(self):
        front = self.ask("path", "/").text
        links = re.findall(r'href="(?:http://localhost)?(/[^"]*)"', front)
        self.assertTrue([link for link in links if self.codes["path"] in link])
        self.assertEqual([link for link in links if not link.startswith("/west/")], [])

    def test_a_host_given_to_one_page_is_refused_to_another(self):
        self.noroshi.command("page", "create", "--name", "Again", "--host", "north.example",
                             expect=3)
