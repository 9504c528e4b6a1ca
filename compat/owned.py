"""What a file says of a page: applied, shown at the console with file and line, left alone by
everybody else, seen when the host changed it, and given back.
"""

import json
import os

from desk import Desk, add_user
from installation import Installation, fetch
from suite import Suite

FILE = """\
[[page]]
code = "harbour"
name = { en = "Harbour", ja = "港" }
zone = "Asia/Tokyo"
path = "/harbour"

[page.settings]
headline = "How we are doing"
two_columns = true
accent = "#1d4f91"
cadence_s = 1800

[[page.component]]
code = "web"
name = "Web"
showcase = true

[[page.group]]
code = "tickets"
name = "Tickets"

[[page.group.component]]
code = "mobile"
name = "Mobile"
third_party = true

[[page.template]]
name = "Payments are slow"
group = "Payments"
title = { en = "Payments take longer", ja = "決済に時間がかかっています" }
body = "We are looking into it."
lifecycle = "identified"
components = ["web=partial_outage", "mobile"]
promise_s = 2700
"""


def line_of(text):
    return FILE[:FILE.index(text)].count("\n") + 1


class Owned(Suite):
    def setUp(self):
        self.noroshi = noroshi = Installation()
        self.addCleanup(noroshi.close)
        noroshi.start("--api-requests", "0")
        self.path = os.path.join(noroshi.folder, "status.toml")
        self.write(FILE)
        noroshi.command("apply", self.path)
        self.token = noroshi.json("token", "create", "--name", "All", "--role", "owner")["token"]
        add_user(noroshi, "ada@example.com", "owner")
        self.desk = Desk(noroshi, "ada@example.com")
        self.at = "/console/pages/harbour"

    def write(self, text):
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)

    def own(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        return fetch(f"{self.noroshi.url}/api/noroshi/v1/pages/harbour{path}", headers, method,
                     data=data)

    def v1(self, method, path, body):
        headers = {"Authorization": f"OAuth {self.token}", "Content-Type": "application/json"}
        return fetch(f"{self.noroshi.url}/v1/pages/harbour{path}", headers, method,
                     data=json.dumps(body).encode())

    def says_where(self, answer, text):
        """A refusal that names the file and the line of a text in it."""
        self.assertEqual(answer.status, 422, answer.text[:400])
        self.assertIn(self.path, answer.text)
        self.assertIn(f"line {line_of(text)}", answer.text)

    def test_what_a_file_sets_is_left_alone_by_the_apis(self):
        for path, body, text in [
            ("", {"name": {"en": "Other", "ja": "港"}}, "name = { en"),
            ("", {"settings": {"headline": {"en": "Other"}, "two_columns": True,
                               "accent": "#1d4f91", "cadence_s": 1800}}, "headline ="),
            ("/components/web", {"name": {"en": "Other"}}, 'name = "Web"'),
            ("/components/mobile", {"third_party": False}, "third_party"),
            ("/groups/tickets", {"name": {"en": "Other"}}, 'name = "Tickets"'),
        ]:
            self.says_where(self.own("PATCH", path, body), text)
        self.says_where(self.own("DELETE", "/components/web"), "[[page.component]]\ncode")
        self.says_where(self.v1("PATCH", "/components/web", {"component": {"name": "Other"}}),
                        'name = "Web"')
        template = self.own("GET", "/templates").json[0]["id"]
        for method, body in (("PATCH", {"body": {"en": "Other"}}), ("DELETE", None)):
            answer = self.own(method, f"/templates/{template}", body)
            self.says_where(answer, 'name = "Payments are slow"')

    def test_what_a_file_does_not_set_and_what_is_no_setting_can_be_changed(self):
        for answer in (self.own("PATCH", "/components/web", {"description": {"en": "The shop"}}),
                       self.own("PATCH", "/components/web", {"name": {"en": "Web"}}),
                       self.v1("PATCH", "/components/web", {"component": {"status": "major_outage"}}),
                       self.v1("POST", "/incidents", {"incident": {
                           "name": "Slow", "status": "investigating",
                           "components": {"mobile": "partial_outage"}}}),
                       self.own("POST", "/components", {"name": {"en": "More"}, "showcase": True}),
                       self.own("POST", "/templates", {"name": "Another"})):
            self.assertIn(answer.status, (200, 201), answer.text)

    def test_the_console_shows_where_a_field_is_set_and_takes_no_other_value(self):
        settings = self.desk.get(f"{self.at}/settings").text
        for text in ("name = { en", "headline =", "accent =", "cadence_s"):
            self.assertIn(f"Set by {self.path}, line {line_of(text)}", settings)
        self.assertRegex(settings, r'name="headline\.en"[^>]* readonly')
        self.assertRegex(settings, r'name="support_url"[^>]*value=""(?! readonly)')
        fields = {"name.en": "Harbour", "name.ja": "港", "headline.en": "How we are doing",
                  "two_columns": "on", "own_accent": "on", "accent": "#1d4f91", "cadence": "30",
                  "zone": "Asia/Tokyo", "path": "/harbour", "locale.en": "on", "locale.ja": "on",
                  "support_url": "https://help.example/"}
        answer = self.desk.send(f"{self.at}/settings", fields)
        self.assertEqual(answer.status, 303, answer.text[-600:])
        self.assertIn("help.example", self.noroshi.get("/harbour/").text + json.dumps(
            self.noroshi.json("--page", "harbour", "page", "show")))
        self.says_where(self.desk.send(f"{self.at}/settings", {**fields, "name.en": "Other"}),
                        "name = { en")
        component = self.desk.get(f"{self.at}/components/mobile").text
        self.assertIn(f"line {line_of('third_party')}", component)
        self.assertNotIn("/components/mobile/retire", component)
        systems = self.desk.get(f"{self.at}/components").text
        self.assertNotIn("/components/mobile/move", systems, "its place is the file's")
        self.assertIn(f"Set by {self.path}, line", systems)
        more = self.own("POST", "/components", {"name": {"en": "More"}, "showcase": True}).json
        systems = self.desk.get(f"{self.at}/components").text
        self.assertIn(f"/components/{more['id']}/move", systems)
        template = self.own("GET", "/templates").json[0]["id"]
        shown = self.desk.get(f"{self.at}/templates/{template}").text
        self.assertIn(f"line {line_of('promise_s')}", shown)
        self.assertNotIn(f"/templates/{template}/delete", shown)

    def test_applied_again_it_changes_nothing_and_a_change_on_the_host_is_told_as_drift(self):
        page = lambda: self.noroshi.json("--page", "harbour", "page", "show")
        before = page()
        self.assertIn("nothing changes", self.noroshi.command("apply", self.path))
        self.assertEqual(page(), before)
        self.noroshi.command("component", "update", "web", "--name", "Changed by hand")
        told = self.noroshi.command("apply", self.path, "--plan")
        self.assertIn("drift", told)
        self.assertIn("Changed by hand", told)
        self.write(FILE.replace('name = "Web"', 'name = "Website"'))
        self.assertNotIn("drift", self.noroshi.command("apply", self.path, "--plan"))
        self.noroshi.command("apply", self.path)
        self.assertIn("Website", self.noroshi.command("component", "list"))

    def test_released_it_is_the_teams_again(self):
        self.noroshi.command("apply", self.path, "--release")
        answer = self.own("PATCH", "/components/web", {"name": {"en": "Other"}})
        self.assertEqual(answer.status, 200, answer.text)
        self.assertNotIn("Set by", self.desk.get(f"{self.at}/settings").text)
        self.assertEqual(self.own("GET", "/file").status, 404)

    def test_releasing_makes_nothing(self):
        with Installation() as other:
            other.command("apply", self.path, "--release", expect=4)
            self.assertFalse(os.path.exists(other.data))

    def test_a_server_elsewhere_takes_the_file_again(self):
        changed = FILE.replace("promise_s = 2700", "promise_s = 3600") \
            .replace('name = "Web"', 'name = "Website"')
        self.write(changed)
        elsewhere = ("--server", self.noroshi.url, "--token", self.token)
        self.noroshi.command(*elsewhere, "apply", self.path)
        self.assertEqual(self.own("GET", "/templates").json[0]["promise_s"], 3600)
        self.assertEqual(self.own("GET", "/components/web").json["name"]["en"], "Website")
        said = self.own("GET", "/file").json
        self.assertEqual(said["rows"]["component web"]["name"], line_of('name = "Web"'))
        self.says_where(self.own("PATCH", "/components/web", {"name": {"en": "Other"}}),
                        'name = "Web"')
        self.assertIn("nothing changes", self.noroshi.command(*elsewhere, "apply", self.path))
        self.noroshi.command(*elsewhere, "apply", self.path, "--release")
        self.assertEqual(self.own("GET", "/file").status, 404)

    def test_what_is_exported_makes_an_empty_folder_the_same(self):
        exported = self.noroshi.command("export")
        self.assertIn("[[page.template]]", exported)
        with Installation() as other:
            path = os.path.join(other.folder, "status.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(exported)
            other.command("apply", path)
            self.assertEqual(other.command("export"), exported)
            self.assertIn("nothing changes", other.command("apply", path))

    def test_a_template_that_can_not_stand_is_refused_with_its_place_and_nothing_is_written(self):
        before = self.noroshi.command("export")
        for wrong, text in (('components = ["nothing"]', "components"),
                            ('lifecycle = "broken"', "lifecycle"),
                            ('name = "Payments are slow"\n[[page.template]]\n'
                             'name = "Payments are slow"', "stands in the file already")):
            key = wrong.split(" =")[0]
            stands = next(line for line in FILE.splitlines()[FILE.splitlines().index(
                "[[page.template]]"):] if line.startswith(key))
            head, tail = FILE.split("[[page.template]]")
            self.write(head.replace('"Web"', '"Website"') + "[[page.template]]"
                       + tail.replace(stands, wrong))
            self.noroshi.command("apply", self.path, expect=(2, 3, 4))
            self.assertIn(f"{self.path}:", self.noroshi.last_err)
            self.assertIn(text, self.noroshi.last_err)
            self.assertEqual(self.noroshi.command("export"), before)
