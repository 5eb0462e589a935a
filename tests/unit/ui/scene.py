"""A session with a network, a store and a frame clock in our hands."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from app.chat.patience import Retry
from app.chat.settings import Settings
from app.chat.steps import PageSignal
from app.chat.transport import Listener
from app.markup import HtmlSink
from app.ui.outside import Outside
from app.ui.session import Session
from app.wire import Request
from tests.unit.ui.fake_page import FakeElement, FakePage


def said(text: str) -> bytes:
    return event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})


def event(payload: object) -> bytes:
    return f"data: {json.dumps(payload)}\n\n".encode()


FINISHED = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})


class Connection:
    def __init__(self, request: Request, listener: Listener) -> None:
        self.request = request
        self.listener = listener
        self.was_aborted = False
        self.was_released = False

    def release(self) -> None:
        self.was_released = True

    def abort(self) -> None:
        self.was_aborted = True

    def messages(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(self.request.body)["messages"]
        return found

    def answer(self, *texts: str) -> None:
        self.listener.responded(200, {"content-type": "text/event-stream"})
        for text in texts:
            self.listener.chunk(said(text))

    def finish(self) -> None:
        self.listener.chunk(FINISHED)
        self.listener.ended()


class Network:
    def __init__(self) -> None:
        self.connections: list[Connection] = []
        self.sent: list[Request] = []
        self.unanswered: list[Callable[[], None]] = []  # what is to be told of an answer to them

    def send(self, request: Request, done: Callable[[], None] = lambda: None) -> None:
        self.sent.append(request)
        self.unanswered.append(done)

    def open(self, request: Request, listener: Listener) -> Connection:
        self.connections.append(Connection(request, listener))
        return self.connections[-1]

    @property
    def last(self) -> Connection:
        return self.connections[-1]


class ShownSink(HtmlSink):
    """Lets the element know that there is text in it."""

    def __init__(self, element: Any) -> None:
        super().__init__()
        self._element = element

    def text(self, data: str) -> None:
        super().text(data)
        self._element.append(data)


class Ports(FakePage):
    def __init__(self) -> None:
        super().__init__()
        self.time = 0.0
        self.timers: list[Callable[[], None]] = []
        self.wakes: list[Callable[[], None]] = []
        self.clipboard = ""
        self.is_calm = False

    def prefers_calm(self) -> bool:
        return self.is_calm

    def now(self) -> float:
        self.time += 1
        return self.time

    def is_offline(self) -> bool:
        return False

    def chance(self) -> float:
        return 0.5

    def after(self, _milliseconds: float, handler: Callable[[], None]) -> Callable[[], None]:
        self.wakes.append(handler)
        return lambda: self.wakes.remove(handler) if handler in self.wakes else None

    def on_signal(self, handler: Callable[[PageSignal], None]) -> None:
        self.signal = handler

    def every(self, _milliseconds: int, handler: Callable[[], None]) -> Callable[[], None]:
        self.timers.append(handler)
        return lambda: self.timers.remove(handler)

    def copy(self, text: str, done: Callable[[bool], None]) -> None:
        self.clipboard = text
        done(True)


class Records:
    """A store whose records are safe when the test says so."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], str] = {}
        self.waiting: list[Callable[[], None]] = []

    def put(self, kind: str, name: str, record: str) -> None:
        self.records[kind, name] = record

    def after_saved(self, do: Callable[[], None]) -> None:
        self.waiting.append(do)


class NoTabs:
    def __init__(self) -> None:
        self.begun: list[str] = []
        self.looks = 0

    def begin(self, conversation_id: str) -> None:
        self.begun.append(conversation_id)

    def look_again(self) -> None:
        self.looks += 1


class Keeper:
    def __init__(self, address: str) -> None:
        self.address = address

    def chunk_came(self) -> None:
        pass


class Scene:
    """A session with everything around it."""

    def __init__(self, keeper: str = "", **options: Any) -> None:
        self.ports = Ports()
        self.network = Network()
        self.sinks: list[HtmlSink] = []
        self.frames_asked = 0
        self.records = Records()
        self.tabs = NoTabs()
        options = {"retry": Retry(max_retries=0), **options}
        settings = Settings("http://localhost:1/v1", "m", suggested_prompts=("Why?",), **options)
        self.session = Session(
            self.ports,
            settings,
            Outside(self.network, self.records, Keeper(keeper), self.tabs),
            self.new_sink,
            self.ask_frame,
        )

    def new_sink(self, element: Any) -> HtmlSink:
        self.sinks.append(ShownSink(element))
        return self.sinks[-1]

    def ask_frame(self) -> None:
        self.frames_asked += 1

    def frame(self, has_time: Callable[[], bool] = lambda: True) -> bool:
        return self.session.flush(has_time)

    def phases(self) -> list[str]:
        return [e.attributes["data-phase"] for e in self.all("data-phase")]

    def all(self, attribute: str) -> list[FakeElement]:
        exchanges = self.ports.find("#exchanges")
        return [e for e in exchanges.walk() if attribute in e.attributes]
