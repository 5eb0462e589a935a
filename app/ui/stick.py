"""Sticking to the end of the thread while text arrives.

Goals: what the person reads never moves under them; nobody who wants the end has to chase it.
Plan: sticking is explicit state. Only the person's own gesture upwards lets go, and being at the
end takes hold again. Scroll events decide nothing: the browser sends them unasked, for example
when it lays out code that was out of view. The end is seen by a sentinel, so no frame measures.
Weak: a jump by the browser's own search is no gesture; the next text pulls back to the end.
"""

from collections.abc import Callable
from typing import Any, Final

from app.ui.dom import Page

_UPWARDS: Final = frozenset({"ArrowUp", "PageUp", "Home"})
_DOWNWARDS: Final = frozenset({"ArrowDown", "PageDown"})

# Beyond the end of any thread, in pixels; the browser stops at the end, and no height is read.
_END: Final = 1_000_000_000


class StickToEnd:
    """Knows whether the scroller follows its end, and writes its position when asked.

    Args:
        page: the document.
        scroller: the element that scrolls.
        sentinel: the element at its end.
        on_change: is called when `is_sticking` or `is_at_end` may have changed.
    """

    def __init__(
        self, page: Page, scroller: Any, sentinel: Any, on_change: Callable[[], None]
    ) -> None:
        self.is_sticking = True
        self.is_at_end = True
        self._is_report_late = False
        self._scroller = scroller
        self._on_change = on_change
        self._finger = 0.0
        page.on_bottom(sentinel, self._on_end)
        page.on_resize(scroller, self.follow)
        page.on(scroller, "wheel", self._on_wheel)
        page.on(scroller, "touchstart", self._on_touch_start)
        page.on(scroller, "touchmove", self._on_touch_move)
        page.on(scroller, "keydown", self._on_key)
        page.on(scroller, "pointerdown", self._on_pointer)
        page.on(scroller, "focusin", self._on_focus)
        page.on(scroller, "click", self._on_click)

    def follow(self) -> None:
        """Go to the end if sticking: one write, after the texts of a frame are in."""
        if self.is_sticking:
            self._scroller.scrollTop = _END

    def take_hold(self) -> None:
        """Stick, from wherever the scroller is."""
        self._is_report_late = False
        self._set(True)

    def let_go(self) -> None:
        """Stay where the person is."""
        self._set(False)

    def _set(self, is_sticking: bool) -> None:
        if is_sticking is not self.is_sticking:
            self._mark(is_sticking)
            self._on_change()

    def _mark(self, is_sticking: bool) -> None:
        self.is_sticking = is_sticking
        if is_sticking:
            self._scroller.setAttribute("data-sticks", "")
        else:
            self._scroller.removeAttribute("data-sticks")

    def _on_end(self, is_at_end: bool) -> None:
        self.is_at_end = is_at_end
        if is_at_end and not self._is_report_late:
            self._mark(True)
        self._is_report_late = False
        self._on_change()

    def _move(self, is_upwards: bool) -> None:
        if is_upwards:
            if self.is_sticking and self._has_more_than_it_shows():
                # A jump to the end may not have been reported yet; it came before this gesture.
                self._is_report_late = not self.is_at_end
                self.let_go()
            return
        self._is_report_late = False
        if self.is_at_end:
            # The sentinel never left the view, so it does not report that the end is reached.
            self.take_hold()

    def _has_more_than_it_shows(self) -> bool:
        # Not `scrollTop > 0`: before it tells of a wheel, the browser may have scrolled to the top.
        return bool(self._scroller.scrollHeight > self._scroller.clientHeight)

    def _on_wheel(self, event: Any) -> None:
        if event.deltaY:
            self._move(event.deltaY < 0)

    def _on_touch_start(self, event: Any) -> None:
        self._finger = event.touches.item(0).clientY

    def _on_touch_move(self, event: Any) -> None:
        finger = event.touches.item(0).clientY
        if finger != self._finger:
            self._move(finger > self._finger)
        self._finger = finger

    def _on_key(self, event: Any) -> None:
        if event.key in _UPWARDS or (event.key == " " and event.shiftKey):
            self._move(True)
        elif event.key == "End":
            # The browser goes to where the end is now, smoothly; text that arrives moves it on.
            self.take_hold()
            self.follow()
        elif event.key in _DOWNWARDS:
            self._move(False)

    def _on_pointer(self, event: Any) -> None:
        is_on_scrollbar = event.target == self._scroller and not (
            0 <= event.offsetX < self._scroller.clientWidth
        )
        if is_on_scrollbar:
            self.let_go()

    def _on_click(self, event: Any) -> None:
        # A footnote's link scrolls there, or back; at the end the sentinel takes hold again.
        link = event.target.closest("a")
        if link and str(link.getAttribute("href")).startswith("#"):
            self._move(True)

    def _on_focus(self, event: Any) -> None:
        # Tabbing back into an older answer scrolls there.
        if event.target.closest(".exchange:not([data-newest])"):
            self.let_go()
