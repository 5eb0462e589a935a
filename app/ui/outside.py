"""What a session needs of the world: the browser, a network, a store, a keeper, the other tabs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.chat.archive import Store
from app.chat.steps import PageSignal
from app.chat.transport import Transport
from app.ui.dom import Page


class Ports(Page, Protocol):
    """The page, and what else of the browser a session needs."""

    def now(self) -> float:
        """Give the time in milliseconds since 1970."""

    def is_offline(self) -> bool:
        """Tell whether the device has no network; False does not mean that it has one."""

    def prefers_calm(self) -> bool:
        """Tell whether the person wants as little motion as can be."""

    def chance(self) -> float:
        """Give a random number from 0 to 1, 1 excluded."""

    def after(self, milliseconds: float, handler: Callable[[], None], /) -> Callable[[], None]:
        """Call the handler once, later; what is returned prevents it."""

    def every(self, milliseconds: int, handler: Callable[[], None], /) -> Callable[[], None]:
        """Call the handler again and again, until what is returned is called."""

    def on_signal(self, handler: Callable[[PageSignal], None], /) -> None:
        """Tell what happens to the page, for as long as it lives."""

    def new_id(self) -> str:
        """Give a name that nothing else has."""

    def copy(self, text: str, done: Callable[[bool], None], /) -> None:
        """Put text on the clipboard, and tell whether that worked."""


class Keeper(Protocol):
    """What keeps answers while the page is away."""

    @property
    def address(self) -> str:
        """The absolute address below which answers are kept; empty while there is no keeper."""

    def chunk_came(self) -> None:
        """Hear that bytes of an answer came: it has to stay alive."""


class Tabs(Protocol):
    """The other tabs, as far as they concern a conversation."""

    def begin(self, conversation_id: str) -> None:
        """Take a new conversation."""

    def look_again(self) -> None:
        """Look after a while at what has become of a conversation that another tab has."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What a session needs beyond the page.

    Args:
        transport: sends requests.
        store: puts away what outlives the page.
        keeper: keeps answers while the page is away.
        tabs: tells the other tabs of the browser whose a conversation is.
    """

    transport: Transport
    store: Store
    keeper: Keeper
    tabs: Tabs
