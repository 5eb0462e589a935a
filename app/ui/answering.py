"""One answer on its way: from the connection through the turn to the screen.

A delta is decoded once, appended once, parsed once and painted once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Protocol

from app.chat.commands import (
    Abort,
    Changed,
    Command,
    Forget,
    Open,
    Release,
    Replace,
    Save,
    Send,
    Think,
    Wake,
    Write,
)
from app.chat.phases import IN_FLIGHT, Phase
from app.chat.saved import SavedTurn
from app.chat.steps import (
    Begin,
    Chunk,
    Continue,
    Ended,
    Failed,
    Plan,
    Responded,
    Restore,
    Retry,
    Signal,
    Step,
    Stop,
    Tick,
)
from app.chat.transport import Connection, Transport
from app.chat.turn import Turn
from app.markup import MarkdownStream
from app.ui import drawing
from app.ui.drawing import Drawing
from app.ui.figures import figures_of
from app.ui.message import AnswerView
from app.ui.reveal import Reveal
from app.ui.status import status_of
from app.wire import Request

# Without new text for this long the thread line stands still, in milliseconds.
STALL: Final = 3000.0


class Desk(drawing.Desk, Protocol):
    """What an answer needs of the session around it."""

    def is_offline(self) -> bool:
        """Tell whether the device has no network; False does not mean that it has one."""

    def after(self, milliseconds: float, handler: Callable[[], None], /) -> Callable[[], None]:
        """Call a handler once, later; what is returned prevents it."""

    def save(self, answering: Answering) -> None:
        """Put the turn away where it outlives the page."""

    def send_end(self, request: Request) -> None:
        """Send this, which ends an answer at a server."""

    def forget(self, request: Request) -> None:
        """Send this once what was saved last is safe."""

    def chunk_came(self) -> None:
        """Hear that bytes of an answer came."""

    def answer_ended(self, answering: Answering) -> None:
        """Hear that all is on the screen and nothing more comes."""


class Answering:
    """Carries a turn's commands out, and tells it what the network says.

    Args:
        turn: not begun yet.
        view: its place on the screen.
        new_markup: gives what turns text into elements in that place, which is empty.
        transport: sends the requests.
        desk: the session.
        reveal: says how much of what has come may be shown; None shows it at once.
    """

    def __init__(
        self,
        turn: Turn,
        view: AnswerView,
        new_markup: Callable[[], MarkdownStream],
        transport: Transport,
        desk: Desk,
        reveal: Reveal | None = None,
    ) -> None:
        self.turn = turn
        self.view = view
        self._drawing = Drawing(view, new_markup, lambda: turn.text, desk, reveal)
        self._transport = transport
        self._desk = desk
        self._connection: Connection | None = None
        self._hearing: _Hearing | None = None
        self._forget_wake: Callable[[], None] | None = None
        self._last_text_at = 0.0
        self._phase_at = 0.0
        self._is_shown = False  # its end
        self._is_told = False

    @property
    def is_live(self) -> bool:
        """Whether a request of it is under way."""
        return self.turn.phase in IN_FLIGHT

    def begin(self, plan: Plan) -> None:
        """Ask for the answer."""
        self._take(Begin(plan))

    def restore(self, plan: Plan, saved: SavedTurn, *, follows: bool) -> None:
        """Go on where the turn stood when it was put away; `follows`: another page has it."""
        self._take(Restore(plan, saved, follows))
        self._is_told = self.turn.has_ended  # to whoever was there

    def stop(self) -> None:
        """End it here, on this side and at the server."""
        self._take(Stop())

    def retry(self) -> None:
        """Do now what waits, or go on after a bad end as well as can be."""
        self._reopen()
        self._take(Retry())

    def go_on(self) -> None:
        """Let the model go on from the text."""
        self._reopen()
        self._take(Continue())

    def hear(self, signal: Signal) -> None:
        """Hear what happened to the page."""
        self._take(signal)

    def flush(self, has_time: Callable[[], bool]) -> bool:
        """Put what came onto the screen.

        Args:
            has_time: whether the frame's budget lasts.

        Returns:
            Whether something is left for the next frame.
        """
        if self._drawing.flush(has_time):
            return True
        if self.turn.has_ended:
            self._end()
        return False

    def draw_again(self) -> None:
        """Show all of it in its view, which was built anew."""
        self._is_shown = False
        self._drawing.draw_again(self.turn.text, self.turn.reasoning)
        if not self.turn.has_ended:
            self.view.set_phase(self.turn.phase)

    def tick(self) -> None:
        """Bring the line under the answer up to date; a few times a second."""
        if self._is_shown or self.view.is_away:
            return
        now = self._desk.now()
        self.view.show_figures(figures_of(self.turn, now))
        self.view.show_status(status_of(self.turn, now, self._phase_at))
        self.view.show_journal(self.turn.journal, self.turn.started_at or now)
        is_writing = self.turn.phase is Phase.STREAMING
        self.view.set_stalled(is_writing and now - self._last_text_at > STALL)

    def _take(self, step: Step) -> None:
        for command in self.turn.handle(step, self._desk.now()):
            self._carry_out(command)

    def _carry_out(self, command: Command) -> None:
        match command:
            case Write(text):
                self._last_text_at = now = self._desk.now()
                self._drawing.write(text, now)
            case Think(text):
                self._drawing.think(text)
            case Replace():
                self._drawing.replace()
            case Changed(phase):
                self._change(phase)
            case Open() | Abort() | Release() | Send():
                self._use_network(command)
            case Wake() | Save() | Forget():
                self._use_desk(command)

    def _use_network(self, command: Open | Abort | Release | Send) -> None:
        match command:
            case Open(request):
                # Each connection has a listener of its own: what one says late concerns no other.
                self._hearing = _Hearing(self._take, self._desk)
                self._connection = self._transport.open(request, self._hearing)
            case Abort():
                self._stop_hearing()
                assert self._connection is not None, "a turn aborts what it has opened"
                self._connection.abort()
            case Release():
                self._stop_hearing()
                assert self._connection is not None, "a turn releases what it has opened"
                self._connection.release()
            case Send(request):
                self._desk.send_end(request)

    def _stop_hearing(self) -> None:
        # A connection that was let go may still end by itself, which concerns no later one.
        if self._hearing is not None:
            self._hearing.is_muted = True

    def _use_desk(self, command: Wake | Save | Forget) -> None:
        match command:
            case Wake(at):
                if self._forget_wake is not None:
                    self._forget_wake()
                self._forget_wake = self._desk.after(at - self._desk.now(), self._wake)
            case Save():
                self._desk.save(self)
            case Forget(request):
                self._desk.forget(request)

    def _wake(self) -> None:
        self._forget_wake = None
        self._take(Tick(self._desk.is_offline()))

    def _change(self, phase: Phase) -> None:
        now = self._desk.now()
        self._phase_at = now
        if self.turn.has_ended:
            if self._forget_wake is not None:
                self._forget_wake()
                self._forget_wake = None
            self._desk.request_frame()  # the end is shown after all text before it
            return
        status = status_of(self.turn, now, now)
        if not self.view.is_away:
            self.view.set_phase(phase)
            self.view.show_status(status)
        self.view.tell(phase, status.word)

    def _reopen(self) -> None:
        """Make the markup, which was closed with the answer, ready to go on."""
        if not self._is_shown:
            return
        self._is_told = False
        self.draw_again()
        self.view.hide_trouble()

    def _end(self) -> None:
        if self._is_shown:
            return
        self._drawing.close()
        self._is_shown = True
        self._connection = None
        if not self.view.is_away:
            self._show_end()
        if not self._is_told:
            self._is_told = True
            self._tell_end()
        self._desk.answer_ended(self)

    def _show_end(self) -> None:
        turn, now = self.turn, self._desk.now()
        self.view.set_stalled(False)
        self.view.set_phase(turn.phase)
        self.view.show_status(status_of(turn, now, now))
        self.view.show_figures(figures_of(turn, now))
        self.view.show_journal(turn.journal, turn.started_at or now)
        if turn.trouble is not None:
            self.view.show_trouble(turn.trouble, may_continue=turn.may_continue)

    def _tell_end(self) -> None:
        turn, now = self.turn, self._desk.now()
        if turn.trouble is None:
            self.view.tell(turn.phase, status_of(turn, now, now).word)
        else:
            self.view.tell_trouble(turn.trouble)


class _Hearing:
    """Hears one connection, and tells the turn."""

    def __init__(self, take: Callable[[Step], None], desk: Desk) -> None:
        self.is_muted = False
        self._take_step = take
        self._desk = desk

    def _take(self, step: Step) -> None:
        if not self.is_muted:
            self._take_step(step)

    def responded(self, status: int, headers: Mapping[str, str]) -> None:
        """Hear that the server answered."""
        self._take(Responded(status, headers))

    def chunk(self, data: bytes) -> None:
        """Hear that bytes came."""
        self._desk.chunk_came()
        self._take(Chunk(data))

    def ended(self) -> None:
        """Hear that the body ended."""
        self._take(Ended())

    def failed(self, cause: str, *, is_offline: bool = False) -> None:
        """Hear that the network failed, perhaps because the device has none."""
        self._take(Failed(cause, is_offline))
