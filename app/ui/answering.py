"""One answer on its way: from the connection through the turn to the screen.

A delta is decoded once, appended once, parsed once and painted once. What came in since the last
frame waits in a list; the frame takes it out, a slice at a time while its budget lasts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from app.chat.transport import Connection, Transport
from app.chat.turn import (
    Abort,
    Begin,
    Changed,
    Chunk,
    Command,
    Ended,
    Failed,
    Open,
    Phase,
    Release,
    Replace,
    Responded,
    Step,
    Stop,
    Think,
    Turn,
    Write,
)
from app.markup import MarkdownStream
from app.ui.figures import figures_of
from app.ui.message import AnswerView
from app.wire import Request

# How much is parsed before the clock is looked at again, in characters.
SLICE: Final = 1024
# Without new text for this long the thread line stands still, in milliseconds.
STALL: Final = 3000.0
# After this long in a phase its status word says what is waited for, in milliseconds.
SLOW: Final[Mapping[Phase, float]] = {Phase.CONNECTING: 10_000.0, Phase.RESPONDED: 30_000.0}


class Desk(Protocol):
    """What an answer needs of the session around it."""

    def now(self) -> float:
        """Give the time in milliseconds."""

    def request_frame(self) -> None:
        """Ask for `flush` to be called in the next frame."""

    def answer_ended(self, answering: Answering) -> None:
        """Hear that all is on the screen and nothing more comes."""


class Answering:
    """Carries a turn's commands out, and tells it what the network says.

    Args:
        turn: one attempt, not begun yet.
        view: its place on the screen.
        new_markup: gives what turns text into elements in that place, which is empty.
        transport: sends the request.
        desk: the session.
    """

    def __init__(
        self,
        turn: Turn,
        view: AnswerView,
        new_markup: Callable[[], MarkdownStream],
        transport: Transport,
        desk: Desk,
    ) -> None:
        self.turn = turn
        self.view = view
        self._new_markup = new_markup
        self._markup = new_markup()
        self._transport = transport
        self._desk = desk
        self._connection: Connection | None = None
        self._written: list[str] = []  # came, but is not on the screen yet
        self._thought: list[str] = []
        self._last_text_at = 0.0
        self._phase_at = 0.0
        self._is_replaced = False  # what is on the screen gives way to what waits
        self._is_shown = False

    def begin(self, request: Request) -> None:
        """Ask for the answer."""
        self._take(Begin(request))

    def stop(self) -> None:
        """End it here, on this side and at the server."""
        self._take(Stop())

    def responded(self, status: int, headers: Mapping[str, str]) -> None:
        """Hear that the server answered."""
        self._take(Responded(status, headers))

    def chunk(self, data: bytes) -> None:
        """Hear that bytes came."""
        self._take(Chunk(data))

    def ended(self) -> None:
        """Hear that the body ended."""
        self._take(Ended())

    def failed(self, cause: str, *, is_offline: bool = False) -> None:
        """Hear that the network failed, perhaps because the device has none."""
        self._take(Failed(cause, is_offline))

    def flush(self, has_time: Callable[[], bool]) -> bool:
        """Put what came onto the screen.

        Args:
            has_time: whether the frame's budget lasts.

        Returns:
            Whether something is left for the next frame.
        """
        if self._is_replaced:
            self._is_replaced = False
            self.view.clear()
            self._markup = self._new_markup()
        if self._thought:
            self.view.think("".join(self._thought))
            self._thought.clear()
        if self._written:
            self._write(has_time)
        if self._written:
            return True
        if self.turn.has_ended:
            self._show_end()
        return False

    def tick(self) -> None:
        """Bring the line under the answer up to date; a few times a second."""
        if self._is_shown:
            return
        now = self._desk.now()
        self.view.show_figures(figures_of(self.turn, now))
        phase = self.turn.phase
        if now - self._phase_at > SLOW.get(phase, math.inf):
            self.view.set_slow(phase)
        is_writing = phase is Phase.STREAMING
        self.view.set_stalled(is_writing and now - self._last_text_at > STALL)

    def _take(self, step: Step) -> None:
        for command in self.turn.handle(step, self._desk.now()):
            self._carry_out(command)

    def _carry_out(self, command: Command) -> None:
        match command:
            case Open(request):
                self._connection = self._transport.open(request, self)
            case Abort() | Release():
                self._let_go(command)
            case Write(text):
                self._written.append(text)
                self._last_text_at = self._desk.now()
                self._desk.request_frame()
            case Think(text):
                self._thought.append(text)
                self._desk.request_frame()
            case Replace():
                self._written.clear()
                self._thought.clear()
                self._is_replaced = True
                self._desk.request_frame()
            case Changed(phase):
                if self.turn.has_ended:
                    self._desk.request_frame()  # the end is shown after all text before it
                else:
                    self._phase_at = self._desk.now()
                    self.view.set_phase(phase)

    def _let_go(self, command: Abort | Release) -> None:
        if self._connection is None:
            return
        if isinstance(command, Abort):
            self._connection.abort()
        else:
            self._connection.release()

    def _write(self, has_time: Callable[[], bool]) -> None:
        text = "".join(self._written)
        self._written.clear()
        done = 0
        while done < len(text) and (done == 0 or has_time()):
            self._markup.feed(text[done : done + SLICE])
            done += SLICE
        if done < len(text):
            self._written.append(text[done:])

    def _show_end(self) -> None:
        if self._is_shown:
            return
        self._is_shown = True
        self._markup.close()
        self.view.set_stalled(False)
        if self.turn.is_at_limit:
            self.view.set_done_at_limit()
        else:
            self.view.set_phase(self.turn.phase)
        self.view.show_figures(figures_of(self.turn, self._desk.now()))
        if self.turn.trouble is not None:
            self.view.show_trouble(self.turn.trouble)
        self._desk.answer_ended(self)
