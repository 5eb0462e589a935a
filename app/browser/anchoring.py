"""What is in view stays in its place while something above it grows or shrinks.

Browsers see to that by themselves (CSS Scroll Anchoring), WebKit does not: there, whatever has
another height before it is painted moves the scroller by the difference.
"""

from __future__ import annotations

from typing import Any

import js
from pyodide.ffi import create_proxy


class Anchoring:
    """Holds the place of a scroller that has the attribute `data-sticks` while it follows its end.

    Args:
        scroller: the element that scrolls.
    """

    def __init__(self, scroller: Any) -> None:
        self._scroller = scroller
        self._heights = js.WeakMap.new()
        self._is_needed = not js.CSS.supports("overflow-anchor", "auto")
        self._observer = js.ResizeObserver.new(create_proxy(self._resized))

    def watch(self, element: Any) -> None:
        """Let an element inside have any height, until it is taken out."""
        if self._is_needed:
            self._observer.observe(element)

    def _resized(self, entries: Any, _observer: Any) -> None:
        view = self._scroller.getBoundingClientRect().top
        moved = 0.0
        for entry in entries:
            element = entry.target
            if not element.isConnected:
                self._observer.unobserve(element)
                continue
            place = element.getBoundingClientRect()
            grown = place.height - (self._heights.get(element) or place.height)
            self._heights.set(element, place.height)
            # What was in view, or below it, may grow: it does so below where it is read.
            if place.bottom - grown <= view:
                moved += grown
        if moved and not self._scroller.hasAttribute("data-sticks"):
            self._scroller.scrollTop += moved
