"""Chromium as a person has it: tabs that are hidden when another one is in front.

Playwright keeps every page visible, so this one is driven over its own protocol alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

import websocket

from tests.browser.conftest import CHROMIUM_ARGUMENTS
from tests.browser.processes import kill

# Timers of hidden pages run once a minute after five minutes; here after ten seconds.
SOON = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/10"


class Tab:
    """A tab, driven over a connection of its own.

    Args:
        browser: what it belongs to.
        name: the browser's name for it.
        address: of the connection.
    """

    def __init__(self, browser: PlainChromium, name: str, address: str) -> None:
        self._browser = browser
        self._name = name
        self._connection = websocket.create_connection(address, suppress_origin=True)
        self._count = 0

    def call(self, method: str, **parameters: object) -> Any:
        """Call a method of the Chrome DevTools Protocol."""
        self._count += 1
        call = {"id": self._count, "method": method, "params": parameters}
        self._connection.send(json.dumps(call))
        while True:
            answer = json.loads(self._connection.recv())
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return answer["result"]

    def value(self, expression: str) -> Any:
        """Give the value of an expression of JavaScript; a promise is waited for."""
        options = {"awaitPromise": True, "returnByValue": True}
        answer = self.call("Runtime.evaluate", expression=expression, **options)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def type(self, text: str) -> None:
        """Type a text where the focus is, then Enter."""
        self.call("Input.insertText", text=text)
        enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
        self.call("Input.dispatchKeyEvent", type="keyDown", **enter)
        self.call("Input.dispatchKeyEvent", type="keyUp", **enter)

    def come_to_front(self) -> None:
        """Bring it before all others."""
        self._browser.ask(f"/json/activate/{self._name}")

    def close(self) -> None:
        """Close the connection; the tab stays."""
        self._connection.close()


class PlainChromium:
    """A running Chromium on a profile, until `close()`."""

    def __init__(self, profile: Path) -> None:
        self._tabs: list[Tab] = []
        self._process = subprocess.Popen(
            [os.environ["THALWEG_CHROMIUM"], *CHROMIUM_ARGUMENTS, "--headless", SOON,
             f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stderr is not None
        for line in self._process.stderr:
            if line.startswith("DevTools listening on ws://"):
                self._place = line.split("/")[2]
                break
        else:
            raise AssertionError("Chromium did not start")

    def ask(self, path: str, method: str = "GET") -> bytes:
        """Ask the browser's own server."""
        request = urllib.request.Request(f"http://{self._place}{path}", method=method)
        with urllib.request.urlopen(request) as answer:
            return bytes(answer.read())

    def open(self, address: str) -> Tab:
        """Open an address in a new tab, before all others."""
        made = json.loads(self.ask(f"/json/new?{quote(address, safe=':/')}", "PUT"))
        self._tabs.append(Tab(self, made["id"], made["webSocketDebuggerUrl"]))
        return self._tabs[-1]

    def close(self) -> None:
        """End it."""
        for tab in self._tabs:
            tab.close()
        kill(self._process.pid)
        self._process.wait()
        assert self._process.stderr is not None
        self._process.stderr.close()
