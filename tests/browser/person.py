"""What a story needs of a browser, whichever engine it runs in.

Playwright's page and the WebKit one (tests/browser/webkit) both have this shape, and Playwright's
words are kept, so that a story is written once. What goes beyond it is Playwright's alone; such a
story says so: `@pytest.mark.beyond("webkit", "why")`.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol

from playwright.sync_api import ViewportSize

State = Literal["attached", "detached", "hidden", "visible"]


class Locator(Protocol):
    """Where something is on the page, looked for anew at each use; what acts, waits for it."""

    @property
    def first(self) -> Locator:
        """The first of several."""

    def locator(self, selector: str) -> Locator:
        """Give what lies inside."""

    def get_by_role(self, role: Literal["button"], *, name: str) -> Locator:
        """Give what has this role and name inside."""

    def fill(self, value: str) -> None:
        """Put a text in the place of the one that is there."""

    def press(self, key: str) -> None:
        """Press a key, such as "Enter" or "Shift+Enter"."""

    def press_sequentially(self, text: str) -> None:
        """Type at the end of what is there."""

    def click(self) -> None:
        """Click in its middle."""

    def focus(self) -> None:
        """Give it the focus."""

    def hover(self) -> None:
        """Put the mouse above it."""

    def wait_for(self) -> None:
        """Wait until it is visible."""

    def count(self) -> int:
        """Tell how many there are now."""

    def is_visible(self) -> bool:
        """Tell whether a person can see it now."""

    def is_hidden(self) -> bool:
        """Tell whether a person cannot see it now."""

    def get_attribute(self, name: str) -> str | None:
        """Give an attribute."""

    def input_value(self) -> str:
        """Give what stands in a field."""

    def inner_html(self) -> str:
        """Give its content as HTML."""

    def inner_text(self) -> str:
        """Give its content as a person sees it."""

    def all_inner_texts(self) -> list[str]:
        """Give the contents of all there are now."""

    def text_content(self) -> str | None:
        """Give its text, the hidden parts too."""


class FrameLocator(Protocol):
    """A page inside a page."""

    def locator(self, selector: str) -> Locator:
        """Give what lies inside."""


class Keyboard(Protocol):
    """The keyboard, which types where the focus is."""

    def press(self, key: str) -> None:
        """Press a key, such as "Enter" or "Shift+Enter"."""

    def type(self, text: str) -> None:
        """Type a text."""


class Mouse(Protocol):
    """The mouse; positions and ways are in CSS pixels."""

    def move(self, x: float, y: float) -> None:
        """Move it."""

    def wheel(self, delta_x: float, delta_y: float) -> None:
        """Turn its wheel."""


class Page(Protocol):
    """A tab. Selectors are CSS, `text=…`, `:has-text(…)`, `:text-is(…)`, and `>>` between them."""

    @property
    def keyboard(self) -> Keyboard:
        """The keyboard."""

    @property
    def mouse(self) -> Mouse:
        """The mouse."""

    def goto(self, url: str) -> object:
        """Open an address."""

    def reload(self, *, wait_until: Literal["commit", "load"] | None = None) -> object:
        """Load the page again, and wait for all of it if nothing else is said."""

    def close(self) -> None:
        """Close the tab."""

    def set_viewport_size(self, viewport_size: ViewportSize) -> None:
        """Make the page this wide and high, in CSS pixels."""

    def title(self) -> str:
        """Give the tab's title."""

    def content(self) -> str:
        """Give the page as HTML."""

    def locator(self, selector: str) -> Locator:
        """Give a place on the page."""

    def get_by_role(self, role: Literal["button"], *, name: str) -> Locator:
        """Give what has this role and name."""

    def get_by_text(self, text: str) -> Locator:
        """Give the smallest elements with this text."""

    def frame_locator(self, selector: str) -> FrameLocator:
        """Give a page inside this one."""

    def wait_for_selector(
        self, selector: str, *, timeout: float | None = None, state: State | None = None
    ) -> object:
        """Wait until something is there and visible, or as `state` says (milliseconds)."""

    def wait_for_timeout(self, timeout: float) -> None:
        """Do nothing for this many milliseconds."""

    def evaluate(self, expression: str, arg: Any = None) -> Any:
        """Give the value of an expression, of a function called with `arg`, or of their promise."""
