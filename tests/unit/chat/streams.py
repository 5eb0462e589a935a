"""Bytes and steps that the tests of a turn share."""

import json
from collections.abc import Callable

from app.chat.commands import Command, Save, Think, Wake, Write
from app.chat.patience import Patience, Retry
from app.chat.steps import Begin, Chunk, Responded, Step
from app.chat.turn import Turn
from app.chat.ways import Asking, Way
from app.wire import DIALECTS, Request

REQUEST = Request("POST", "http://127.0.0.1:8435/v1/chat/completions?key=secret", {}, b"{}")
EVENT_STREAM = {"Content-Type": "text/event-stream"}
DONE = b"data: [DONE]\n\n"


class FixedPlan:
    """Asks with the same request each time, and can be read on in some ways."""

    def __init__(self, request: Request, *ways: Way, continues: bool = True) -> None:
        self.request = request
        self.ways = ways
        self.continues = continues
        self.stop: Callable[[str], tuple[Request, ...]] = lambda _answer_id: ()
        self.forget: tuple[Request, ...] = ()

    def ask(self, _number: int) -> Asking:
        return Asking(self.request, "", self.ways, self.stop, self.forget)

    def go_on(self, _number: int, beginning: str) -> Asking | None:
        if not self.continues:
            return None
        return Asking(self.request, "", self.ways, self.stop, self.forget, beginning)


PLAN = FixedPlan(REQUEST)
# The person is told at once: nothing is tried by itself.
NO_RETRY = Patience(Retry(max_retries=0))


def new_turn(patience: Patience = NO_RETRY, protocol: str = "openai-chat") -> Turn:
    return Turn(DIALECTS[protocol], patience=patience)


def said(turn: Turn, step: Step, now: float) -> list[Command]:
    """Tell a step; give the commands, without those that only keep time and put away."""
    return seen(turn.handle(step, now))


def seen(commands: list[Command]) -> list[Command]:
    return [command for command in commands if not isinstance(command, Wake | Save)]


def event(payload: object) -> bytes:
    return f"data: {json.dumps(payload)}\n\n".encode()


def text(content: str) -> bytes:
    return event({"choices": [{"index": 0, "delta": {"content": content}}]})


def reasoning(content: str) -> bytes:
    return event({"choices": [{"index": 0, "delta": {"reasoning_content": content}}]})


def refusal(content: str) -> bytes:
    return event({"choices": [{"index": 0, "delta": {"refusal": content}}]})


def finish(reason: str = "stop") -> bytes:
    return event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})


def usage(read: int, written: int) -> bytes:
    return event(
        {"choices": [], "usage": {"prompt_tokens": read, "completion_tokens": written}},
    )


def error(message: str, code: str = "server_error") -> bytes:
    return event({"error": {"message": message, "code": code}})


def opened(*chunks: bytes, status: int = 200) -> Turn:
    """A turn that has begun, got a response and these chunks, at times 100, 200, 300…"""
    turn = new_turn()
    steps: list[Step] = [Begin(PLAN), Responded(status, EVENT_STREAM)]
    steps += [Chunk(chunk) for chunk in chunks]
    for number, step in enumerate(steps, start=1):
        turn.handle(step, number * 100.0)
    return turn


def written(commands: list[Command]) -> str:
    return "".join(command.text for command in commands if isinstance(command, Write))


def thought(commands: list[Command]) -> str:
    return "".join(command.text for command in commands if isinstance(command, Think))


def part(kind: str, **known: str) -> bytes:
    """A part of a message stream of the AI SDK."""
    return event({"type": kind, **known})


def said_parts(*pieces: str) -> bytes:
    return b"".join(part("text-delta", id="1", delta=piece) for piece in pieces)


SDK_END = part("finish", finishReason="stop") + DONE
