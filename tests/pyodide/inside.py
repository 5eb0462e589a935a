"""What runs inside Pyodide: pytest over the suite, and a report of it as JSON."""

from __future__ import annotations

import contextlib
import io
import json
import os

import pytest

from tests.pyodide.selection import SUITE

# Fewer than `make test` sends through CPython: Pyodide is several times slower.
MUTATED_STREAMS = "5000"


class Recorder:
    """Keeps what became of each test."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}
        self.failures: dict[str, str] = {}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what could not even be collected."""
        if report.failed:
            self.failures[report.nodeid] = report.longreprtext

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the outcome; set-up and tear-down count when they go wrong or skip."""
        if report.when == "call" or not report.passed:
            self.outcomes[report.nodeid] = report.outcome
        if report.failed:
            self.failures[report.nodeid] = report.longreprtext


def report(root: str) -> str:
    """Run the suite in a folder; return outcomes and failures by test, as JSON."""
    os.chdir(root)
    os.environ["THALWEG_MUTATIONS"] = MUTATED_STREAMS
    recorder = Recorder()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        options = ["-q", "-p", "no:cacheprovider", "-p", "no:faulthandler"]
        code = pytest.main([*options, *SUITE], plugins=[recorder])
    return json.dumps(
        {
            "code": int(code),
            "outcomes": recorder.outcomes,
            "failures": recorder.failures,
            "printed": printed.getvalue()[-4_000:],
        }
    )
