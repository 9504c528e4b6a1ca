"""Subscribers are told: by a real mail server (Postfix, with STARTTLS and a password) and by
webhooks; what is sent is read by other people's libraries: the standard library's MIME parser,
dkimpy, Standard Webhooks' own.
"""

import email
import email.policy
import http.server
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import urllib.parse

import dkim
from aiosmtpd.controller import Controller
from standardwebhooks.webhooks import Webhook

import larkspur
from desk import Desk, add_user
from installation import Installation, Postgres, eventually, fetch
from suite import Suite, told

USER, PASSWORD = "noroshi", "correct horse battery"
# How many are told while the server is killed, and how often it is.
PEOPLE = int(os.environ.get("NOROSHI_TOLD", "1500"))
KILLS = int(os.environ.get("NOROSHI_KILLS", "4"))
FROM = "status@larkspur.example"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Sink:
    """The last mail server on the way: keeps what it is given."""

    def __init__(self):
        self.mails = []
        self.refused = set()
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self.controller.start()
        self.port = self.controller.port

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos[0], bytes(envelope.content)))
        return "250 taken"

    def to(self, address):
        return [email.message_from_bytes(raw, policy=email.policy.default)
                for rcpt, raw in list(self.mails) if rcpt == address]

    def raw(self, address):
        return [raw for rcpt, raw in list(self.mails) if rcpt == address]

    def close(self):
        self.controller.stop()


class MailServer:
    """Postfix: takes mails over STARTTLS from who knows the password, and hands them on."""

    def __init__(self, sink, folder):
        self.port = free_port()
        self.folder = folder
        os.chmod(folder, 0o755)
        path = lambda *names: os.path.join(folder, *names)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
             "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
             "-addext", "basicConstraints=critical,CA:FALSE",
             "-keyout", path("key.pem"), "-out", path("cert.pem")],
            check=True, capture_output=True)
        for name in ("queue", "data", "config", "config/sasl"):
            os.makedirs(path(name), exist_ok=True)
        shutil.chown(path("data"), "postfix", "postfix")
        with open(path("config", "sasl", "smtpd.conf"), "w") as file:
            file.write("pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n"
                       f"sasldb_path: {path('sasldb2')}\n")
        subprocess.run(["saslpasswd2", "-p", "-c", "-f", path("sasldb2"), "-u", "localhost", USER],
                       input=PASSWORD, text=True, check=True, capture_output=True)
        shutil.chown(path("sasldb2"), "postfix", "postfix")
        with open(path("config", "main.cf"), "w") as file:
            file.write(f"""
compatibility_level = 3.6
queue_directory = {path("queue")}
data_directory = {path("data")}
myhostname = localhost
mydestination =
relayhost = [127.0.0.1]:{sink.port}
mynetworks =
inet_interfaces = loopback-only
inet_protocols = ipv4
maillog_file = {path("log")}
maillog_file_prefixes = {os.path.dirname(folder)}
smtpd_tls_cert_file = {path("cert.pem")}
smtpd_tls_key_file = {path("key.pem")}
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_local_domain = localhost
cyrus_sasl_config_path = {path("config", "sasl")}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_client_connection_count_limit = 0
smtp_destination_concurrency_limit = 20
""")
        with open(path("config", "master.cf"), "w") as file:
            file.write(f"""
127.0.0.1:{self.port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
""")
        self.run("start")
        eventually(self.listens, 15, "the mail server listens")

    def run(self, verb):
        done = subprocess.run(["/usr/sbin/postfix", "-c", os.path.join(self.folder, "config"), verb],
                              capture_output=True, text=True, timeout=30)
        if done.returncode != 0 and verb == "start":
            raise AssertionError(f"postfix {verb}: {done.stdout}{done.stderr}")

    def listens(self):
        with socket.socket() as found:
            return found.connect_ex(("127.0.0.1", self.port)) == 0

    def close(self):
        self.run("stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def settings(self, folder, password=PASSWORD, more=""):
        with open(os.path.join(self.folder, "cert.pem")) as file:
            root = file.read()
        path = os.path.join(folder, "mail.toml")
        with open(path, "w") as file:
            file.write(f"""
host = "localhost"
port = {self.port}
security = "starttls"
user = "{USER}"
password = "{password}"
from = "{FROM}"
root_certificate = '''
{root}'''
{more}
""")
        return path


class Hooks:
    """An address that webhooks call: keeps what it gets, answers what it is told to."""

    def __init__(self):
        hooks = self
        self.calls, self.status, self.headers = [], 204, {}

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                hooks.calls.append((self.path, dict(self.headers.items()), body))
                self.send_response(hooks.status)
                for name, value in hooks.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # Whoever is killed breaks off what he was sending.
        self.server.handle_error = lambda *_: None
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def over_tls(self, certificate, key):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)

    def documents(self, key):
        return [json.loads(body) for _, _, body in list(self.calls) if key in json.loads(body)]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def post(noroshi, path, fields, headers=None):
    data = urllib.parse.urlencode(fields, doseq=True).encode()
    headers = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
    return fetch(noroshi.url + path, headers, "POST", data=data)


