"""What the components need of the browser: `app.browser.page` has it, a fake has it in tests."""

# ruff: noqa: N802, N815  the names are the browser's own
from collections.abc import Callable
from typing import Any, Protocol


class Element(Protocol):
    """An element of the document, or a stand-in.

    A search without a result gives something falsy, which is not always None: test its truth.
    """

    textContent: str
    hidden: bool
    value: str
    scrollTop: float
    scrollHeight: float
    clientWidth: float
    clientHeight: float

    def querySelector(self, selector: str, /) -> Any:
        """Give the first match among the descendants."""

    def closest(self, selector: str, /) -> Any:
        """Give the nearest match among the element and its ancestors."""

    def getAttribute(self, name: str, /) -> str | None:
        """Give an attribute's value."""

    def setAttribute(self, name: str, value: str, /) -> None:
        """Set an attribute."""

    def removeAttribute(self, name: str, /) -> None:
        """Take an attribute away."""

    def hasChildNodes(self) -> bool:
        """Tell whether there is anything in it."""

    def append(self, *nodes: Any) -> None:
        """Add elements or text at the end."""

    def insertBefore(self, node: Any, place: Any, /) -> Any:
        """Add an element before a child."""

    def replaceChildren(self, *nodes: Any) -> None:
        """Put these in place of all that is there."""

    def remove(self) -> None:
        """Take the element out of the document."""

    def focus(self, *, preventScroll: bool = False) -> None:  # noqa: N803
        """Give it the keyboard."""

    def reset(self) -> None:
        """Empty a form."""

    def requestSubmit(self) -> None:
        """Send a form as its button would."""


class Page(Protocol):
    """The document, and the ports to the world that the components use."""

    @property
    def document(self) -> Any:
        """Give the document, where events of all elements arrive in the end."""

    def find(self, selector: str, /) -> Any:
        """Give the first match in the document, which must be there."""

    def clone(self, template_id: str, /) -> Any:
        """Give a copy of a template's first element."""

    def on(self, element: Any, event_name: str, handler: Callable[[Any], None], /) -> None:
        """Listen for good; to wheel and touch passively, or scrolling waits for the handler."""

    def on_action(self, name: str, handler: Callable[[Any], None], /) -> None:
        """Listen to clicks on elements with that `data-action`, those to come included."""

    def on_bottom(self, sentinel: Any, handler: Callable[[bool], None], /) -> None:
        """Tell whenever the sentinel comes into view or leaves it."""

    def on_resize(self, element: Any, handler: Callable[[], None], /) -> None:
        """Tell whenever the size of an element has changed."""

    def on_near(
        self, scroller: Any, spacer: Any, views: float, handler: Callable[[float, float], None], /
    ) -> Callable[[], None]:
        """Tell when the spacer comes nearer to what the scroller shows than so many views of it.

        The handler gets how far below the spacer's top the view begins, and the view's height, in
        pixels. What is returned looks again, and tells if it is that near.
        """

    def hold_place(self, scroller: Any, /) -> Callable[[Any], None]:
        """Let what the scroller shows stay when something above changes its height.

        What is returned takes each element of which that may be true.
        """

    def height_of(self, element: Any, /) -> float:
        """Measure an element, in pixels; never in a frame."""

    def reserve(self, element: Any, pixels: float, /) -> None:
        """Let an element be at least so high."""

    def holds_focus(self, element: Any, /) -> bool:
        """Tell whether the keyboard's place is inside."""

    def holds_selection(self, element: Any, /) -> bool:
        """Tell whether something inside is selected."""

    def announce(self, text: str, /) -> None:
        """Say something, politely, to people who hear the page."""
