"""The suite of app/wire runs in the page's own interpreter as it runs on CPython."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.pyodide.host import SuiteServer
from tests.pyodide.selection import SUITE
from tools.places import ROOT

# A hanging interpreter fails the test instead of the whole run, in milliseconds.
LONGEST = 20 * 60 * 1000


@pytest.fixture(scope="module")
def server() -> Iterator[SuiteServer]:
    started = SuiteServer()
    yield started
    started.close()


@pytest.fixture(scope="module")
def collected() -> set[str]:
    """The tests that CPython finds."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, *SUITE], cwd=ROOT, capture_output=True, text=True, check=True)
    return {line for line in done.stdout.splitlines() if "::" in line}


def test_the_suite_inside(browser: Browser, server: SuiteServer, collected: set[str]) -> None:
    page = browser.new_page()
    page.goto(server.address)
    page.wait_for_selector("#report", timeout=LONGEST)
    report: dict[str, Any] = json.loads(page.locator("#report").text_content() or "")
    page.close()
    assert "crash" not in report, report["crash"]
    failures = [f"{name}\n{text}" for name, text in report["failures"].items()]
    assert not failures, "\n\n".join([f"{len(failures)} failed inside", *failures[:5]])
    assert report["outcomes"].keys() == collected, report["printed"]
    passed = sum(outcome == "passed" for outcome in report["outcomes"].values())
    assert passed > 0.95 * len(collected), report["printed"]
