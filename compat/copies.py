"""The page as files: served by nginx with no server of ours, and written while the disk is full."""

import os
import re
import shutil
import socket
import subprocess
import tempfile

import larkspur
from installation import ROOT, Installation, eventually, fetch
from publishing import larkspur_page, opened
from suite import Suite


class Nginx:
    """Debian's nginx on a folder, with the configuration of docs/publishing.md."""

    def __init__(self, root):
        self.program = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        if not self.program:
            raise AssertionError("no nginx here: run scripts/install")
        self.folder = tempfile.mkdtemp(prefix="noroshi-nginx-")
        # Its workers are another user, who must be let in.
        for place in (self.folder, os.path.dirname(root), root):
            os.chmod(place, 0o755)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        with open(os.path.join(ROOT, "docs", "publishing.md"), encoding="utf-8") as file:
            block = re.search(r"```nginx\n(.*?)```", file.read(), re.S).group(1)
        block = block.replace("listen 80;", f"listen 127.0.0.1:{self.port};")
        block = block.replace("root /srv/status;", f"root {root};")
        self.conf = os.path.join(self.folder, "nginx.conf")
        with open(self.conf, "w", encoding="utf-8") as file:
            file.write(f"worker_processes 1; pid {self.folder}/pid; daemon off;\n"
                       f"error_log {self.folder}/error.log;\nevents {{}}\n"
                       f"http {{ access_log off;\n{block}}}\n")
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.process = subprocess.Popen([self.program, "-c", self.conf, "-p", self.folder],
                                        stderr=subprocess.DEVNULL)
        eventually(self.answers, 10, "nginx answers")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def answers(self):
        try:
            return fetch(self.url + "/").status == 200
        except OSError:
            return False


def files_of(folder):
    """Every public file of a folder, as paths within it."""
    for place, _, names in os.walk(folder):
        for name in names:
            if not name.startswith("."):
                yield os.path.relpath(os.path.join(place, name), folder)


def without_server_parts(page):
    """What a copy leaves out: forms, and links to what is made on request."""
    page = re.sub(r"(?s)<form.*?</form>", "", page)
    page = re.sub(r'(?s)<a rel="next"(?:(?!</a>).)*\?page=.*?</a>', "", page)
    page = re.sub(r'(?s)<a (?:(?!</a>).)*/subscribe\b.*?</a>', "", page)
    return re.sub(r"\?page=\d+", "", page)


def plain(page):
    """A page without the second it was made in."""
    return re.sub(r'<meta name="issued" content="\d+">', "", page)


