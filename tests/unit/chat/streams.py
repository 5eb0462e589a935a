"""Bytes and steps that the tests of a turn share."""

import json

from app.chat.turn import Begin, Chunk, Command, Responded, Step, Think, Turn, Write
from app.wire import DIALECTS, Request

REQUEST = Request("POST", "http://127.0.0.1:8435/v1/chat/completions?key=secret", {}, b"{}")
EVENT_STREAM = {"Content-Type": "text/event-stream"}
DONE = b"data: [DONE]\n\n"


def new_turn() -> Turn:
    return Turn(DIALECTS["openai-chat"])


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
    steps: list[Step] = [Begin(REQUEST), Responded(status, EVENT_STREAM)]
    steps += [Chunk(chunk) for chunk in chunks]
    for number, step in enumerate(steps, start=1):
        turn.handle(step, number * 100.0)
    return turn


def written(commands: list[Command]) -> str:
    return "".join(command.text for command in commands if isinstance(command, Write))


def thought(commands: list[Command]) -> str:
    return "".join(command.text for command in commands if isinstance(command, Think))
