"""WebKit's page: Playwright's words, said through WebDriver."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import ViewportSize
from selenium.common.exceptions import JavascriptException
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.person import State
from tests.browser.webkit.locator import VISIBLE, WebKitLocator

if TYPE_CHECKING:
    from tests.browser.webkit.browser import WebKitContext

# Runs what stands at %s, and tells the value once it is there; WebDriver gives the last argument.
EVALUATE = """
const [argument, tell] = arguments;
(async () => {
  const value = %s;
  return typeof value === "function" ? value(argument) : value;
})().then((value) => tell({ value }), (error) => tell({ failure: String(error) }));
"""
STATEMENTS = """
const [, tell] = arguments;
(async () => { %s })().then(() => tell({}), (error) => tell({ failure: String(error) }));
"""
ASKED_FOR = "return performance.getEntriesByType('resource').map((entry) => entry.name)"


@dataclass(frozen=True, slots=True)
class Message:
    """A line of the console."""

    type: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the page."""

    url: str


class WebKitPage:
    """A window of WebKit.

    Args:
        context: the browser that it belongs to.
        handle: WebDriver's name of the window.
    """

    def __init__(self, context: WebKitContext, handle: str) -> None:
        self._context = context
        self._listeners: dict[str, Callable[[Any], object]] = {}
        self._known: set[str] = set()
        self._mouse = WebKitMouse(self)
        self.handle = handle

    @property
    def longest_wait(self) -> float:
        """How long to wait for anything, in seconds."""
        return self._context.longest_wait

    @property
    def keyboard(self) -> WebKitKeyboard:
        """The keyboard."""
        return WebKitKeyboard(self)

    @property
    def mouse(self) -> WebKitMouse:
        """The mouse."""
        return self._mouse

    def on(self, event: Literal["console", "request", "pageerror"], listener: Any) -> None:
        """Tell a listener of errors in the console, or of requests; see `catch_up`."""
        self._listeners[event] = listener

    def goto(self, url: str) -> None:
        """Open an address."""
        self.enter()
        self._context.driver.get(url)

    def reload(self, *, wait_until: Literal["commit", "load"] | None = None) -> None:
        """Load the page again; WebDriver always waits for all of it."""
        del wait_until
        self.enter()
        self._context.driver.refresh()

    def close(self) -> None:
        """Close the window."""
        self.enter()
        self._context.forget(self)

    def title(self) -> str:
        """Give the window's title."""
        self.enter()
        return self._context.driver.title

    def content(self) -> str:
        """Give the page as HTML."""
        self.enter()
        return self._context.driver.page_source

    def set_viewport_size(self, viewport_size: ViewportSize) -> None:
        """Make the page this wide and high, in CSS pixels."""
        self.enter()
        width, height = viewport_size["width"], viewport_size["height"]
        self._context.driver.set_window_rect(0, 0, width, height)
        # A browser's own bars lie above the page.
        bars = height - int(self.evaluate("innerHeight"))
        if bars:
            self._context.driver.set_window_rect(0, 0, width, height + bars)

    def locator(self, selector: str) -> WebKitLocator:
        """Give a place on the page."""
        return WebKitLocator(self).locator(selector)

    def get_by_role(self, role: Literal["button"], *, name: str) -> WebKitLocator:
        """Give what has this role and name."""
        return WebKitLocator(self).get_by_role(role, name=name)

    def get_by_text(self, text: str) -> WebKitLocator:
        """Give the smallest elements with this text."""
        return WebKitLocator(self).get_by_text(text)

    def frame_locator(self, selector: str) -> WebKitLocator:
        """Give a page inside this one."""
        return WebKitLocator(self, frames=(selector,))

    def wait_for_selector(
        self, selector: str, *, timeout: float | None = None, state: State | None = None
    ) -> None:
        """Wait until something is there and visible, or as `state` says (milliseconds)."""
        seconds = None if timeout is None else timeout / 1000
        self.locator(selector).first.wait_for(state or "visible", seconds)
        self.catch_up()

    def wait_for_timeout(self, timeout: float) -> None:
        """Do nothing for this many milliseconds."""
        time.sleep(timeout / 1000)

    def evaluate(self, expression: str, arg: Any = None) -> Any:
        """Give the value of an expression, of a function called with `arg`, or of their promise.

        Statements are run as well, and give nothing.

        Raises:
            AssertionError: it threw, or its promise was rejected.
        """
        self.enter()
        try:
            told = self._told(EVALUATE % f"({expression})", arg)
        except JavascriptException:
            if self._is_expression(expression):
                raise
            told = self._told(STATEMENTS % expression, arg)
        assert "failure" not in told, told["failure"]
        return told.get("value")

    def _is_expression(self, text: str) -> bool:
        """Tell whether it can be read as an expression; it is not run."""
        try:
            self.script(f"return; ({text})")
        except JavascriptException:
            return False
        return True

    def _told(self, script: str, arg: object) -> dict[str, Any]:
        told: dict[str, Any] = self._context.driver.execute_async_script(script, arg)
        return told

    def script(self, script: str, *arguments: object) -> Any:
        """Run a script in the window that was entered last."""
        return self._context.driver.execute_script(script, *arguments)

    def chain(self) -> ActionChains:
        """Begin to say what fingers do, on this window."""
        self.enter()
        return ActionChains(self._context.driver, duration=0)

    def shows(self, element: WebElement) -> bool:
        """Tell whether a person can see an element."""
        return bool(self.script(VISIBLE, element))

    def enter(self, frames: tuple[str, ...] = ()) -> WebDriver | None:
        """Turn to this window and its frames, and give the document; None without such a frame."""
        driver = self._context.turn_to(self.handle)
        for selector in frames:
            found = driver.find_elements(By.CSS_SELECTOR, selector)
            if not found:
                return None
            driver.switch_to.frame(found[0])
        return driver

    def catch_up(self) -> None:
        """Tell the listeners what happened since the last time: WebDriver tells nothing itself."""
        if console := self._listeners.get("console"):
            for text in self._context.new_errors():
                console(Message("error", text))
        request = self._listeners.get("request")
        if request and self in self._context.pages:
            self.enter()
            urls = [str(self._context.driver.current_url), *self.script(ASKED_FOR)]
            urls = [url for url in urls if urlsplit(url).scheme in ("http", "https")]
            for url in [*urls, *self._context.strays()]:
                if url not in self._known:
                    self._known.add(url)
                    request(Asked(url))


