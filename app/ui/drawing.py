"""An answer's text on its way to the screen.

What came in since the last frame waits in a list; the frame takes it out, a slice at a time while
its budget lasts. Out of the document nothing is drawn: the turn has the text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

from app.markup import MarkdownStream
from app.ui.message import AnswerView
from app.ui.reveal import Reveal

# How much is parsed before the clock is looked at again, in characters: 2 or 3 ms in Pyodide.
SLICE: Final = 256


class Desk(Protocol):
    """What drawing needs of the session around it."""

    def now(self) -> float:
        """Give the time in milliseconds since 1970."""

    def request_frame(self) -> None:
        """Ask for `flush` to be called in the next frame."""

    def text_shown(self, text: str) -> None:
        """Hear that more of an answer is on the screen."""


class Drawing:
    """Draws one answer.

    Args:
        view: its place on the screen.
        new_markup: gives what turns text into elements in that place, which is empty.
        whole: gives all the text of the answer so far.
        desk: the session.
        reveal: says how much of what has come may be shown; None shows it at once.
    """

    def __init__(
        self,
        view: AnswerView,
        new_markup: Callable[[], MarkdownStream],
        whole: Callable[[], str],
        desk: Desk,
        reveal: Reveal | None,
    ) -> None:
        self._view = view
        self._new_markup = new_markup
        # Only while more may come: its sink knows every element.
        self._markup: MarkdownStream | None = None
        self._whole = whole
        self._desk = desk
        self._reveal = reveal
        self._written: list[str] = []  # came, but is not on the screen yet
        self._thought: list[str] = []
        self._is_replaced = False  # what is on the screen gives way to what waits
        self._is_plain = False  # what could not be drawn as markup is shown as it is
        self._is_new = True  # what is drawn was not on the screen before

    def write(self, text: str, now: float) -> None:
        """Take more of the answer, at a time in milliseconds."""
        self._written.append(text)
        if self._reveal is not None:
            self._reveal.came(len(text), now)
        self._desk.request_frame()

    def think(self, text: str) -> None:
        """Take more of the model's reasoning."""
        self._thought.append(text)
        self._desk.request_frame()

    def replace(self) -> None:
        """Forget all that came: other text comes in its place."""
        self._written.clear()
        self._thought.clear()
        if self._reveal is not None:
            self._reveal.clear()
        self._is_replaced = True
        self._desk.request_frame()

    def draw_again(self, text: str, reasoning: str) -> None:
        """Draw all of it again, which was on the screen before."""
        self._is_replaced = True
        self._written[:] = [text] if text else []
        self._thought[:] = [reasoning] if reasoning else []
        self._reveal = None
        self._is_new = False
        self._desk.request_frame()

    def flush(self, has_time: Callable[[], bool]) -> bool:
        """Put what came onto the screen.

        Args:
            has_time: whether the frame's budget lasts.

        Returns:
            Whether something is left for the next frame.
        """
        if self._view.is_away:
            self._forget()
            return False
        if self._is_replaced:
            self._is_replaced = False
            self._view.clear()
            self._markup = None
            self._is_plain = False
        if self._thought:
            self._view.think("".join(self._thought))
            self._thought.clear()
        if self._written:
            self._write(has_time)
        return bool(self._written)

    def close(self) -> None:
        """Draw the end of the text: nothing more comes."""
        if self._markup is not None:
            self._draw(MarkdownStream.close)
            self._markup = None

    def _forget(self) -> None:
        self._markup = None
        self._reveal = None
        self._written.clear()
        self._thought.clear()

    def _write(self, has_time: Callable[[], bool]) -> None:
        text = "".join(self._written)
        self._written.clear()
        if self._is_plain:
            self._view.add_plain(text)
            return
        now = self._desk.now()
        due = len(text) if self._reveal is None else self._reveal.due(now)
        done = 0
        while done < due and (done == 0 or has_time()):
            self._feed(text[done : min(done + SLICE, due)])
            done = min(done + SLICE, due)
        if self._reveal is not None:
            self._reveal.shown(done, now)
        if self._is_new:
            self._desk.text_shown(text[:done])
        if done < len(text):
            self._written.append(text[done:])
        else:
            self._is_new = True

    def _feed(self, text: str) -> None:
        if self._markup is None:
            self._markup = self._new_markup()
        self._draw(lambda markup: markup.feed(text))

    def _draw(self, draw: Callable[[MarkdownStream], None]) -> None:
        assert self._markup is not None, "the callers look"
        try:
            draw(self._markup)
        except Exception:
            # A mistake of ours: it may cost the answer its form, but none of its text.
            self._markup = None
            self._is_plain = True
            self._reveal = None
            self._view.clear()
            self._view.add_plain(self._whole())
            self._desk.request_frame()
            raise
