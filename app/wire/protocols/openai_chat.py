"""OpenAI Chat Completions, and the servers that speak it with an accent.

Source: platform.openai.com/docs/api-reference/chat-streaming. Also read: DeepSeek and
llama.cpp (`reasoning_content`), vLLM and OpenRouter (`reasoning`), LiteLLM (usage beside
a choice, error codes as strings), OpenRouter (an error inside a chunk with choices).
"""

import json
from collections.abc import Iterator, Mapping

from app.wire.deltas import (
    Delta,
    Ending,
    Finish,
    ReasoningDelta,
    RefusalDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from app.wire.json_text import as_array, as_count, as_object, as_text
from app.wire.protocols.interface import Dialect, Framing
from app.wire.request import Prompt, Request
from app.wire.server_error import make_error, reported_error
from app.wire.surrogates import well_formed

PATH = "/chat/completions"

_ENDINGS: Mapping[str, Ending] = {"length": "limit", "content_filter": "declined"}


def request(endpoint: str, prompt: Prompt, *, conversation_id: str | None = None) -> Request:
    """Return the request for a streamed completion.

    Args:
        endpoint: base address, such as "http://127.0.0.1:8435/v1"; a trailing slash, the
            full address and a query are accepted.
        prompt: what is asked.
        conversation_id: sent as X-Conversation-Id, under which llama.cpp keeps the answer.
    """
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    if conversation_id is not None:
        headers["X-Conversation-Id"] = conversation_id
    body = {
        "model": well_formed(prompt.model),
        "messages": [
            {"role": message.role, "content": well_formed(message.text)}
            for message in prompt.messages
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    encoded = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Request("POST", _address(endpoint), headers, encoded)


def read_chunk(_event: str, chunk: Mapping[str, object]) -> list[Delta]:
    """Return the deltas of one chunk, or of a whole completion that was not streamed."""
    deltas: list[Delta] = []
    for choice in as_array(chunk.get("choices")):
        # Only one answer is asked for; others would be mixed into its text.
        if isinstance(choice, dict) and not choice.get("index"):
            deltas.extend(_read_choice(choice))
    usage = chunk.get("usage")
    if isinstance(usage, dict):
        deltas.append(
            Usage(as_count(usage.get("prompt_tokens")), as_count(usage.get("completion_tokens")))
        )
    error = reported_error(chunk)
    if error is not None:
        deltas.append(error)
    elif Finish("error") in deltas:
        deltas.append(make_error("The server ended the answer with an error.", "error"))
    return deltas


def _read_choice(choice: Mapping[str, object]) -> Iterator[Delta]:
    # A completion that was not streamed has a message where a chunk has a delta.
    delta = as_object(choice.get("delta")) or as_object(choice.get("message"))
    if reasoning := _reasoning(delta):
        yield ReasoningDelta(reasoning)
    if text := as_text(delta.get("content")):
        yield TextDelta(text)
    if refusal := as_text(delta.get("refusal")):
        yield RefusalDelta(refusal)
    for position, call in enumerate(as_array(delta.get("tool_calls"))):
        yield _read_tool_call(position, as_object(call))
    if reason := as_text(choice.get("finish_reason")):
        yield Finish(reason, _ENDINGS.get(reason, "whole"))


def _reasoning(delta: Mapping[str, object]) -> str:
    reasoning = as_text(delta.get("reasoning"))
    older = as_text(delta.get("reasoning_content"))
    # Servers that send both names for compatibility send the same text in both.
    return reasoning if reasoning == older else older + reasoning


def _read_tool_call(position: int, call: Mapping[str, object]) -> ToolCallDelta:
    function = as_object(call.get("function"))
    index = as_count(call.get("index"))
    return ToolCallDelta(
        position if index is None else index,
        as_text(call.get("id")),
        as_text(function.get("name")),
        as_text(function.get("arguments")),
    )


def _address(endpoint: str) -> str:
    base, mark, query = endpoint.strip().partition("?")
    base = base.rstrip("/").removesuffix(PATH)
    return f"{base}{PATH}{mark}{query}"


OPENAI_CHAT = Dialect(
    name="openai-chat",
    framing=Framing.EVENT_STREAM,
    request=request,
    new_reader=lambda: read_chunk,
)