def _in_capitals(name: str) -> str:
    """Give the driver's name of a key: PAGE_UP for PageUp."""
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", name).upper()


@dataclass(frozen=True, slots=True)
class WebKitKeyboard:
    """The keyboard, which types where the focus is."""

    page: WebKitPage

    def press(self, key: str) -> None:
        """Press a key, such as "Enter" or "Shift+Enter"."""
        *held, last = [str(getattr(Keys, _in_capitals(name), name)) for name in key.split("+")]
        chain = self.page.chain()
        for name in held:
            chain.key_down(name)
        chain.send_keys(last)
        for name in reversed(held):
            chain.key_up(name)
        chain.perform()

    def type(self, text: str) -> None:
        """Type a text."""
        self.page.chain().send_keys(text).perform()


class WebKitMouse:
    """The mouse; positions and ways are in CSS pixels."""

    def __init__(self, page: WebKitPage) -> None:
        self._page = page
        self._at = (0, 0)

    def move(self, x: float, y: float) -> None:
        """Move it."""
        self._at = (round(x), round(y))
        chain = self._page.chain()
        pointer: Any = chain.w3c_actions.pointer_action  # Selenium's are untyped
        pointer.move_to_location(*self._at)
        chain.perform()

    def wheel(self, delta_x: float, delta_y: float) -> None:
        """Turn its wheel where it stands."""
        chain = self._page.chain()
        way = (round(delta_x), round(delta_y))
        wheel: Any = chain.w3c_actions.wheel_action
        wheel.scroll(*self._at, *way, duration=0, origin="viewport")
        chain.perform()
