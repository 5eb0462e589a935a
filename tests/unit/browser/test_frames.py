"""How often there is work, and what a frame takes in."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable

import pytest

from tests.unit.browser import fake_dom

fake_dom.install()

from app.browser import frames  # noqa: E402  its room needs a document

FRAME = 1000 / 60


class Screen:
    """A browser that draws 60 frames a second, on a clock of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        self._asked: list[Callable[[float], None]] = []
        self._timers: list[tuple[float, Callable[[], None]]] = []
        js = sys.modules["js"]
        monkeypatch.setattr(frames, "_now", lambda: self.now)
        monkeypatch.setattr(js, "requestAnimationFrame", self._asked.append, raising=False)
        monkeypatch.setattr(js, "setTimeout", self._set_timeout, raising=False)

    def _set_timeout(self, handler: Callable[[], None], delay: float) -> None:
        self._timers.append((self.now + delay, handler))

    def frame(self) -> None:
        """Let the time until the next frame pass, and draw it."""
        end = (math.floor(self.now / FRAME + 1e-6) + 1) * FRAME
        for at, handler in sorted(self._timers, key=lambda timer: timer[0]):
            if at <= end:
                self._timers.remove((at, handler))
                self.now = max(self.now, at)
                handler()
        self.now = end
        asked = [*self._asked]
        self._asked.clear()
        for handle in asked:
            handle(end)


class Stream:
    """Text that comes in every frame, and takes some time to be shown."""

    def __init__(self, screen: Screen, length: int, cost: float) -> None:
        self._screen = screen
        self._length = length
        self._cost = cost
        self._came = 0
        self._shown = 0
        self.frames = 0
        self.scheduler = frames.Frames(self._gather, self._show, lambda: self._shown)

    def _gather(self, _has_time: Callable[[], bool]) -> bool:
        self.scheduler.request()  # as what takes in text does
        return False

    def _show(self, _has_time: Callable[[], bool]) -> bool:
        self.frames += 1
        self._screen.now += self._cost
        self._shown = self._came
        return False

    def run(self, count: int) -> int:
        """Let text come for so many frames; tell how many of them had work."""
        before = self.frames
        for _ in range(count):
            self._came += self._length
            self.scheduler.request()
            self._screen.frame()
        return self.frames - before


@pytest.mark.parametrize(
    ("length", "cost", "share"),
    [(33, 1.0, 1.0), (133, 1.0, 0.5), (33, 8.0, 0.5)],
    ids=["read along", "faster than anyone reads", "a slow device"],
)
def test_how_many_frames_have_work(
    monkeypatch: pytest.MonkeyPatch, length: int, cost: float, share: float
) -> None:
    stream = Stream(Screen(monkeypatch), length, cost)
    stream.run(60)
    assert stream.run(60) == pytest.approx(60 * share, abs=1)


def test_what_is_asked_for_while_text_is_taken_in_is_the_same_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = Screen(monkeypatch)
    stream = Stream(screen, 4, 1.0)
    stream.run(1)
    screen.frame()
    assert stream.frames == 1


def test_taking_in_that_fails_leaves_a_frame_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch)
    results = iter([RuntimeError("a mistake"), None])
    shown: list[float] = []

    def gather(_has_time: Callable[[], bool]) -> bool:
        result = next(results)
        if result is not None:
            raise result
        return False

    def show(_has_time: Callable[[], bool]) -> bool:
        shown.append(screen.now)
        return False

    scheduler = frames.Frames(gather, show, lambda: 0)
    scheduler.request()
    with pytest.raises(RuntimeError):
        screen.frame()
    assert not shown
    screen.frame()
    assert len(shown) == 1
