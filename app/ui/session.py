"""The person's side of a conversation: what they send, stop, copy and ask again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from app.chat.conversation import Conversation, Exchange
from app.chat.settings import Settings
from app.chat.transport import Transport
from app.markup import MarkdownStream, Sink
from app.ui.answering import Answering
from app.ui.composer import Composer
from app.ui.dom import Page
from app.ui.hint import Hint
from app.ui.message import AnswerView, ExchangeView
from app.ui.thread import Thread
from app.wire import Request, dialect

TICK_MS = 250


class Ports(Page, Protocol):
    """The page, and what else of the browser a session needs."""

    def now(self) -> float:
        """Give the time in milliseconds, on a clock that never goes back."""

    def every(self, milliseconds: int, handler: Callable[[], None], /) -> Callable[[], None]:
        """Call the handler again and again, until what is returned is called."""

    def new_id(self) -> str:
        """Give a name that nothing else has."""

    def copy(self, text: str, done: Callable[[bool], None], /) -> None:
        """Put text on the clipboard, and tell whether that worked."""


class Session:
    """One conversation on the screen; at most one answer is under way.

    Questions that arrive while an answer is written (the shell hands over several at once) wait
    for their turn.

    Args:
        ports: the browser.
        settings: where answers come from, and the words of the page.
        transport: sends requests.
        new_sink: makes what shows markup inside an element.
        request_frame: asks for `flush` to be called in the next frame.
    """

    def __init__(
        self,
        ports: Ports,
        settings: Settings,
        transport: Transport,
        new_sink: Callable[[Any], Sink],
        request_frame: Callable[[], None],
    ) -> None:
        self.request_frame = request_frame
        self._ports = ports
        self._settings = settings
        self._transport = transport
        self._new_sink = new_sink
        self._dialect = dialect(settings.protocol)
        self._conversation = Conversation(
            settings.system_prompt, self._dialect, settings.max_event_bytes
        )
        self._exchanges: dict[ExchangeView, Exchange] = {}
        self._answers: dict[AnswerView, Answering] = {}
        self._waiting: list[tuple[ExchangeView, str]] = []
        self._current: Answering | None = None
        self._end_ticks: Callable[[], None] | None = None
        self._thread = Thread(ports, self._copy, self._retry)
        self._composer = Composer(ports, self.send, self.stop)
        Hint(ports, self.send).show(settings.greeting, settings.suggested_prompts)

    def now(self) -> float:
        """Give the time in milliseconds."""
        return self._ports.now()

    def send(self, question: str) -> None:
        """Ask a question, or let it wait until the answer under way has ended."""
        self._waiting.append((self._thread.add_exchange(question), question))
        self._begin_next()

    def stop(self) -> None:
        """Stop the answer under way."""
        if self._current is not None:
            self._current.stop()

    def flush(self, has_time: Callable[[], bool]) -> bool:
        """Put what came since the last frame onto the screen; tell whether something is left."""
        if self._current is None:
            return False
        is_more = self._current.flush(has_time)
        self._thread.follow()
        return is_more

    def answer_ended(self, _answering: Answering) -> None:
        """Make room for the next answer."""
        self._current = None
        self._show_writing(False)
        self._begin_next()

    def _begin_next(self) -> None:
        if self._current is None and self._waiting:
            view, question = self._waiting.pop(0)
            # Only now: the context of a question is what was answered before it.
            self._exchanges[view] = self._conversation.ask(question)
            self._begin(view)

    def _begin(self, view: ExchangeView) -> None:
        exchange = self._exchanges[view]
        answer = view.begin_answer()
        self._current = Answering(
            exchange.current,
            answer,
            lambda: MarkdownStream(self._new_sink(answer.body)),
            self._transport,
            self,
        )
        self._answers[answer] = self._current
        self._show_writing(True)
        self._current.begin(self._request(exchange))

    def _request(self, exchange: Exchange) -> Request:
        settings = self._settings
        prompt = replace(
            self._conversation.prompt(settings.model, exchange),
            reasoning_effort=settings.reasoning_effort,
            max_tokens=settings.max_tokens,
            temperature=settings.temperature,
        )
        return self._dialect.request(
            settings.endpoint,
            prompt,
            request_id=self._ports.new_id(),
            sends_request_id=settings.request_id,
        )

    def _show_writing(self, is_writing: bool) -> None:
        self._composer.writing(is_writing)
        self._thread.writing(is_writing)
        if self._end_ticks is not None:
            self._end_ticks()
            self._end_ticks = None
        if is_writing:
            self._end_ticks = self._ports.every(TICK_MS, self._tick)

    def _tick(self) -> None:
        if self._current is not None:
            self._current.tick()

    def _retry(self, view: ExchangeView) -> None:
        if self._current is not None:
            return  # the button is hidden meanwhile; a click that was under way comes too late
        self._exchanges[view].retry()
        self._begin(view)

    def _copy(self, answer: AnswerView) -> None:
        self._ports.copy(self._answers[answer].turn.text, answer.confirm_copy)
