"""Work once an animation frame, every second one under load, on a timer where there are none.

A hidden page gets no animation frames, nor does a frame that is scrolled out of view in a page
around it; what streams in would pile up, so a timer stands in (browsers run it at least once a
second, later once a minute: less often, never not at all).
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import js
from pyodide.ffi import create_proxy

HIDDEN_DELAY_MS = 250
# Nobody waits for a hidden page, whose timers run once a minute at times.
HIDDEN_BUDGET_MS = 50.0
# A frame that has not come in this time may never come.
LATE_MS = 500
# Every second frame is left out while our work takes more than this share of the time, until it
# takes less than the other: a slow device has to breathe.
BUSY_SHARE = 0.3
CALM_SHARE = 0.12  # less than half: with half the frames the share is about half
# So it is while more than so many characters come a second, until fewer than the other do: a line
# with every frame, along which nobody reads.
FAST_RATE = 3600.0
READABLE_RATE = 2400.0
# Asked for so late after one frame, the next but one comes (at 60 Hz).
_PAUSE_MS = 20.0
_TWO_FRAMES_MS = 25.0
_SMOOTHING = 0.1
BUDGET_MS = 8.0  # half a frame at 60 Hz: the other half is the browser's, for layout and paint


def _now() -> float:
    """Return a time in milliseconds; Python's own clock, which needs no way through the bridge."""
    return perf_counter() * 1000


class Frames:
    """Runs two pieces of work per frame while there are any.

    Both are called with `has_time`, which turns false when the frame's budget is spent, and return
    whether something is left for the next frame.

    Args:
        gather: takes what has come; where it asks for a frame, it means this one.
        show: puts it onto the screen.
        shown: gives how many characters have come onto the screen so far.
    """

    def __init__(
        self,
        gather: Callable[[Callable[[], bool]], bool],
        show: Callable[[Callable[[], bool]], bool],
        shown: Callable[[], int],
    ) -> None:
        self._gather = gather
        self._show = show
        self._shown = shown
        self._ask_for_frame = js.requestAnimationFrame
        self._is_hidden = bool(js.document.hidden)
        self._is_waiting = False
        self._asked_at = 0.0
        self._awaited_at = 0.0  # since when the browser owes us a frame
        self._is_late = False  # it came after more than one other could have
        self._is_watched = False
        self._started_at = 0.0
        self._share = 0.0  # of the time that our work takes, lately
        self._length = 0  # of the text that is shown
        self._rate = 0.0  # at which it grows, lately, in characters a second
        self._is_busy = False
        self._is_fast = False
        self._watch_proxy = create_proxy(self._look)
        self._is_asked = False
        self._ask_proxy = create_proxy(self._ask)
        self._frame_proxy = create_proxy(self._frame)
        self._run_proxy = create_proxy(self._run)  # lives as long as the page
        js.document.addEventListener("visibilitychange", create_proxy(self._on_visibility))

    def request(self) -> None:
        """Ask for the work to be done in the next frame; asking again before it changes nothing."""
        if not self._is_waiting:
            self._is_waiting = True
            self._schedule()

    def _schedule(self) -> None:
        if self._is_hidden:
            js.setTimeout(self._run_proxy, HIDDEN_DELAY_MS)
            return
        self._asked_at = now = _now()
        rest = self._started_at + _PAUSE_MS - now
        if (self._is_busy or self._is_fast) and rest > 0:
            # Not by asking for the frame between: the browser would go through all of it.
            js.setTimeout(self._ask_proxy, rest)
        else:
            self._ask()
        self._watch()

    def _ask(self) -> None:
        # One at a time: out of view there are none for long, and then all that were asked for.
        if not self._is_asked:
            self._is_asked = True
            self._awaited_at = _now()
            self._ask_for_frame(self._frame_proxy)

    def _frame(self, *_time: float) -> None:
        self._is_asked = False
        self._is_late = _now() - self._awaited_at > _TWO_FRAMES_MS
        self._run()
        self._is_late = False

    def _watch(self) -> None:
        if not self._is_watched:
            self._is_watched = True
            js.setTimeout(self._watch_proxy, LATE_MS)

    def _look(self) -> None:
        self._is_watched = False
        if self._is_waiting and _now() - self._asked_at >= LATE_MS:
            self._run()
        elif self._is_waiting:
            self._watch()

    def _run(self) -> None:
        if not self._is_waiting:
            return  # both a frame and a timer were asked for around a change of visibility
        started = _now()
        before, self._started_at = self._started_at, started
        budget = HIDDEN_BUDGET_MS if self._is_hidden else BUDGET_MS

        def has_time() -> bool:
            return _now() - started < budget

        is_more = True
        try:
            is_more = self._gather(has_time)
        finally:
            self._is_waiting = False
            if is_more:
                self.request()
        if self._show(has_time):
            self.request()
        self._weigh(started - before, _now() - started)

    def _weigh(self, elapsed: float, spent: float) -> None:
        """Judge how much of the time this work takes, and how fast the text comes.

        Args:
            elapsed: since the frame before began, in milliseconds.
            spent: on this one.
        """
        elapsed = max(elapsed, 1.0)
        share = spent / elapsed
        if self._is_late:
            share = max(share, 2 * BUSY_SHARE)
        self._share += (share - self._share) * _SMOOTHING
        self._is_busy = self._share > (CALM_SHARE if self._is_busy else BUSY_SHARE)
        before, self._length = self._length, self._shown()
        rate = (self._length - before) * 1000 / elapsed
        self._rate += (rate - self._rate) * _SMOOTHING
        self._is_fast = self._rate > (READABLE_RATE if self._is_fast else FAST_RATE)

    def _on_visibility(self, _event: object) -> None:
        self._is_hidden = bool(js.document.hidden)
        if self._is_waiting:
            self._schedule()  # a frame asked for before the page was hidden will not come
