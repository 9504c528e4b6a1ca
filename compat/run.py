"""Runs the suites: all of them, or those named. Ends with "N passed, N failed".

A skipped test and an empty suite count as failed.
"""

import os
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

SUITES = [
    "contract",
    "v1",
    "v1_clients",
    "paths",
    "clients_follow",
    "real_input",
    "uptime_agrees",
    "moves",
    "several_pages",
    "bad_input",
    "schema",
    "verify_fails",
    "erase",
    "telling",
    "leaks",
    "attacks",
    "guards",
    "owned",
    "readers_unharmed",
    "kill",
    "postgres_away",
    "publishing",
    "copies",
]


class Plain(unittest.TextTestResult):
    """Says each test's name and how long it took."""

    def startTest(self, test):
        self.began = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed_count = getattr(self, "passed_count", 0) + 1
        self.stream.writeln(f"   {time.monotonic() - self.began:.1f} s")


def main(names):
    passed = failed = 0
    for name in names or SUITES:
        print(f"-- {name}", flush=True)
        tests = unittest.defaultTestLoader.loadTestsFromName(name)
        runner = unittest.TextTestRunner(stream=sys.stdout, verbosity=2, resultclass=Plain)
        result = runner.run(tests)
        well = getattr(result, "passed_count", 0)
        badly = (len(result.failures) + len(result.errors) + len(result.skipped)
                 + len(result.unexpectedSuccesses))
        if well + badly == 0:
            print(f"suite {name} is empty")
            badly = 1
        passed += well
        failed += badly
    print(f"compat: {passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
