"""A turn with a world around it: servers that keep logs, a network that breaks, a clock.

The world carries a turn's commands out and looks at them with suspicion: whatever a turn wants
that it must not want fails here. Chance is handed in, so a world can be lived through again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random

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
from app.chat.patience import Patience, WhenCut
from app.chat.patience import Retry as RetrySettings
from app.chat.phases import ACCEPTED, ENDED, Phase
from app.chat.saved import SavedTurn
from app.chat.steps import (
    Begin,
    Chunk,
    Continue,
    Ended,
    Failed,
    PageSignal,
    Responded,
    Restore,
    Retry,
    Signal,
    Step,
    Stop,
    Tick,
)
from app.chat.turn import Turn
from app.chat.ways import Asking, Policy, Way
from app.wire import DIALECTS, Cursor, Request

STREAM = {"content-type": "text/event-stream"}
POST = "https://models.example/v1/chat/completions"
WORDS = ("river", " flows ", "on, ", "é", "🌍", "\n\n", "a\ud83c", "\udf0d", "**bold** ", "x" * 40)


@dataclass
class Log:
    """What the server wrote for one request, and whether it can still be had."""

    events: list[bytes]
    text: str
    is_gone: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.events)


@dataclass
class Connection:
    """What is still to come over the one connection that is open."""

    request: Request
    log: Log | None
    rest: bytes = b""
    has_responded: bool = False
    delivered: int = 0


@dataclass
class World:
    """One turn's life.

    Args:
        random: all chance there is.
        policies: the ways in which the server lets an answer be read on.
        when_cut: what the person has chosen in advance.
        breaks: whether the server itself may end answers early or report errors.
    """

    random: Random
    policies: tuple[Policy, ...] = (Policy.KEEP,)
    when_cut: WhenCut = "ask"
    now: float = 1_000_000.0
    logs: list[Log] = field(default_factory=list)
    connection: Connection | None = None
    wake_at: float | None = None
    saved: SavedTurn = field(default_factory=SavedTurn)
    text: str = ""
    reasoning: str = ""
    opened: list[Open] = field(default_factory=list)
    sent: list[Request] = field(default_factory=list)
    forgotten: list[Request] = field(default_factory=list)
    phases: list[Phase] = field(default_factory=list)
    consents: int = 0  # words of the person that let a model be asked once more
    posts_before: int = 0
    was_stopped: bool = False

    def __post_init__(self) -> None:
        patience = Patience(RetrySettings(), when_cut=self.when_cut)
        self.turn = Turn(DIALECTS["openai-chat"], patience=patience, chance=self.random.random)

    # The plan of the turn.

    def ask(self, number: int) -> Asking:
        return self._asking(number, "")

    def go_on(self, number: int, beginning: str) -> Asking | None:
        return self._asking(number, beginning)

    def _asking(self, number: int, beginning: str) -> Asking:
        def way(policy: Policy) -> Way:
            name = policy.name.lower()
            return Way(name, policy, lambda cursor, _id: resume(policy, number, cursor))

        request = Request("POST", f"{POST}#{number}", {}, beginning.encode())
        stop = Request("DELETE", f"{POST}#{number}", {}, b"")
        return Asking(
            request, "", tuple(map(way, self.policies)), lambda _id: (stop,), (stop,), beginning
        )

    # What happens.

    def begin(self) -> None:
        self.tell(Begin(self))

    def respond(self, status: int = 200) -> None:
        """Let the server answer the request that is out."""
        connection = self._waiting()
        if connection is None:
            return
        connection.has_responded = True
        is_kept = connection.log is not None and not connection.log.is_gone
        if not is_kept and connection.request.method == "GET":
            status = 404
        if status != 200:
            connection.rest = b'{"error":{"message":"No."}}'
        self.tell(Responded(status, STREAM if status == 200 else {}))

    def deliver(self, size: int) -> None:
        """Let bytes come."""
        connection = self.connection
        if connection is None or not connection.has_responded or not connection.rest:
            return
        data, connection.rest = connection.rest[:size], connection.rest[size:]
        connection.delivered += len(data)
        self.tell(Chunk(data))

    def end(self) -> None:
        """Let the body end in good order, be it early."""
        if self.connection is not None and self.connection.has_responded:
            self.connection = None
            self.tell(Ended())

    def cut(self, *, is_offline: bool = False) -> None:
        """Let the network break the connection."""
        if self.connection is not None:
            self.connection = None
            self.tell(Failed("network error", is_offline))

    def pass_time(self, milliseconds: float, *, is_offline: bool = False) -> None:
        """Let time pass; the timer goes off once it is due, perhaps late."""
        self.now += milliseconds
        if self.wake_at is not None and self.now >= self.wake_at and self.turn.phase not in ENDED:
            self.wake_at = None
            self.tell(Tick(is_offline))

    def signal(self, kind: PageSignal) -> None:
        """Let the browser do something with the page."""
        if kind is PageSignal.RESTORED:
            # It was hidden before it was put aside, and may be seen before it is told so.
            self.tell(Signal(PageSignal.HIDDEN))
            self.connection = self.connection and Connection(self.connection.request, None)
            self.now += 1
            if self.random.random() < 0.5:
                self.tell(Signal(PageSignal.VISIBLE))
        self.tell(Signal(kind))

    def say(self, word: Step) -> None:
        """Let the person want something, where the page offers it."""
        if type(word) not in ACCEPTED[self.turn.phase]:
            return
        if isinstance(word, Retry | Continue) and self.turn.phase in ENDED:
            self.consents += 1
        self.was_stopped = self.was_stopped or (
            isinstance(word, Stop) and self.turn.phase not in ENDED
        )
        self.tell(word)

    def reload(self) -> None:
        """Close the page and open it again."""
        self.connection = None
        saved = self.saved
        if saved.phase in {phase.value for phase in ENDED} or not saved.posts:
            return
        self.posts_before = sum(each.request.method == "POST" for each in self.opened)
        self.text = self.reasoning = ""
        self.wake_at = None
        self.__post_init__()
        self.tell(Restore(self, saved))

    def forget(self) -> None:
        """Let the server lose what it kept."""
        for log in self.logs:
            log.is_gone = True

    # What the turn wants.

    def tell(self, step: Step) -> list[Command]:
        before, had_content = self.turn.text, bool(self.text or self.reasoning)
        commands = self.turn.handle(step, self.now)
        for command in commands:
            self._carry_out(command, had_content=had_content)
        self._look(commands, before)
        return commands

    def _carry_out(self, command: Command, *, had_content: bool) -> None:
        match command:
            case Open(request):
                self._open(request, command, had_content=had_content)
            case Abort() | Release():
                assert self.connection is not None, f"nothing is open to {command}"
                self.connection = None
            case Write(text):
                self.text += text
            case Think(text):
                self.reasoning += text
            case Replace():
                self.text = self.reasoning = ""
            case Changed(phase):
                self.phases.append(phase)
            case Wake(at):
                assert at >= self.now
                self.wake_at = at
            case _:
                self._put_away(command)

    def _put_away(self, command: Command) -> None:
        match command:
            case Save():
                self.saved = self.turn.saved()
            case Send(request):
                self.sent.append(request)
            case Forget(request):
                assert self.turn.phase is Phase.DONE
                self.forgotten.append(request)

    def _open(self, request: Request, command: Open, *, had_content: bool) -> None:
        assert self.connection is None, "a second request is out"
        assert not self.was_stopped, "a request after the stop"
        self.opened.append(command)
        if request.method == "POST":
            posts = sum(each.request.method == "POST" for each in self.opened)
            if had_content and self.when_cut == "ask":
                assert self.consents, "a second bill without consent"
                self.consents -= 1
            assert posts < 60
            self.logs.append(self.write(request.body.decode()))
            self.connection = Connection(request, self.logs[-1], self.logs[-1].body)
            return
        number, rest = request.url.partition("#")[2].split("/")
        log = self.logs[int(number)] if int(number) < len(self.logs) else None
        self.connection = Connection(request, log, rest_of(log, rest) if log else b"")

    def _look(self, commands: list[Command], before: str) -> None:
        turn = self.turn
        assert self.text == turn.text
        assert self.reasoning == turn.reasoning
        if not any(isinstance(command, Replace) for command in commands):
            assert turn.text.startswith(before), "text went missing"
        if self.policies == (Policy.KEEP,):
            received = turn.saved().cursor.received_bytes
            longest = max((len(log.body) for log in self.logs), default=0)
            assert received <= longest, "the cursor is ahead of the log"
        if turn.phase in (Phase.INCOMPLETE, Phase.FAILED):
            assert turn.trouble is not None
            assert bool(turn.text) == (turn.phase is Phase.INCOMPLETE)
        if turn.phase not in ENDED and turn.phase is not Phase.READY:
            assert self.wake_at is not None, "nothing will wake it"
        assert (turn.ended_at is not None) == turn.has_ended
        if turn.phase in ENDED:
            assert self.connection is None, "an ended turn leaves a connection open"

    # What the server writes.

    def write(self, beginning: str) -> Log:
        """Make up an answer: events with IDs, comments, perhaps reasoning, and a finish."""
        random = self.random
        pieces = [random.choice(WORDS) for _ in range(random.randrange(1, 12))]
        if beginning:
            pieces.insert(0, random.choice([beginning, beginning[-20:], " "]))
        events: list[bytes] = []
        if random.random() < 0.3:
            events.append(event(len(events), {"delta": {"reasoning_content": "Hm. "}}))
        for piece in pieces:
            if random.random() < 0.2:
                events.append(b": ping\n\n")
            events.append(event(len(events), {"delta": {"content": piece}}))
        events.append(event(len(events), {"delta": {}, "finish_reason": "stop"}))
        events.append(b"data: [DONE]\n\n")
        text = "".join(pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return Log(events, text)

    def _waiting(self) -> Connection | None:
        connection = self.connection
        return connection if connection and not connection.has_responded else None


def event(number: int, choice: dict[str, object]) -> bytes:
    payload = json.dumps({"choices": [{"index": 0, **choice}]})
    return f"id: {number}\ndata: {payload}\n\n".encode()


def resume(policy: Policy, number: int, cursor: Cursor) -> Request | None:
    """Make the request of one way; how much follows stands behind its number."""
    if policy is Policy.KEEP:
        rest = f"bytes={cursor.received_bytes}"
    elif policy is Policy.REPLAY:
        rest = "bytes=0"
    elif cursor.last_event_id:
        rest = f"event={cursor.last_event_id}"
    else:
        return None
    return Request("GET", f"{POST}#{number}/{rest}", {}, b"")


def rest_of(log: Log, rest: str) -> bytes:
    kind, _, at = rest.partition("=")
    if kind == "bytes":
        return log.body[int(at) :]
    start = next(n for n, each in enumerate(log.events) if each.startswith(b"id: %d\n" % int(at)))
    return b"".join(log.events[start + 1 :])
