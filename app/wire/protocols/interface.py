"""What the app needs to know of a protocol to speak it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

from app.wire.deltas import Delta
from app.wire.request import Prompt, Request


class Framing(Enum):
    """How a stream is cut into payloads."""

    EVENT_STREAM = "server-sent events"
    JSON_LINES = "newline-delimited JSON"


# Ways in which a server keeps an answer: not at all, as llama.cpp's byte log (the header
# X-Conversation-Id), or as OpenAI's response in the background.
Keeping = Literal["", "byte-log", "background"]


@dataclass(frozen=True, slots=True)
class Question:
    """All that a protocol may need to ask for a streamed answer.

    `endpoint` is the base address of the server's interface; `access_key`, `request_id` and
    `conversation_id` are empty where there is none. `keeping`: how the server shall keep the
    answer, so that a cut stream can be read on. A prompt whose last message is the assistant's
    asks the model to go on from its end.
    """

    endpoint: str
    prompt: Prompt
    access_key: str = ""
    request_id: str = ""
    conversation_id: str = ""
    keeping: Keeping = ""


# Reads one payload: the event's type ("message" where the framing has none) and the JSON
# object. It never raises on a payload, whatever the types of its members.
PayloadReader = Callable[[str, Mapping[str, object]], list[Delta]]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One protocol: how to ask, and how to read what comes back.

    `ask` makes the request. `new_reader` gives a reader for one answer; it may keep state
    between payloads. `allows_request_id` tells whether a server lets a page send the header
    X-Request-ID, which every server must allow by name (Fetch standard, CORS-preflight).
    `prefills` tells whether the model goes on from the end of a last message of its own.
    """

    name: str
    framing: Framing
    ask: Callable[[Question], Request]
    new_reader: Callable[[], PayloadReader]
    allows_request_id: Callable[[str], bool] = lambda _endpoint: True
    prefills: Callable[[Question], bool] = lambda _question: False

    def request(
        self,
        endpoint: str,
        prompt: Prompt,
        *,
        access_key: str = "",
        request_id: str = "",
        conversation_id: str = "",
        keeping: Keeping = "",
        sends_request_id: bool = True,
    ) -> Request:
        """Return the request that asks a model for a streamed answer.

        Args:
            endpoint: base address of the server's interface.
            prompt: what is asked.
            access_key: the server's key, sent in the header that the protocol names.
            request_id: name of this request in the server's log, in X-Request-ID.
            conversation_id: name of the conversation, or of the answer that the server keeps.
            keeping: how the server shall keep it.
            sends_request_id: off for servers that do not let a page send X-Request-ID.
        """
        question = Question(endpoint, prompt, access_key, request_id, conversation_id, keeping)
        request = self.ask(question)
        headers = dict(request.headers)
        if keeping == "byte-log" and conversation_id:
            headers["X-Conversation-Id"] = conversation_id
        if request_id and sends_request_id and self.allows_request_id(endpoint):
            headers["X-Request-ID"] = request_id
        return replace(request, headers=headers)
