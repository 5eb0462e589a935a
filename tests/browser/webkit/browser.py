"""WebKitGTK, driven through its own WebKitWebDriver on a display of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import ViewportSize
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Remote
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.webkitgtk.options import Options
from urllib3.exceptions import HTTPError

from tests.browser.webkit.page import WebKitPage
from tests.browser.webkit.witness import Witness
from tests.servers.processes import free_port, log_of, running
from tools.places import ROOT

WINDOW = Path(__file__).parent / "window.py"
SCREEN = "1600x1200x24"
# What WebKit writes as errors, and is about what it does not know: it works without.
NOTES = (
    "Unrecognized Content-Security-Policy directive 'manifest-src'",
    'Viewport argument key "interactive-widget" not recognized',
)


@dataclass(frozen=True, slots=True)
class EngineType:
    """The engine's name, where Playwright has it."""

    name: str = "webkit"


class WebKitBrowser:
    """Starts WebKit, each time as a browser of its own, until `close()`.

    Args:
        mini: whether MiniBrowser is driven, and not the window that keeps its data.
    """

    browser_type = EngineType()

    def __init__(self, *, mini: bool = False) -> None:
        self._mini = mini
        # On a leash: it ends with us, however we end.
        self._display = subprocess.Popen(
            [sys.executable, "-m", "tools.leash", os.environ["THALWEG_XVFB"],
             "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, start_new_session=True,
        )  # fmt: skip
        assert self._display.stdout is not None
        number = self._display.stdout.readline().strip()
        assert number, "Xvfb did not start"
        self.display = f":{number}"
        self._contexts: list[WebKitContext] = []

    def new_context(
        self, *, viewport: ViewportSize | None = None, folder: Path | None = None
    ) -> WebKitContext:
        """Start the browser; what it stores lies in a folder, or is gone at its end."""
        self._contexts.append(WebKitContext(self.display, self._mini, viewport, folder))
        return self._contexts[-1]

    def new_page(self) -> WebKitPage:
        """Open a window in a browser of its own."""
        return self.new_context().new_page()

    def close(self) -> None:
        """End every browser, then the display."""
        for context in self._contexts:
            context.close()
        assert self._display.stdin is not None
        self._display.stdin.close()
        self._display.wait()
        assert self._display.stdout is not None
        self._display.stdout.close()


class WebKitContext:
    """A running browser and its driver, until `close()` or `kill()`."""

    def __init__(
        self, display: str, mini: bool, viewport: ViewportSize | None, folder: Path | None
    ) -> None:
        self.longest_wait = 90.0
        self.pages: list[WebKitPage] = []
        self._viewport = viewport
        self._ends = ExitStack()
        self._witness = Witness()
        self._ends.callback(self._witness.close)
        self._strays = self._lines = 0
        self._ended = False
        if folder is None:
            folder = Path(self._ends.enter_context(tempfile.TemporaryDirectory()))
        program = [os.environ["THALWEG_MINIBROWSER"], "--automation"]
        command = program if mini else [str(WINDOW), str(folder)]
        port = free_port()
        self._log = log_of(port)
        address = self._ends.enter_context(
            running(
                [os.environ["THALWEG_WEBKIT"], f"--port={port}"],
                port, "/status", {"DISPLAY": display},
            )
        )  # fmt: skip
        with ExitStack() as failed:
            failed.callback(self._ends.close)
            connection = RemoteConnection(client_config=ClientConfig(address))
            self.driver: WebDriver = Remote(connection, options=self._options(command))
            failed.pop_all()

    def _options(self, command: Sequence[str]) -> Options:
        options = Options()
        options.binary_location = command[0]
        for argument in command[1:]:
            options.add_argument(argument)
        place = self._witness.place
        proxy: Any = {"proxyType": "manual", "httpProxy": place, "sslProxy": place}
        # Selenium's own class would write the list as a text, which the driver refuses.
        options.set_capability("proxy", {**proxy, "noProxy": ["127.0.0.1"]})
        return options

    def set_default_timeout(self, timeout: float) -> None:
        """Wait this long for anything, in milliseconds."""
        self.longest_wait = timeout / 1000
        self.driver.set_script_timeout(self.longest_wait)

    def new_page(self) -> WebKitPage:
        """Open a window; the browser's first one is taken first."""
        if self.pages:
            self.driver.switch_to.new_window("window")
        handles = {page.handle for page in self.pages}
        [handle] = set(self.driver.window_handles) - handles
        page = WebKitPage(self, handle)
        self.pages.append(page)
        if self._viewport:
            page.set_viewport_size(self._viewport)
        return page

    def forget(self, page: WebKitPage) -> None:
        """Close a window; the last one gives way to an empty one, or the session would end."""
        self.pages.remove(page)
        if not self.pages:
            self.driver.switch_to.new_window("window")
            self.driver.switch_to.window(page.handle)
        self.driver.close()

    def turn_to(self, handle: str) -> WebDriver:
        """Let what follows be about this window, and give its driver."""
        self.driver.switch_to.window(handle)
        self.driver.switch_to.default_content()
        return self.driver

    def new_errors(self) -> list[str]:
        """Give the errors in the console since the last time."""
        if not self._log.exists():
            return []
        lines = self._log.read_text(errors="replace").split("\n")[:-1]
        new, self._lines = lines[self._lines :], len(lines)
        errors = [line for line in new if re.search(r"\bCONSOLE( [A-Z]+)? ERROR ", line)]
        return [line for line in errors if not any(note in line for note in NOTES)]

    def strays(self) -> list[str]:
        """Give what was asked of other machines since the last time."""
        new = self._witness.seen[self._strays :]
        self._strays += len(new)
        return [f"elsewhere:{line}" for line in new]

    def close(self) -> None:
        """End the session, the browser and the driver; nothing if they have ended."""
        if not self._ended:
            with suppress(WebDriverException, HTTPError):  # a browser that crashed has no session
                self.driver.quit()
        self.kill()

    def kill(self) -> None:
        """End the browser at once, with SIGKILL."""
        self._ended = True
        self._ends.close()
