"""Real browsers, the real page, the real model.

Every story runs in Chromium, Firefox and WebKit unless it says why not. A page that writes an error
to its console, or asks any host but its own and the configured endpoint, fails its test.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    ViewportSize,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page as PlaywrightPage

from tests.browser.keeper_story import Story, replaced
from tests.browser.person import Page
from tests.browser.processes import kill, process_of
from tests.browser.webkit.browser import WebKitBrowser, WebKitContext
from tests.browser.webkit.page import Message, WebKitPage
from tests.servers.dripping import DrippingServer
from tests.servers.relay import Relay
from tests.servers.scripted import Script, ScriptedServer
from tools import model
from tools.model import ModelServer
from tools.page import read_page
from tools.places import ROOT
from tools.serve import Intercept, PageServer

READY = "html[data-state=ready]"
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
# Nothing leaves this machine: the browser's own services are off.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def options_of(engine: str) -> dict[str, Any]:
    """Give what a browser is started with."""
    executable = os.environ[f"THALWEG_{engine.upper()}"]
    if engine == "chromium":
        return {"executable_path": executable, "args": CHROMIUM_ARGUMENTS}
    return {"executable_path": executable, "channel": "moz-firefox"}


def launch_on(engine: BrowserType, profile: str) -> BrowserContext:
    """Start a browser whose profile lies in a folder, and outlives it."""
    return engine.launch_persistent_context(profile, **options_of(engine.name))


AnyBrowser = Browser | WebKitBrowser
AnyContext = BrowserContext | WebKitContext


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the stories that need what their engine's driver cannot do, with the reason."""
    for item in items:
        for mark in item.iter_markers("beyond"):
            engine, reason = mark.args
            spec = getattr(item, "callspec", None)
            if spec is not None and spec.params.get("browser") == engine:
                item.add_marker(pytest.mark.skip(reason=f"{engine}: {reason}"))


@pytest.fixture(scope="session", params=["chromium", "firefox", "webkit"])
def browser(request: pytest.FixtureRequest) -> Iterator[AnyBrowser]:
    """A running browser."""
    if request.param == "webkit" and (why := os.environ.get("THALWEG_NO_WEBKIT")):
        pytest.skip(why)
    executable = os.environ.get(f"THALWEG_{request.param.upper()}")
    if not executable:
        pytest.fail("Run the browser tests with `make test`: it finds the browsers for them.")
    if request.param == "webkit":
        webkit = WebKitBrowser()
        yield webkit
        webkit.close()
        return
    with sync_playwright() as playwright:
        started = getattr(playwright, request.param).launch(**options_of(request.param))
        yield started
        started.close()


@pytest.fixture(scope="session")
def model_server() -> Iterator[ModelServer]:
    """The real model, as `make run` starts it."""
    server = model.start()
    yield server
    server.stop()


@pytest.fixture
def relay(model_server: ModelServer) -> Iterator[Relay]:
    """The real model, with everything it says written down."""
    between = Relay(model_server.address)
    yield between
    between.close()


@dataclass
class Watch:
    """What a page did that a person does not see."""

    allowed: set[str]
    errors: list[str] = field(default_factory=list)
    # Parts of errors that are none: Firefox and WebKit write such whenever a page leaves a request
    # that its service worker answers, or when the worker passes a failed one on.
    expected: tuple[str, ...] = (
        "A ServiceWorker intercepted the request",
        "A ServiceWorker passed an Error Response",
        "Response served by service worker is an error",
    )
    foreign: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    page: PlaywrightPage | WebKitPage | None = None

    def attach(self, page: PlaywrightPage | WebKitPage) -> None:
        """Look on."""
        self.page = page
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._request(request.url))

    def catch_up(self) -> None:
        """Hear what is only told when asked for."""
        if isinstance(self.page, WebKitPage):
            self.page.catch_up()

    def expect_error(self, part: str) -> None:
        """Take errors with this text as expected; there must be one."""
        matching = [error for error in self.errors if part in error]
        assert matching, f"no error with {part!r} in {self.errors}"
        self.errors = [error for error in self.errors if part not in error]

    def _console(self, message: ConsoleMessage | Message) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _request(self, url: str) -> None:
        self.requests.append(url)
        parts = urlsplit(url)
        own = f"{parts.scheme}://{parts.netloc}"
        if parts.scheme not in ("data", "blob") and own not in self.allowed:
            self.foreign.append(url)


Open = Callable[..., Page]


@pytest.fixture
def watches() -> Iterator[list[Watch]]:
    """All watches of a test; at its end none may have seen anything wrong."""
    kept: list[Watch] = []
    yield kept
    for watch in kept:
        watch.catch_up()
        assert [each for each in watch.errors if not is_expected(each, watch.expected)] == []
        assert watch.foreign == []


