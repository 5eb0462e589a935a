"""Places on WebKit's page: Playwright's words, said through WebDriver."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeVar

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    StaleElementReferenceException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.person import State

if TYPE_CHECKING:
    from tests.browser.webkit.page import WebKitPage

LOOK_AGAIN_SECONDS = 0.02
NOT_YET = (
    StaleElementReferenceException, ElementNotInteractableException,
    ElementClickInterceptedException,
)  # fmt: skip
# What Playwright calls visible: a box with an area that no style hides.
VISIBLE = """
const box = arguments[0].getBoundingClientRect();
return box.width > 0 && box.height > 0 && arguments[0].checkVisibility({visibilityProperty: true});
"""
FILTERED = re.compile(r"^(.*):(has-text|text-is)\((['\"])(.*)\3\)$")

T = TypeVar("T")
Root = WebDriver | WebElement
Find = Callable[[Root], list[WebElement]]


@dataclass(frozen=True, slots=True)
class WebKitLocator:
    """A place on a page, looked for anew at each use.

    Attributes:
        frames: the selectors of the frames around it, the outermost first.
        steps: how to find it, each step inside what the one before found.
        only_first: whether the first of several is meant.
    """

    page: WebKitPage
    frames: tuple[str, ...] = ()
    steps: tuple[Find, ...] = ()
    words: str = ""
    only_first: bool = False

    @property
    def first(self) -> WebKitLocator:
        """The first of several."""
        return replace(self, only_first=True)

    def locator(self, selector: str) -> WebKitLocator:
        """Give what lies inside."""
        return self._then(selector, *map(step, selector.split(" >> ")))

    def get_by_role(self, role: Literal["button"], *, name: str) -> WebKitLocator:
        """Give what has this role and name inside, and is not hidden."""

        def named(root: Root) -> list[WebElement]:
            found = root.find_elements(By.CSS_SELECTOR, role)
            return [e for e in found if self.page.shows(e) and name in e.accessible_name]

        return self._then(f"{role} {name!r}", named)

    def get_by_text(self, text: str) -> WebKitLocator:
        """Give the smallest elements with this text."""
        return self.locator(f"text={text}")

    def fill(self, value: str) -> None:
        """Put a text in the place of the one that is there."""

        def write(element: WebElement) -> None:
            element.clear()
            element.send_keys(value)

        self._act(write)

    def press(self, key: str) -> None:
        """Press a key, such as "Enter" or "Shift+Enter"."""
        self.focus()
        self.page.keyboard.press(key)

    def press_sequentially(self, text: str) -> None:
        """Type at the end of what is there."""
        self._act(lambda element: element.send_keys(text))

    def click(self) -> None:
        """Click in its middle."""
        self._act(lambda element: element.click())

    def focus(self) -> None:
        """Give it the focus."""
        self._act(lambda element: self.page.script("arguments[0].focus()", element))

    def hover(self) -> None:
        """Put the mouse above it."""
        box = self._act(lambda element: element.rect)
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def wait_for(self, state: State = "visible", seconds: float | None = None) -> None:
        """Wait until it is visible, or as `state` says."""

        def reached() -> bool:
            found = self.now()[:1]
            if state in ("attached", "detached"):
                return bool(found) is (state == "attached")
            return any(map(self.page.shows, found)) is (state == "visible")

        self._until(reached, f"is not {state}", seconds)

    def count(self) -> int:
        """Tell how many there are now."""
        return len(self.now())

    def is_visible(self) -> bool:
        """Tell whether a person can see it now."""
        try:
            return any(map(self.page.shows, self.now()[:1]))
        except StaleElementReferenceException:
            return False

    def is_hidden(self) -> bool:
        """Tell whether a person cannot see it now."""
        return not self.is_visible()

    def get_attribute(self, name: str) -> str | None:
        """Give an attribute."""
        return self._act(lambda element: element.get_dom_attribute(name))

    def input_value(self) -> str:
        """Give what stands in a field."""
        return self._property("value")

    def inner_html(self) -> str:
        """Give its content as HTML."""
        return self._property("innerHTML")

    def inner_text(self) -> str:
        """Give its content as a person sees it."""
        return self._property("innerText")

    def all_inner_texts(self) -> list[str]:
        """Give the contents of all there are now."""
        return [str(element.get_property("innerText")) for element in self.now()]

    def text_content(self) -> str | None:
        """Give its text, the hidden parts too."""
        return self._property("textContent")

    def now(self) -> list[WebElement]:
        """Give the elements that are there now."""
        document = self.page.enter(self.frames)
        found = self.steps[0](document) if document else []
        for find in self.steps[1:]:
            found = [inner for element in found for inner in find(element)]
        return found[:1] if self.only_first else found

    def _then(self, words: str, *steps: Find) -> WebKitLocator:
        whole = f"{self.words} {words}".strip()
        return replace(self, steps=(*self.steps, *steps), words=whole, only_first=False)

    def _property(self, name: str) -> str:
        return str(self._act(lambda element: element.get_property(name)))

    def _act(self, action: Callable[[WebElement], T]) -> T:
        """Wait for the one element that is meant, and do something with it once it can be done."""
        done: list[T] = []

        def tried() -> bool:
            found = self.now()
            assert len(found) <= 1, f"{self.words!r} is {len(found)} elements"
            done.extend(map(action, found))
            return bool(done)

        self._until(tried, "is not there, or cannot be acted on", None)
        return done[0]

    def _until(self, reached: Callable[[], bool], trouble: str, seconds: float | None) -> None:
        for _ in self._looks(trouble, seconds):
            try:
                if reached():
                    return
            except NOT_YET:
                continue

    def _looks(self, trouble: str, seconds: float | None) -> Iterator[None]:
        longest = self.page.longest_wait if seconds is None else seconds
        until = time.monotonic() + longest
        while True:
            yield
            assert time.monotonic() < until, f"after {longest} s {self.words!r} {trouble}"
            time.sleep(LOOK_AGAIN_SECONDS)


def step(selector: str) -> Find:
    """Turn one part of a selector into a way to find elements."""
    if selector.startswith("text="):
        path = smallest_with(selector.removeprefix("text="))
        return lambda root: root.find_elements(By.XPATH, path)
    filtered = FILTERED.match(selector)
    if filtered is None:
        return lambda root: root.find_elements(By.CSS_SELECTOR, selector)
    css, kind, _quote, words = filtered.groups()

    def matching(root: Root) -> list[WebElement]:
        found = root.find_elements(By.CSS_SELECTOR, css)
        texts = [" ".join(str(element.get_property("textContent")).split()) for element in found]
        exact = kind == "text-is"
        return [
            element
            for element, text in zip(found, texts, strict=True)
            if (text == words if exact else words in text)
        ]

    return matching


def smallest_with(text: str) -> str:
    """Give the XPath of the smallest elements of the body that have a text."""
    assert '"' not in text
    has = f'contains(normalize-space(.), "{text}")'
    return f"descendant-or-self::*[ancestor-or-self::body][{has}][not(*[{has}])]"
