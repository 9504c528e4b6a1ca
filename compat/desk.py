"""Somebody at the console, as a browser asks: with a cookie, and forms that say where they stood."""

import os
import re
import urllib.parse

from installation import ROOT, fetch

PASSWORD = "harbour-lantern-at-dusk"
ROUTES_MIN = 200


def routes():
    """Every address of the console and the APIs, as method and pattern, by the file of who may."""
    path = os.path.join(ROOT, "crates", "server", "tests", "who_may.txt")
    with open(path, encoding="utf-8") as file:
        found = re.findall(r"^([A-Z]+) (/\S+)$", file.read(), re.MULTILINE)
    assert len(found) > ROUTES_MIN, len(found)
    return found


def add_user(noroshi, email, role, name="Ada", page=None):
    """An account with PASSWORD."""
    on = ("--page", page) if page else ()
    noroshi.command(*on, "user", "add", "--email", email, "--name", name, "--role", role,
                    "--password-stdin", stdin=f"{PASSWORD}\n")


def encoded(fields):
    return urllib.parse.urlencode(fields).encode()


class Desk:
    """Somebody signed in at the console, as a browser sends its forms."""

    def __init__(self, noroshi, email):
        self.noroshi = noroshi
        answer = sign_in(noroshi, email)
        assert answer.status == 303, answer.text
        self.cookie = answer.headers["set-cookie"].split(";")[0]

    def get(self, path):
        return self.noroshi.get(path, {"Cookie": self.cookie})

    def send(self, path, fields):
        return form(self.noroshi, path, fields, {"Cookie": self.cookie})

    def post(self, path, fields):
        answer = self.send(path, fields)
        assert answer.status in (200, 204, 303) and "problem=" not in answer.headers.get(
            "location", ""), f"{path}: {answer.status} {answer.text[-800:]}"
        return answer


def form(noroshi, path, fields, headers=()):
    """Sends a form as from a screen of the same host; other headers take the place of these."""
    headers = {"Content-Type": "application/x-www-form-urlencoded",
               "Sec-Fetch-Site": "same-origin", **dict(headers)}
    return fetch(noroshi.url + path, headers, "POST", data=encoded(fields))


def sign_in(noroshi, email, password=PASSWORD, headers=(), **more):
    return form(noroshi, "/console/sign-in", {"email": email, "password": password, **more}, headers)