@pytest.fixture
def serve() -> Iterator[Callable[..., PageServer]]:
    """Serve the page with other settings, or with some files replaced."""
    servers: list[PageServer] = []

    def start(
        endpoint: str = "",
        intercept: Intercept | None = None,
        *,
        retries: int | None = None,
        numbers: Mapping[str, float] | None = None,
        **settings: str,
    ) -> PageServer:
        if endpoint:
            # Only the real model, and what stands in for it on purpose, keeps its answers.
            settings = {"endpoint": f"{endpoint}/v1", "resume": "auto", **settings}
        if retries is not None:
            numbers = {"max_retries": retries, **(numbers or {})}
        if numbers:
            intercept = with_numbers(numbers, settings)
        servers.append(PageServer(ROOT, 0, settings, intercept))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def with_numbers(numbers: Mapping[str, float], settings: dict[str, str]) -> Intercept:
    """Put other numbers into the page's settings file; those left out there are put in."""
    changed = read_page(ROOT, settings).settings
    for key, number in numbers.items():
        line = rf"^(?:# )?{key} = [\d.]+"
        changed, count = re.subn(line, f"{key} = {number}", changed, flags=re.MULTILINE)
        assert count == 1, key
    return lambda path: changed.encode() if path == "pyscript.toml" else None


@pytest.fixture
def scripted() -> Iterator[Callable[..., ScriptedServer]]:
    """Start servers that play scripts."""
    servers: list[ScriptedServer] = []

    def start(*scripts: Script) -> ScriptedServer:
        servers.append(ScriptedServer(*scripts))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def context(browser: AnyBrowser) -> Iterator[AnyContext]:
    """A browser profile of its own, in a desktop's size."""
    fresh = browser.new_context(viewport=DESKTOP)
    fresh.set_default_timeout(90_000)
    yield fresh
    fresh.close()


class Restartable:
    """A browser on a profile in a folder, that can be killed and started again."""

    def __init__(self, browser: AnyBrowser, profile: Path) -> None:
        self._browser = browser
        self._profile = profile
        self._context: AnyContext | None = None

    def start(self) -> Page:
        """Start it, and give its page."""
        if isinstance(self._browser, WebKitBrowser):
            self._context = self._browser.new_context(viewport=DESKTOP, folder=self._profile)
        else:
            self._context = launch_on(self._browser.browser_type, str(self._profile))
        return self._context.new_page()

    def kill(self) -> None:
        """Kill it, without a chance to put anything in order."""
        if isinstance(self._context, WebKitContext):
            self._context.kill()
        else:
            kill(process_of(str(self._profile)))
        self.close()

    def close(self) -> None:
        """Put away what is left of it."""
        if self._context is not None:
            with suppress(PlaywrightError):
                self._context.close()
        self._context = None


@pytest.fixture
def restartable(browser: AnyBrowser, tmp_path: Path) -> Iterator[Restartable]:
    """A browser that can be killed."""
    started = Restartable(browser, tmp_path / "profile")
    yield started
    started.close()


@pytest.fixture
def open_page(context: AnyContext, watches: list[Watch]) -> Open:
    """Open an address as a person would, and watch what the page does."""

    def start(address: str, *endpoints: str, wait: bool = True) -> Page:
        page = context.new_page()
        parts = urlsplit(address)
        watch = Watch({f"{parts.scheme}://{parts.netloc}", *endpoints})
        watch.attach(page)
        watches.append(watch)
        page.goto(address)
        if wait:
            page.wait_for_selector(READY)
        return page

    return start


def ask(page: Page, question: str) -> None:
    """Type a question and send it with Enter."""
    page.locator("#question").fill(question)
    page.locator("#question").press("Enter")


def wait_for_answer(page: Page, phase: str = "done") -> None:
    """Wait until the last answer is in a phase."""
    page.wait_for_selector(f".exchange:last-child .answer:last-child[data-phase={phase}]")


@pytest.fixture
def upstream() -> Iterator[DrippingServer]:
    server = DrippingServer()
    yield server
    server.close()


@pytest.fixture
def site(serve: Callable[..., PageServer], upstream: DrippingServer) -> str:
    """The address of the bare page."""
    return serve(intercept=replaced(upstream.address)).address


@pytest.fixture
def story(site: str, upstream: DrippingServer, context: AnyContext) -> Story:
    page = context.new_page()
    page.goto(site)
    page.evaluate("story.register()")
    return Story(page, upstream)


# What browsers write, in words of their own, when a server fails or a connection breaks.
NETWORK_ERRORS = (
    "Failed to load resource",
    "Same Origin Policy disallows",
    "A ServiceWorker intercepted the request",
    "FetchEvent.respondWith received an error",
    # WebKit's own, when its worker answers a request with an error of the network.
    "Unhandled Promise Rejection: NetworkError",
    "Response served by service worker is an error",
    "due to access control checks",
)


def forget_network_errors(watches: list[Watch]) -> None:
    """Take what browsers log of the network as expected; our own code logs nothing."""
    for watch in watches:
        watch.expected += NETWORK_ERRORS


def is_expected(error: str, parts: tuple[str, ...]) -> bool:
    """Tell whether an error in the console is one of those."""
    return any(part in error for part in parts)