class ServedByNginx(Suite):
    @classmethod
    def setUpClass(cls):
        cls.noroshi, cls.clock = larkspur_page(cls)
        cls.code = cls.noroshi.json(
            "incident", "create", "--title", "Tickets do not load", "--body", "We look.",
            "--component", f"{larkspur.TICKETS}=partial_outage")["id"]
        cls.noroshi.published()
        cls.copy = os.path.join(cls.noroshi.folder, "copy")
        cls.noroshi.command("publish", "--to", cls.copy)
        cls.live = os.path.join(cls.noroshi.data, "published", larkspur.PAGE)
        paths = sorted({"/" + re.sub(r"(^|/)index\.html$", "", name)
                        for name in files_of(cls.live)})
        # A short link leads on; its page is looked at below.
        cls.paths = [path for path in paths if not re.match(r"(/ja|/en)?/i/", path)]
        cls.answers = {path: cls.noroshi.get(path) for path in cls.paths}
        cls.short = next(path for path in paths if path.startswith("/i/"))
        cls.noroshi.stop()

    addCleanup = classmethod(lambda cls, *arguments: cls.addClassCleanup(*arguments))

    def compare(self, folder, as_served, left_out=()):
        self.assertGreater(len(self.paths), 60)
        os.chmod(self.noroshi.folder, 0o755)
        os.chmod(self.noroshi.data, 0o755)
        with Nginx(folder) as nginx:
            self.follow_links(nginx.url, folder)
            for path, ours in self.answers.items():
                if path in left_out:
                    continue
                with self.subTest(path):
                    theirs = fetch(nginx.url + path)
                    self.assertEqual((theirs.status, ours.status), (200, 404 if "404" in path
                                                                    else 200))
                    self.assertEqual(theirs.headers["content-type"].lower(),
                                     ours.headers["content-type"].lower())
                    if path == "/beat.json" or path.endswith(".ics"):
                        continue
                    if path.endswith(".png"):
                        self.assertEqual(theirs.body, ours.body)
                        continue
                    self.assertEqual(plain(theirs.text), plain(as_served(ours)))
            missing = fetch(nginx.url + "/nothing/here")
            self.assertEqual(missing.status, 404)
            self.assertIn("Larkspur Transit", missing.text)
            self.assertEqual(fetch(nginx.url + "/.site.json").status, 404)
            short = fetch(nginx.url + self.short)
            self.assertIn(f"url=/incidents/{self.code}", short.text)

    def follow_links(self, url, folder):
        """No link of any page leads nowhere."""
        links = set()
        for name in files_of(folder):
            if name.endswith(".html"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    links |= set(re.findall(r'(?:href|src)="(/[^"#]*)', file.read()))
        self.assertGreater(len(links), 30)
        if folder == self.live:
            # The server's own folder has what needs the server, as it has forms.
            links = {link for link in links if not re.match(r"/(en|ja)/subscribe\b", link)}
        broken = [link for link in sorted(links) if fetch(url + link).status != 200]
        self.assertEqual(broken, [])

    def test_the_live_folder_says_the_same_with_the_server_stopped(self):
        self.compare(self.live, lambda ours: ours.text)

    def test_a_copy_says_the_same_but_for_what_needs_a_server(self):
        for name in files_of(self.copy):
            with open(os.path.join(self.copy, name), "rb") as file:
                self.assertNotIn(b"<form", file.read(), name)
        # Months before the page's first incident were made when they were its newest.
        there = {"/" + re.sub(r"(^|/)index\.html$", "", name) for name in files_of(self.copy)}
        left_out = set(self.paths) - there
        for path in left_out:
            self.assertRegex(path, "^(/en|/ja)?/history/2024-1[12]$|^(/en|/ja)?/history/2025-01$")
        self.compare(self.copy, lambda ours: without_server_parts(ours.text)
                     if "html" in ours.headers["content-type"] else ours.text, left_out)

    def test_a_copy_is_made_again_only_where_it_differs_and_never_over_strangers(self):
        index = os.path.join(self.copy, "history", "index.html")
        before = os.stat(index).st_ino
        self.noroshi.command("publish", "--to", self.copy)
        self.assertEqual(os.stat(index).st_ino, before)
        self.noroshi.command("publish", "--to", self.noroshi.folder, expect=2)


class DiskFull(Suite):
    """A small disk of its own, filled to the last byte."""

    def mounted(self, folder):
        os.makedirs(folder, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m,mode=755", "noroshi-test", folder],
                       check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", folder], check=True)

    def filled(self, folder):
        path = os.path.join(folder, "filler")
        with open(path, "wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                while True:
                    try:
                        if not file.write(b"x" * size):
                            break
                    except OSError:
                        break
        return path

    def test_readers_see_what_the_full_folder_does_not_take_and_it_heals(self):
        noroshi = Installation()
        self.addCleanup(noroshi.close)
        published = os.path.join(noroshi.data, "published")
        self.mounted(published)
        larkspur.start(noroshi)
        larkspur.enter_components(noroshi)
        noroshi.published()
        filler = self.filled(published)
        control = noroshi.control(larkspur.PAGE)
        for number in range(3):
            control.ask(opened(f"Trouble number {number}"))
            eventually(lambda number=number: f"Trouble number {number}" in noroshi.get("/").text,
                       5, "readers see it all the same")
        control.close()
        eventually(lambda: "ERROR" in noroshi.log() and "publish" in noroshi.log(), 5, "it is said")
        index = os.path.join(published, larkspur.PAGE, "index.html")
        with open(index, encoding="utf-8") as file:
            self.assertIn("</html>", file.read(), "what lies there is whole")
        os.remove(filler)
        eventually(lambda: "Trouble number 2" in open(index, encoding="utf-8").read(), 10,
                   "the folder has caught up")
        noroshi.command("verify", "--full")

    def test_the_record_refuses_what_it_has_no_room_for_and_loses_nothing(self):
        noroshi = Installation()
        self.addCleanup(noroshi.close)
        self.mounted(noroshi.data)
        larkspur.start(noroshi)
        larkspur.enter_components(noroshi)
        noroshi.published()
        before = noroshi.page()["seq"]
        filler = self.filled(noroshi.data)
        noroshi.command("incident", "create", "--title", "Full", "--body", "x" * 40_000,
                        expect=(1, 5))
        self.assertIn("Larkspur Transit", noroshi.get("/").text)
        self.assertEqual(noroshi.get("/api/v2/summary.json").status, 200)
        os.remove(filler)
        self.assertEqual(noroshi.page()["seq"], before)
        noroshi.command("incident", "create", "--title", "Room again", "--body", "We look.")
        eventually(lambda: "Room again" in noroshi.get("/").text, 5, "it is on the page")
        noroshi.command("verify", "--full")
