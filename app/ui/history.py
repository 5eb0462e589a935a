"""Which exchanges are in the document: those around the view; spacers stand for the rest.

Goals: a conversation of any length has a bounded number of elements; what is read never moves.
Plan: the exchanges in the document are neighbours. When the spacer before or after them comes near
the view, the browser tells where the view is (nothing is measured for it), and others are built or
put away. A spacer is as high as what it stands for. An exchange that was never built is guessed at;
where the guess was wrong, or the window has another width since, scroll anchoring keeps the text in
its place.
Weak: what the person did to an answer (folded code, a loaded picture) is forgotten far out of view,
and the browser's search finds only what is built.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from app.ui.dom import Page
from app.ui.message import ExchangeView

# How near a spacer may come before the browser tells, in views.
NEAR: Final = 1.0
# How far around the view exchanges are built then, in views: more, so that it is not told again.
AROUND: Final = 2.0


class History:
    """The exchanges of a conversation, in order, most of them out of the document.

    Args:
        page: the document.
        on_built: hears of an exchange that has come into the document again, its answers empty.
    """

    def __init__(self, page: Page, on_built: Callable[[ExchangeView], None]) -> None:
        self.exchanges: list[ExchangeView] = []
        self._page = page
        self._on_built = on_built
        self._list = page.find("#exchanges")
        self._scroller = page.find("#thread")
        self._earlier = page.find("#earlier")
        self._later = page.find("#later")
        self._watch = page.hold_place(self._scroller)
        # exchanges[first:end] are in the document.
        self._first = 0
        self._end = 0
        self._looks = (
            page.on_near(self._scroller, self._earlier, NEAR, self._near_earlier),
            page.on_near(self._scroller, self._later, NEAR, self._near_later),
        )

    def add(self, exchange: ExchangeView) -> None:
        """Put a new exchange at the end, out of the document; `show_end` builds it."""
        if self.exchanges:
            self.exchanges[-1].grow_old()
        self.exchanges.append(exchange)

    def clear(self) -> None:
        """Forget all."""
        self.exchanges.clear()
        self._list.replaceChildren()
        self._first = self._end = 0
        self._reserve()

    def show_end(self) -> None:
        """Build the end, and put away what is far from it: the person goes there."""
        view = self._page.height_of(self._scroller)
        self._measure()
        self._place(sum(each.height for each in self.exchanges) - view, view)

    def settle(self, exchange: ExchangeView) -> None:
        """Hear that an exchange which was built again has its texts."""
        if not exchange.is_away:
            self._page.reserve(exchange.element, 0)
            self._look_again()

    def _near_earlier(self, top: float, view: float) -> None:
        """Hear that the spacer before comes near; `top`: how far below its top the view begins."""
        if self._first:
            self._measure()
            self._place(top, view)

    def _near_later(self, top: float, view: float) -> None:
        if self._end < len(self.exchanges):
            self._measure()
            self._place(top + sum(each.height for each in self.exchanges[: self._end]), view)

    def _measure(self) -> None:
        for exchange in self.exchanges[self._first : self._end]:
            exchange.height = self._page.height_of(exchange.element)

    def _place(self, top: float, view: float) -> None:
        """Build what is around a view that begins `top` pixels after the beginning of all."""
        first, end = self._range(top - AROUND * view, top + (1 + AROUND) * view)
        if first < self._end and self._first < end:
            # What the person has selected stays, as long as there is no gap to it.
            for at in range(self._first, self._end):
                if self._page.holds_selection(self.exchanges[at].element):
                    first, end = min(first, at), max(end, at + 1)
        if (first, end) != (self._first, self._end):
            self._change(first, end)

    def _range(self, top: float, bottom: float) -> tuple[int, int]:
        """Return which exchanges lie between two places, at least the last one before the end."""
        first, end, at = 0, 0, 0.0
        for exchange in self.exchanges:
            if at + exchange.height <= top:
                first += 1
            at += exchange.height
            end += 1
            if at >= bottom:
                break
        return min(first, max(len(self.exchanges) - 1, 0)), end

    def _change(self, first: int, end: int) -> None:
        stay = range(max(first, self._first), min(end, self._end))
        for at in range(self._first, self._end):
            if at not in stay:
                self._put_away(self.exchanges[at])
        for at in range(first, end):
            if at not in stay:
                is_before = at < stay.start and len(stay) > 0
                self._build(at, self.exchanges[stay.start].element if is_before else None)
        self._first, self._end = first, end
        self._reserve()
        self._look_again()

    def _build(self, number: int, before: Any) -> None:
        exchange = self.exchanges[number]
        exchange.build(is_newest=number == len(self.exchanges) - 1)
        if before is None:
            self._list.append(exchange.element)
        else:
            self._list.insertBefore(exchange.element, before)
        self._watch(exchange.element)
        if exchange.answers:
            self._page.reserve(exchange.element, exchange.height)
            self._on_built(exchange)

    def _put_away(self, exchange: ExchangeView) -> None:
        if self._page.holds_focus(exchange.element):
            # Without it no key would scroll any more.
            self._scroller.focus(preventScroll=True)
        exchange.put_away()

    def _reserve(self) -> None:
        before = self.exchanges[: self._first]
        after = self.exchanges[self._end :]
        self._page.reserve(self._earlier, sum(each.height for each in before))
        self._page.reserve(self._later, sum(each.height for each in after))

    def _look_again(self) -> None:
        for look in self._looks:
            look()
