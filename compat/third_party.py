"""The third-party clients, each run unmodified in a process of its own; gives what they parsed.

Nothing here knows what was entered: that is for the suites to compare.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

import feedparser

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = os.path.join(HERE, "clients")


def _run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, **options)
    if done.returncode:
        raise AssertionError(f"{command[-2:]}: {done.stdout}\n{done.stderr}")
    return done.stdout


def _direct():
    """The environment without proxies: the server is on loopback."""
    clean = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    return {**clean, "NO_PROXY": "*"}


def _node(script, url):
    node = os.environ.get("SUITE_NODE")
    if not node or not os.environ.get("SUITE_NODE_MODULES"):
        raise AssertionError("no Node with clients here: run through scripts/test")
    return json.loads(_run([node, os.path.join(CLIENTS, script), url], env=_direct()))


def statuspage_io(url):
    """statuspage.io 3.3.8: six documents, as it parsed them."""
    return _node("statuspage_io.cjs", url)


def status_widget(url):
    """@statuspage/status-widget 1.0.5: what it shows."""
    return _node("status_widget.cjs", url)


def discord_status(url):
    """DiscordStatus 0.0.2: all eight documents, as it parsed them."""
    return json.loads(_run([sys.executable, os.path.join(CLIENTS, "discord_status.py"), url],
                           env=_direct()))


def prometheus_exporter(url):
    """statuspage-prometheus-exporter 2.6.0: its samples as (metric, labels, value)."""
    with tempfile.TemporaryDirectory() as folder:
        services = os.path.join(folder, "services.json")
        with open(services, "w", encoding="utf-8") as file:
            json.dump({"page": {"url": url + "/api/v2/summary.json", "name": "page"}}, file)
        program = os.path.join(os.path.dirname(sys.executable), "statuspage-prometheus-exporter")
        out = os.path.join(folder, "out.prom")
        _run([program], cwd=folder, env={
            **_direct(), "RUN_MODE": "once", "SERVICES_JSON_PATH": services,
            "METRICS_TEXTFILE_PATH": out})
        with open(out, encoding="utf-8") as file:
            return [_sample(line) for line in file if line.startswith("statuspage_")]


def _sample(line):
    name, labels, value = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)\n", line).groups()
    pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or "")
    return name, dict(pairs), float(value)


def feed(url):
    """feedparser 6.0.14: the feed, which must be well-formed."""
    parsed = feedparser.parse(url)
    if parsed.bozo:
        raise AssertionError(f"{url}: {parsed.bozo_exception!r}")
    return parsed
