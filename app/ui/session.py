"""The person's side of a conversation: what they send, stop, copy and ask again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.chat.archive import Archive, KeptConversation, KeptExchange, conversation_to_json
from app.chat.conversation import Exchange
from app.chat.origins import origin_of
from app.chat.phases import Phase
from app.chat.queue import QueueError, RequestQueue, Ticket
from app.chat.saved import SavedTurn, saved_to_json
from app.chat.settings import Settings
from app.chat.steps import PageSignal, Plan, Signal
from app.chat.turn import Turn
from app.markup import MarkdownStream, Sink
from app.markup.visible import visible
from app.ui.answering import Answering
from app.ui.composer import REFUSAL, Composer
from app.ui.hint import Hint
from app.ui.message import AnswerView, ExchangeView
from app.ui.outside import Outside, Ports
from app.ui.plans import Plans
from app.ui.reveal import Reveal
from app.ui.thread import Thread
from app.wire import Request

TICK_MS = 250
# How long a whole answer is still kept elsewhere: what is forgotten earlier is broken off.
FORGET_MS = 3000
# What ends an answer goes before what begins one.
AT_ONCE = 1
# Said of a conversation that another tab writes.
ELSEWHERE = "This conversation is open in another tab. Go on there, or begin a new one here."


class Session:
    """One conversation on the screen; at most one answer is under way.

    Questions that arrive while an answer is written (the shell hands over several at once) wait
    for their turn.

    Args:
        ports: the browser.
        settings: where answers come from, and the words of the page.
        outside: what it needs beyond the page.
        new_sink: makes what shows markup inside an element.
        request_frame: asks for `flush` to be called in the next frame.
    """

    def __init__(
        self,
        ports: Ports,
        settings: Settings,
        outside: Outside,
        new_sink: Callable[[Any], Sink],
        request_frame: Callable[[], None],
    ) -> None:
        self.request_frame = request_frame
        self.shown_characters = 0  # of all answers, as they came
        self._ports = ports
        self._settings = settings
        self._transport = outside.transport
        self._new_sink = new_sink
        self._store = outside.store
        self._keeper = outside.keeper
        self._tabs = outside.tabs
        self._is_follower = False  # another tab has the conversation
        self._is_restoring = False
        self._plans = Plans(settings, lambda: outside.keeper.address, ports.chance)
        self._origin = origin_of(settings.endpoint) or settings.endpoint
        self._queue = RequestQueue(settings.queue.max_concurrent, settings.queue.max_queue_size)
        self._conversation = self._plans.new_conversation()
        self.conversation_id = ports.new_id()
        self._exchanges: dict[ExchangeView, Exchange] = {}
        self._answers: dict[AnswerView, Answering] = {}
        self._turn_ids: dict[Turn, str] = {}
        self._waiting: list[tuple[ExchangeView, str]] = []
        self._current: Answering | None = None
        self._ticket: Ticket | None = None
        self._end_ticks: Callable[[], None] | None = None
        self._thread = Thread(ports, self._copy, self._retry, self._continue, self._draw_again)
        # What came into the document again and is not drawn yet.
        self._redrawn: list[ExchangeView] = []
        self._composer = Composer(ports, self.send, self.stop)
        Hint(ports, self._send_hint).show(settings.greeting, settings.suggested_prompts)
        ports.on_action("new", self.begin_anew)
        ports.on_signal(self._hear)

    # What an answer needs of its desk.

    def now(self) -> float:
        """Give the time in milliseconds since 1970."""
        return self._ports.now()

    def is_offline(self) -> bool:
        """Tell whether the device has no network."""
        return self._ports.is_offline()

    def after(self, milliseconds: float, handler: Callable[[], None]) -> Callable[[], None]:
        """Call a handler once, later; what is returned prevents it."""
        return self._ports.after(milliseconds, handler)

    def chunk_came(self) -> None:
        """Hear that bytes of an answer came."""
        self._keeper.chunk_came()

    def text_shown(self, text: str) -> None:
        """Hear that more of an answer is on the screen."""
        self.shown_characters += len(text)
        self._thread.text_shown(text)

    def save(self, answering: Answering) -> None:
        """Put a turn away where it outlives the page."""
        if self._is_follower:
            return
        turn = answering.turn
        self._store.put("turn", self._turn_ids[turn], saved_to_json(turn.saved()))

    def send_end(self, request: Request) -> None:
        """Let a server end an answer that nobody will read: never refused for want of room."""

        def start() -> None:
            # When it is sent at once there is no ticket yet.
            self._transport.send(request, lambda: ticket.leave())  # noqa: PLW0108

        ticket = self._queue.enter(
            self._origin, start, priority=AT_ONCE, rejected=lambda _error: start()
        )

    def forget(self, request: Request) -> None:
        """Send this once what was saved last is safe, and the connection has ended by itself."""

        def send_later() -> None:
            self._ports.after(FORGET_MS, lambda: self._transport.send(request))

        self._store.after_saved(send_later)

    def answer_ended(self, answering: Answering) -> None:
        """Make room for the next answer."""
        if answering is not self._current:
            return
        self._end_current()
        if not self._is_restoring:
            self._go_further()

    # What the person and the page want.

    @property
    def is_follower(self) -> bool:
        """Whether another tab has the conversation."""
        return self._is_follower

    @property
    def is_live(self) -> bool:
        """Whether an answer is under way."""
        return self._current is not None and self._current.is_live

    def begin_anew(self, _button: object = None) -> None:
        """Begin a new conversation, unless an answer is being written; the old one is kept."""
        if self._current is not None and not self._is_follower:
            self._composer.refuse(REFUSAL)
            return
        self._clear()
        self._is_follower = False
        self.conversation_id = self._ports.new_id()
        self._store.put("latest", "latest", self.conversation_id)
        self._tabs.begin(self.conversation_id)
        self._composer.focus()

    def _end_current(self) -> None:
        self._current = None
        if self._ticket is not None:
            self._ticket.leave()
            self._ticket = None
        self._show_writing(False)

    def _clear(self) -> None:
        if self._current is not None:
            self._current.stop()
            self._end_current()
        self._thread.clear()
        self._conversation = self._plans.new_conversation()
        self._exchanges.clear()
        self._answers.clear()
        self._turn_ids.clear()
        self._waiting.clear()
        self._redrawn.clear()

    def send(self, question: str) -> bool:
        """Ask a question, or let it wait until the answer under way has ended.

        Returns:
            Whether it was taken: not while another tab has the conversation.
        """
        if self._is_follower:
            self._composer.refuse(ELSEWHERE)
            return False
        self._waiting.append((self._thread.add_exchange(question), question))
        self._save_conversation()
        self._begin_next()
        return True

    def _send_hint(self, question: str) -> None:
        self.send(question)

    def stop(self) -> None:
        """Stop the answer under way."""
        if self._current is not None:
            self._current.stop()

    def flush(self, has_time: Callable[[], bool]) -> bool:
        """Put what came since the last frame onto the screen; tell whether something is left."""
        is_more = self._current is not None and self._current.flush(has_time)
        if not is_more:
            self._draw_next(has_time)
        while self._redrawn and has_time():
            self._draw_next(has_time)
        self._thread.follow()
        return is_more or bool(self._redrawn)

    def _draw_next(self, has_time: Callable[[], bool]) -> None:
        if self._redrawn:
            exchange = self._redrawn[0]
            if not any(self._answers[each].flush(has_time) for each in exchange.answers):
                self._thread.settle(self._redrawn.pop(0))

    def restore(self, archive: Archive, *, follows: bool = False) -> None:
        """Show a conversation that was put away, and go on where it stood.

        Args:
            archive: the conversation.
            follows: another tab has it, and this one only looks on.
        """
        self._clear()
        self._is_restoring = True
        self._is_follower = follows
        self.conversation_id = archive.conversation.id
        for kept in archive.conversation.exchanges:
            view = self._thread.add_away(kept.question)
            if kept.turns:
                self._restore_exchange(view, kept, archive)
            else:
                self._waiting.append((view, kept.question))
        self._is_restoring = False
        self._thread.show_end()
        self.flush(lambda: True)  # what is in view is there when the page is
        if self._current is None:
            self._go_further()

    def _restore_exchange(self, view: ExchangeView, kept: KeptExchange, archive: Archive) -> None:
        exchange = self._exchanges[view] = self._conversation.ask(kept.question)
        for number, turn_id in enumerate(kept.turns):
            turn = exchange.retry() if number else exchange.current
            self._restore_turn(view, exchange, turn, turn_id, archive.turns[turn_id])

    def _restore_turn(
        self, view: ExchangeView, exchange: Exchange, turn: Turn, turn_id: str, saved: SavedTurn
    ) -> None:
        self._turn_ids[turn] = turn_id
        answering = self._new_answering(view, turn)
        plan = self._plan(exchange, turn_id)
        self._current = answering
        self._show_writing(True)
        self._enter(lambda: answering.restore(plan, saved, follows=self._is_follower))
        if turn.has_ended:
            answering.flush(lambda: True)  # which draws nothing: it is out of the document
            view.expect(turn.text)

    def _go_further(self) -> None:
        """Ask what waits; or look what comes of a conversation that another tab has."""
        if self._is_follower:
            self._tabs.look_again()
        else:
            self._begin_next()

    def _begin_next(self) -> None:
        if self._current is None and self._waiting:
            view, question = self._waiting.pop(0)
            # Only now: the context of a question is what was answered before it.
            self._exchanges[view] = self._conversation.ask(question)
            self._begin(view)

    def _begin(self, view: ExchangeView) -> None:
        exchange = self._exchanges[view]
        turn_id = self._turn_ids[exchange.current] = self._ports.new_id()
        answering = self._current = self._new_answering(view, exchange.current)
        self._save_conversation()
        self._show_writing(True)
        self._enter(lambda: answering.begin(self._plan(exchange, turn_id)))

    def _plan(self, exchange: Exchange, turn_id: str) -> Plan:
        return self._plans.plan(self._conversation, exchange, self.conversation_id, turn_id)

    def _enter(self, start: Callable[[], None]) -> None:
        """Start something that requests, once there is room for it."""

        def refused(error: QueueError) -> None:
            raise error  # one answer at a time never fills it

        self._ticket = self._queue.enter(self._origin, start, rejected=refused)

    def _new_answering(self, view: ExchangeView, turn: Turn) -> Answering:
        last = self._answers[view.answers[-1]].turn if view.answers else None
        answer = view.begin_answer(replaces=last is not None and not last.text)
        answering = Answering(
            turn,
            answer,
            lambda: MarkdownStream(self._new_sink(answer.body)),
            self._transport,
            self,
            Reveal() if self._is_smooth() else None,
        )
        self._answers[answer] = answering
        return answering

    def _draw_again(self, view: ExchangeView) -> None:
        """Draw the answers of an exchange that has come into the document again."""
        for answer in view.answers:
            self._answers[answer].draw_again()
        self._redrawn.append(view)

    def _is_smooth(self) -> bool:
        """Tell whether text flows at the rate at which it comes: never where that is motion."""
        return self._settings.smooth and not self._ports.prefers_calm()

    def _save_conversation(self) -> None:
        exchanges = tuple(self._kept(view) for view in self._thread.exchanges)
        kept = KeptConversation(self.conversation_id, exchanges)
        self._store.put("conversation", kept.id, conversation_to_json(kept))
        self._store.put("latest", "latest", kept.id)

    def _kept(self, view: ExchangeView) -> KeptExchange:
        exchange = self._exchanges.get(view)
        turns = exchange.attempts if exchange else []
        names = tuple(self._turn_ids[turn] for turn in turns if turn in self._turn_ids)
        return KeptExchange(view.question, names)

    def _hear(self, kind: PageSignal) -> None:
        if self._current is not None:
            self._current.hear(Signal(kind))

    def _show_writing(self, is_writing: bool) -> None:
        # Who looks on can neither stop the answer nor send: the tab that has it can.
        self._composer.writing(is_writing and not self._is_follower)
        self._thread.writing(is_writing)
        if self._end_ticks is not None:
            self._end_ticks()
            self._end_ticks = None
        if is_writing:
            self._end_ticks = self._ports.every(TICK_MS, self._tick)

    def _tick(self) -> None:
        if self._current is not None:
            self._current.tick()
            self._thread.follow()  # the line under the answer may have grown

    def _retry(self, view: AnswerView) -> None:
        answering = self._answers[view]
        if self._current is not None:
            # Any other button is hidden meanwhile; a click that was under way comes too late.
            if answering is self._current and answering.turn.phase in (Phase.WAITING, Phase.PARKED):
                answering.retry()
        elif answering.turn.phase in (Phase.INCOMPLETE, Phase.FAILED):
            self._go_on(answering, answering.retry)
        elif self._is_follower:
            self._composer.refuse(ELSEWHERE)
        else:
            self._exchanges[view.exchange].retry()
            self._begin(view.exchange)

    def _continue(self, view: AnswerView) -> None:
        if self._current is None:
            answering = self._answers[view]
            self._go_on(answering, answering.go_on)

    def _go_on(self, answering: Answering, start: Callable[[], None]) -> None:
        """Take up an answer again that had ended badly."""
        self._current = answering
        self._show_writing(True)
        answering.view.focus()
        self._enter(start)

    def _copy(self, answer: AnswerView) -> None:
        self._ports.copy(visible(self._answers[answer].turn.text), answer.confirm_copy)