def path_of(url):
    parts = urllib.parse.urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def html_of(mail):
    return mail.get_body(("html",)).get_content()


def links(text, mark):
    return [found for found in re.findall(r"https?://\S+", text) if mark in found]


class Telling(Suite):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="noroshi-mail-")
        self.sink = Sink()
        self.addCleanup(self.sink.close)

    def mailed(self, noroshi, more=""):
        """Gives an installation a real mail server."""
        server = MailServer(self.sink, self.folder)
        self.addCleanup(server.close)
        noroshi.command("mail", "set", server.settings(self.folder, more=more))
        return server

    def begun(self, database=None, *options):
        noroshi = Installation(database)
        self.addCleanup(noroshi.close)
        larkspur.enter_components(noroshi)
        noroshi.start("--webhooks-anywhere", *options)
        eventually(lambda: noroshi.get("/beat.json").status == 200, 20, "a page")
        return noroshi

    def subscribed(self, noroshi, address, **fields):
        """Subscribes, and confirms by the link in the mail."""
        answer = post(noroshi, "/subscribe", {"channel": "email", "email": address, **fields})
        self.assertEqual(answer.status, 200, answer.text)
        mails = eventually(lambda: self.sink.to(address), 20, f"a mail to {address}")
        confirm = links(text_of(mails[-1]), "/confirm")[0]
        path = path_of(confirm)
        self.assertEqual(noroshi.get(path).status, 200)
        answer = post(noroshi, path, {})
        self.assertEqual(answer.status, 303, answer.text)
        return answer.headers["location"]

    def test_a_reader_subscribes_is_told_and_leaves_by_mail(self):
        noroshi = self.begun()
        self.mailed(noroshi)
        noroshi.command("mail", "test", "op@example.com")
        eventually(lambda: len(self.sink.to("op@example.com")) == 1, 20, "the trial mail")
        page = noroshi.get("/subscribe").text
        self.assertIn('name="email"', page)
        manage = self.subscribed(noroshi, "ada@example.com", locale="en")
        self.assertIn("You are subscribed.", noroshi.get(manage).text)
        code = noroshi.json("incident", "create", "--title", "Tickets do not load",
                            "--body", "We look into it.",
                            "--component", f"{larkspur.PLANNER}=partial_outage")["id"]
        first = eventually(lambda: self.sink.to("ada@example.com")[1:], 20, "the first word")[0]
        noroshi.command("incident", "update", code, "--body", "We know why.")
        second = eventually(lambda: self.sink.to("ada@example.com")[2:], 20, "the second")[0]
        noroshi.command("incident", "resolve", code, "--body", "It is over.")
        third = eventually(lambda: self.sink.to("ada@example.com")[3:], 20, "the all-clear")[0]
        self.assertIn("Tickets do not load", first["subject"])
        for mail, word in ((first, "We look into it."), (second, "We know why."),
                           (third, "It is over.")):
            self.assertIn(word, text_of(mail))
            self.assertIn(word, html_of(mail))
            self.assertEqual(mail["references"], first["references"])
            self.assertEqual(mail["list-unsubscribe-post"], "List-Unsubscribe=One-Click")
            self.assertNotIn("<img", html_of(mail))
        self.assertEqual(len({mail["message-id"] for mail in (first, second, third)}), 3)
        # A mail program leaves by itself: a bare POST, nothing else (RFC 8058).
        leave = path_of(third["list-unsubscribe"].strip("<>"))
        answer = post(noroshi, leave, {"List-Unsubscribe": "One-Click"})
        self.assertEqual(answer.status, 200)
        noroshi.command("incident", "create", "--title", "More", "--body", "More.",
                        "--component", f"{larkspur.PLANNER}=partial_outage")
        noroshi.published()
        time.sleep(1)
        self.assertEqual(len(self.sink.to("ada@example.com")), 4)

    def test_text_and_html_say_the_same_in_both_languages(self):
        noroshi = self.begun()
        self.mailed(noroshi)
        self.subscribed(noroshi, "en@example.com", locale="en")
        self.subscribed(noroshi, "ja@example.com", locale="ja")
        noroshi.command("incident", "create", "--title", "Tickets do not load",
                        "--title-ja", "チケットが表示されない",
                        "--body", "We look into it.", "--body-ja", "■ 状況\n調査しています。",
                        "--what-to-do", "Start the app anew.",
                        "--what-to-do-ja", "アプリを再起動してください。",
                        "--component", f"{larkspur.PLANNER}=partial_outage")
        for address, words in (
                ("en@example.com", ["Investigating", "Tickets do not load", "What to do now",
                                    "Start the app anew.", "We look into it."]),
                ("ja@example.com", ["調査中", "チケットが表示されない", "お客さまにお願いしたいこと",
                                    "アプリを再起動してください。", "調査しています。"])):
            mail = eventually(lambda a=address: self.sink.to(a)[1:], 20, address)[0]
            text, html = text_of(mail), told(html_of(mail))
            for body in (text, html):
                places = [body.index(word) for word in words]
                self.assertEqual(places, sorted(places), body)
            self.assertEqual(mail["content-language"], address[:2])
        japanese = self.sink.to("ja@example.com")[0]
        self.assertIn("購読の確認をお願いします", japanese["subject"])

    def test_mails_are_signed_and_an_independent_reader_verifies_it(self):
        noroshi = self.begun()
        key = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True,
                             text=True).stdout
        public = subprocess.run(["openssl", "rsa", "-pubout", "-outform", "DER"], check=True,
                                input=key.encode(), capture_output=True).stdout
        self.mailed(noroshi, f"""
dkim_domain = "larkspur.example"
dkim_selector = "s1"
dkim_key = '''
{key}'''
""")
        noroshi.command("mail", "test", "op@example.com")
        raw = eventually(lambda: self.sink.raw("op@example.com"), 20, "the trial mail")[0]
        record = b"v=DKIM1; k=rsa; p=" + __import__("base64").b64encode(public)
        lookup = lambda name, timeout=5: (
            record if name.rstrip(b".") == b"s1._domainkey.larkspur.example" else None)
        self.assertTrue(dkim.verify(raw, dnsfunc=lookup))
        self.assertFalse(dkim.verify(raw.replace(b"test", b"tast"), dnsfunc=lookup))

    def test_a_mailbox_that_is_not_there_is_quarantined_and_a_wrong_password_said(self):
        noroshi = self.begun()
        server = self.mailed(noroshi)
        noroshi.command("mail", "set", server.settings(self.folder, password="wrong"))
        noroshi.command("mail", "test", "op@example.com", expect=(1, 2, 3, 4, 5, 6, 7, 75))
        self.assertIn("did not take the mail", noroshi.last_err)
        self.assertNotIn("wrong", noroshi.last_err)

    def test_a_webhook_is_called_signed_and_left_by_its_link(self):
        noroshi = self.begun()
        hooks = Hooks()
        self.addCleanup(hooks.close)
        answer = post(noroshi, "/subscribe", {"channel": "webhook", "endpoint": hooks.url})
        self.assertEqual(answer.status, 303, answer.text)
        secret = re.search(r"whsec_[A-Za-z0-9+/=]+", noroshi.get(answer.headers["location"]).text)
        code = noroshi.json("incident", "create", "--title", "Tickets do not load",
                            "--body", "We look into it.",
                            "--component", f"{larkspur.PLANNER}=partial_outage")["id"]
        incident = eventually(lambda: hooks.documents("incident"), 20, "the incident")[0]
        change = eventually(lambda: hooks.documents("component_update"), 20, "the status")[0]
        self.assertEqual(incident["incident"]["id"], code)
        self.assertEqual(set(incident), {"meta", "page", "incident"})
        self.assertEqual(change["component_update"]["new_status"], "partial_outage")
        self.assertEqual(change["component_update"]["old_status"], "operational")
        for _, headers, body in list(hooks.calls):
            lower = {name.lower(): value for name, value in headers.items()}
            Webhook(secret.group()).verify(body, lower)
        leave = path_of(incident["meta"]["unsubscribe"])
        page = noroshi.get(leave).text
        hidden = re.search(r'name="code" value="([^"]+)"', page).group(1)
        self.assertEqual(post(noroshi, "/subscriptions/leave", {"code": hidden}).status, 200)
        count = len(hooks.calls)
        noroshi.command("incident", "resolve", code, "--body", "It is over.")
        noroshi.published()
        time.sleep(1)
        self.assertEqual(len(hooks.calls), count)

    def test_services_in_trouble_hold_up_nobody_and_the_console_says_which_and_why(self):
        noroshi = self.begun()
        well, asks, untrusted = Hooks(), Hooks(), Hooks()
        for hooks in (well, asks, untrusted):
            self.addCleanup(hooks.close)
        asks.status, asks.headers = 429, {"Retry-After": "120"}
        certificate = MailServer(self.sink, self.folder)
        self.addCleanup(certificate.close)
        untrusted.over_tls(os.path.join(self.folder, "cert.pem"),
                           os.path.join(self.folder, "key.pem"))
        slow = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(slow.close)
        # Another name makes another host, which is what waits for nobody else.
        addresses = {
            "well": well.url,
            "slow": f"http://localhost:{slow.getsockname()[1]}/in",
            "dead": f"http://127.0.0.1:{free_port()}/in",
            "asks": asks.url,
            "untrusted": untrusted.url.replace("http:", "https:"),
        }
        rows = "".join(f"webhook,{url}?n={n}\n" for url in addresses.values() for n in range(5))
        noroshi.command("subscriber", "import", "-", stdin="channel,address\n" + rows)
        code = noroshi.json("incident", "create", "--title", "Trouble", "--body", "first")["id"]
        told_of = lambda words: {path for path, _, body in list(well.calls) if words in body}
        eventually(lambda: len(told_of(b"first")) == 5, 20, "who can be told is")
        add_user(noroshi, "ada@larkspur.example", "owner")
        desk = Desk(noroshi, "ada@larkspur.example")
        page = noroshi.json("page", "show")["code"]
        reasons = {"dead": "the connection was refused", "asks": "it answered 429",
                   "untrusted": "the certificate is not trusted", "slow": "no answer in time"}
        def said():
            text = desk.get(f"/console/pages/{page}/channels").text
            return all(reason in text for reason in reasons.values()) and text
        text = eventually(said, 60, "the console says which and why")
        for name in reasons:
            self.assertIn(urllib.parse.urlsplit(addresses[name]).netloc, text, name)
        began = time.monotonic()
        noroshi.command("incident", "update", code, "--status", "identified", "--body", "second")
        eventually(lambda: len(told_of(b"second")) == 5, 20, "and is again")
        self.assertLess(time.monotonic() - began, 15, "nobody waits for the slow one's 30 s")
        # Who asks to be left alone is: one try for each update that had not been asked to wait.
        self.assertLessEqual(len(asks.calls), 10)

    def test_webhook_bodies_have_the_fields_of_the_reference(self):
        noroshi = self.begun()
        hooks = Hooks()
        self.addCleanup(hooks.close)
        answer = post(noroshi, "/subscriptions/webhook.json",
                      {"endpoint": hooks.url, "email": "contact@example.com"})
        self.assertEqual((answer.status, answer.json["type"]), (200, "success"))
        noroshi.command("incident", "create", "--title", "Tickets do not load", "--body", "a",
                        "--component", f"{larkspur.PLANNER}=partial_outage")
        got = {"component_update": None, "incident": None}
        for key in got:
            got[key] = eventually(lambda k=key: hooks.documents(k), 20, key)[0]
        reference = larkspur.webhook_examples()
        for key, document in got.items():
            self.assertEqual(shape(document), shape(reference[key]), key)

    def test_what_is_told_can_be_changed_and_one_incident_followed(self):
        noroshi = self.begun()
        self.mailed(noroshi)
        manage = self.subscribed(noroshi, "ada@example.com", locale="en")
        token = path_of(manage).split("?")[0]
        changed = post(noroshi, token, {"component": larkspur.CARDS, "locale": "en",
                                        "kind": ["incidents", "maintenance"]})
        self.assertEqual(changed.status, 303, changed.text)
        page = noroshi.get(changed.headers["location"]).text
        self.assertIn("Saved.", page)
        self.assertIn(f'value="{larkspur.CARDS}" checked', page)
        wrong = post(noroshi, token, {"component": "nothere", "locale": "en"})
        self.assertEqual(wrong.status, 422)
        code = noroshi.json("incident", "create", "--title", "Planner trouble", "--body", "a",
                            "--component", f"{larkspur.PLANNER}=partial_outage")["id"]
        noroshi.published()
        self.assertIn("Planner trouble", noroshi.get(f"/subscribe?incident={code}").text)
        self.subscribed(noroshi, "bob@example.com", incident=code, locale="en")
        noroshi.command("incident", "create", "--title", "Cards trouble", "--body", "b",
                        "--component", f"{larkspur.CARDS}=partial_outage")
        noroshi.command("incident", "update", code, "--body", "news of the planner")
        eventually(lambda: self.sink.to("bob@example.com")[1:], 20, "the followed incident")
        eventually(lambda: self.sink.to("ada@example.com")[1:], 20, "the chosen component")
        subjects = lambda who: [mail["subject"] for mail in self.sink.to(who)[1:]]
        self.assertEqual(subjects("ada@example.com"),
                         ["[Larkspur Transit] Investigating: Cards trouble"])
        self.assertEqual(subjects("bob@example.com"),
                         ["[Larkspur Transit] Update: Planner trouble"])

    def test_old_forms_answer_and_links_that_lead_nowhere_say_so(self):
        noroshi = self.begun()
        # Without a mail server mail is not offered, and a form for it is refused.
        self.assertNotIn('name="email"', noroshi.get("/subscribe").text)
        refused = post(noroshi, "/subscriptions/new-email", {"email": "ada@example.com"})
        self.assertEqual((refused.status, refused.json["type"]), (422, "error"))
        self.mailed(noroshi)
        for path, fields, status, kind in (
                ("/subscriptions/new-email", {"email": "ada@example.com"}, 200, "success"),
                ("/subscriptions/new-email", {"email": "no address"}, 422, "error"),
                ("/subscriptions/new-sms", {"phone_number": "1"}, 422, "error"),
                ("/subscriptions/incident.json", {"incident_code": "nothere",
                                                  "email": "ada@example.com"}, 422, "error"),
                ("/subscriptions/track_attempt", {"type": "email"}, 200, "success")):
            answer = post(noroshi, path, fields)
            self.assertEqual((answer.status, answer.json["type"]), (status, kind), path)
        for path in ("/?unsubscribe=nothere", "/subscriptions/a-b", "/subscriptions/a-b/confirm",
                     "/subscriptions/a-b/leave"):
            answer = noroshi.get(path)
            self.assertEqual(answer.status, 404, path)
            self.assertIn("This link leads nowhere", answer.text)
            self.assertEqual(answer.headers["referrer-policy"], "no-referrer")
        bad = post(noroshi, "/subscribe?locale=ja", {"channel": "email", "email": "ada"})
        self.assertEqual(bad.status, 422)
        self.assertIn("メールアドレスは ada@example.com の形式で", bad.text)
        self.assertIn('value="ada"', bad.text)

    def test_who_is_erased_is_nowhere_and_a_list_is_given_back(self):
        noroshi = self.begun()
        given = "channel,address,components,locale\n"
        rows = (f"email,ada@example.com,{larkspur.CARDS},ja\n"
                "email,gone-for-good@example.com,,\n")
        noroshi.command("subscriber", "import", "-", stdin=given + rows)
        again = noroshi.command("subscriber", "import", "-", stdin=given + rows)
        self.assertIn("0 added, 2 known", again)
        back = noroshi.command("subscriber", "export")
        self.assertIn(f"email,ada@example.com,active,{larkspur.CARDS},ja", back)
        bad = noroshi.command("subscriber", "import", "-", stdin=given + "email,nobody,,\n",
                              expect=2)
        self.assertIn("line 2: the address", noroshi.last_err, bad)
        found = noroshi.json("subscriber", "list", "--words", "gone-for-good")["subscribers"]
        noroshi.command("subscriber", "erase", found[0]["id"])
        self.assertNotIn("gone-for-good", noroshi.command("subscriber", "export"))
        for folder, _, names in os.walk(noroshi.data):
            for name in names:
                whole = os.path.join(folder, name)
                if os.path.isfile(whole):
                    with open(whole, "rb") as file:
                        self.assertNotIn(b"gone-for-good", file.read(), name)

    def test_a_bot_sends_three_confirmations_to_an_address_and_ten_a_minute(self):
        noroshi = self.begun()
        self.mailed(noroshi)
        answers = [post(noroshi, "/subscribe", {"channel": "email", "email": "ada@example.com"})
                   .status for _ in range(1000)]
        self.assertEqual(answers[:10], [200] * 10)
        self.assertEqual(set(answers[10:]), {429})
        eventually(lambda: self.sink.to("ada@example.com"), 20, "the confirmation")
        time.sleep(2)
        self.assertLessEqual(len(self.sink.to("ada@example.com")), 3)
        others = [post(noroshi, "/subscribe", {"channel": "email", "email": f"a{n}@example.com"},
                       {"x-forwarded-for": "198.51.100.7"}).status for n in range(11)]
        self.assertEqual(others, [200] * 10 + [429])

    def test_addresses_stand_in_their_own_table_and_nowhere_else(self):
        noroshi = self.begun()
        self.mailed(noroshi)
        address = "very-private-person@example.com"
        self.subscribed(noroshi, address)
        noroshi.command("incident", "create", "--title", "Trouble", "--body", "a",
                        "--component", f"{larkspur.PLANNER}=partial_outage")
        eventually(lambda: self.sink.to(address)[1:], 20, "the word")
        noroshi.published()
        held = []
        for folder, _, names in os.walk(noroshi.folder):
            for name in names:
                whole = os.path.join(folder, name)
                if os.path.isfile(whole):
                    with open(whole, "rb") as file:
                        if address.encode() in file.read():
                            held.append(name)
        self.assertEqual({name.split("-")[0] for name in held}, {"record.db"}, held)
        for path in ("/", "/journal.json", "/api/v2/summary.json", "/history.atom"):
            self.assertNotIn(address, noroshi.get(path).text)
        self.assertNotIn(address, noroshi.log())

    def test_killed_while_it_sends_everyone_is_told_in_order(self):
        for database in (None, Postgres):
            with self.subTest(database=database):
                self.kill_while_sending(database)

    def kill_while_sending(self, database, people=PEOPLE, kills=KILLS):
        if database:
            with Postgres() as server:
                return self.killed(Installation(server.new_database()), people, kills)
        return self.killed(Installation(), people, kills)

    def killed(self, noroshi, people, kills):
        hooks = Hooks()
        self.addCleanup(hooks.close)
        with noroshi:
            larkspur.enter_components(noroshi)
            rows = "".join(f"webhook,{hooks.url}?n={n}\n" for n in range(people))
            noroshi.command("subscriber", "import", "-", stdin="channel,address\n" + rows)
            noroshi.start("--webhooks-anywhere")
            code = noroshi.json("incident", "create", "--title", "Trouble", "--body", "first",
                                "--component", f"{larkspur.PLANNER}=partial_outage")["id"]
            for kill in range(kills):
                aim = (kill + 1) * people // (kills + 1)
                eventually(lambda: len(hooks.calls) > aim, 60, f"{aim} calls")
                noroshi.kill()
                noroshi.start("--webhooks-anywhere")
            got = lambda: {path for path, _, body in list(hooks.calls)
                           if b'"incident"' in body}
            eventually(lambda: len(got()) == people, 120, "everyone is told")
            noroshi.command("incident", "resolve", code, "--body", "over")
            cleared = lambda: {path for path, _, body in list(hooks.calls)
                               if b'"status":"resolved"' in body}
            eventually(lambda: len(cleared()) == people, 120, "everyone hears the end")
            by_person, keys = {}, {}
            for path, headers, body in list(hooks.calls):
                document = json.loads(body)
                if "incident" not in document:
                    continue
                by_person.setdefault(path, []).append(document["incident"]["status"])
                keys.setdefault(path, []).append(headers.get("webhook-id"))
            twice = 0
            for path, statuses in by_person.items():
                self.assertEqual(statuses, sorted(statuses, key=["investigating",
                                                                 "resolved"].index), path)
                twice += len(statuses) - 2
                self.assertEqual(len(set(keys[path])), 2, "a duplicate shows by its key")
            self.assertLessEqual(twice, kills * 300, "duplicates come only around the kills")


def shape(value):
    """The keys of a document, with what lists and objects hold."""
    if isinstance(value, dict):
        return {key: shape(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return None
