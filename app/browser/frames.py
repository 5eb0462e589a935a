"""Work once an animation frame, and on a timer where there are no frames.

A hidden page gets no animation frames, nor does a frame that is scrolled out of view in a page
around it; what streams in would pile up, so a timer stands in (browsers run it at least once a
second, later once a minute: less often, never not at all).
"""

from __future__ import annotations

from collections.abc import Callable

import js
from pyodide.ffi import create_proxy

HIDDEN_DELAY_MS = 250
# A frame that has not come in this time may never come.
LATE_MS = 500
BUDGET_MS = 8.0  # half a frame at 60 Hz: the other half is the browser's, for layout and paint


class Frames:
    """Runs one piece of work per frame while there is some.

    Args:
        work: is called with `has_time`, which turns false when the frame's budget is spent;
            returns whether something is left for the next frame.
    """

    def __init__(self, work: Callable[[Callable[[], bool]], bool]) -> None:
        self._work = work
        self._is_waiting = False
        self._asked_at = 0.0
        self._is_watched = False
        self._watch_proxy = create_proxy(self._look)
        self._run_proxy = create_proxy(self._run)  # lives as long as the page
        js.document.addEventListener("visibilitychange", create_proxy(self._on_visibility))

    def request(self) -> None:
        """Ask for the work to be done in the next frame; asking again before it changes nothing."""
        if not self._is_waiting:
            self._is_waiting = True
            self._schedule()

    def _schedule(self) -> None:
        if js.document.hidden:
            js.setTimeout(self._run_proxy, HIDDEN_DELAY_MS)
        else:
            self._asked_at = js.performance.now()
            js.requestAnimationFrame(self._run_proxy)
            self._watch()

    def _watch(self) -> None:
        if not self._is_watched:
            self._is_watched = True
            js.setTimeout(self._watch_proxy, LATE_MS)

    def _look(self) -> None:
        self._is_watched = False
        if self._is_waiting and js.performance.now() - self._asked_at >= LATE_MS:
            self._run()
        elif self._is_waiting:
            self._watch()

    def _run(self, *_time: float) -> None:
        if not self._is_waiting:
            return  # both a frame and a timer were asked for around a change of visibility
        self._is_waiting = False
        started = js.performance.now()
        if self._work(lambda: js.performance.now() - started < BUDGET_MS):
            self.request()

    def _on_visibility(self, _event: object) -> None:
        if self._is_waiting:
            self._schedule()  # a frame asked for before the page was hidden will not come
