"""OpenAI Responses, and the servers that speak it (llama.cpp, vLLM, LiteLLM).

Source: platform.openai.com/docs/api-reference/responses-streaming. Each text comes in deltas
and then whole in `*.done`, in its item and in the response, which only verify.
"""

from collections.abc import Callable, Iterator, Mapping

from app.wire.deltas import (
    AnswerId,
    Delta,
    End,
    Ending,
    Finish,
    Malformed,
    ReasoningDelta,
    RefusalDelta,
    SequenceNumber,
    Source,
    TextDelta,
    ThoughtSignature,
    ToolCallDelta,
    ToolOutput,
    Usage,
)
from app.wire.json_text import as_array, as_count, as_object, as_text, to_json
from app.wire.protocols.interface import Dialect, Framing
from app.wire.protocols.openai_chat_request import allows_request_id
from app.wire.protocols.openai_responses_request import ask
from app.wire.protocols.repetition import RepeatedText
from app.wire.protocols.response_items import Item, Items, Kind, Name, Step
from app.wire.server_error import make_error, reported_error

_ENDINGS: Mapping[str, Ending] = {"max_output_tokens": "limit", "content_filter": "declined"}

# The texts by the name of their events, each with its item and where its parts are counted.
_TEXTS: Mapping[str, tuple[Callable[[str], Delta], Kind, str]] = {
    "output_text": (TextDelta, "message", "content_index"),
    "refusal": (RefusalDelta, "message", "content_index"),
    "reasoning_text": (ReasoningDelta, "reasoning", "content_index"),
    "reasoning_summary_text": (ReasoningDelta, "reasoning", "summary_index"),
}
# The parts of a message by their type, with the name of their events.
_PARTS: Mapping[str, str] = {
    "output_text": "output_text",
    "text": "output_text",
    "refusal": "refusal",
}
# The arguments of tools by the name of their events, with the member that repeats them.
_ARGUMENTS: Mapping[str, str] = {
    "function_call_arguments": "arguments",
    "custom_tool_call_input": "input",
    "mcp_call_arguments": "arguments",
    "code_interpreter_call_code": "code",
    "shell_call_command": "command",
}
# Where the arguments stand among the texts of their item.
_CALLED = ("arguments", 0)
# Items that are calls of tools, with the member that holds the arguments.
_CALLS: Mapping[str, str] = {
    "function_call": "arguments",
    "custom_tool_call": "input",
    "mcp_call": "arguments",
    "code_interpreter_call": "code",
    "web_search_call": "action",
    "file_search_call": "queries",
    "local_shell_call": "action",
    "shell_call": "action",
    "computer_call": "action",
}
# Those that the page has to carry out; the others run at the server.
_OURS = frozenset({"function_call", "custom_tool_call", "local_shell_call", "shell_call"})
# How a response can end, the worst first: some servers leave the status to the event's name.
_OVER = ("failed", "cancelled", "incomplete", "completed")


class ResponseReader:
    """Reads the events of one response, or a whole response that was not streamed."""

    def __init__(self) -> None:
        self._is_named = False
        self._items = Items()

    def read(self, event: str, payload: Mapping[str, object]) -> list[Delta]:
        """Return the deltas of one event."""
        deltas = list(self._read(as_text(payload.get("type")) or event, payload))
        number = as_count(payload.get("sequence_number"))
        if number is not None:
            deltas.append(SequenceNumber(number))
        return deltas

    def _read(self, kind: str, payload: Mapping[str, object]) -> Iterator[Delta]:
        error = _error(payload) if kind == "error" else reported_error(payload)
        if kind.startswith("response.") and kind.removeprefix("response.") not in _OVER:
            error = None  # of a part, such as a tool that could not be listed
        if payload.get("object") == "response":
            yield from self._read_response(payload)
        elif error is not None:
            yield error
        elif kind.startswith("response."):
            yield from self._read_event(kind.removeprefix("response."), payload)

    def _read_event(self, kind: str, payload: Mapping[str, object]) -> Iterator[Delta]:
        name, _dot, step = kind.rpartition(".")
        if name in _TEXTS and step in ("delta", "done"):
            yield from self._read_text(name, step, payload)
        elif name in _ARGUMENTS and step in ("delta", "done"):
            yield from self._read_arguments(name, step, payload)
        elif kind in ("output_item.added", "output_item.done"):
            yield from self._read_item_event(step, payload)
        elif kind == "content_part.done":
            index, part = as_count(payload.get("content_index")), as_object(payload.get("part"))
            if as_text(part.get("type")) in _PARTS:
                item = self._item("message", payload, "text")
                yield from _read_part(item, index or 0, part)
        elif kind == "reasoning_summary_part.added":
            # Parts of a summary are paragraphs, without the space between them.
            if as_count(payload.get("summary_index")):
                yield ReasoningDelta("\n\n")
        elif kind == "output_text.annotation.added":
            yield _source(as_object(payload.get("annotation")))
        else:
            yield from self._read_response(as_object(payload.get("response")), kind)

    def _item(self, kind: Kind, payload: Mapping[str, object], step: Step) -> Item:
        index, item_id = as_count(payload.get("output_index")), as_text(payload.get("item_id"))
        return self._items.find(Name(kind, index, item_id), step)

    def _read_text(self, name: str, step: str, payload: Mapping[str, object]) -> Iterator[Delta]:
        make, kind, counter = _TEXTS[name]
        item = self._item(kind, payload, "delta" if step == "delta" else "text")
        key = (name, as_count(payload.get(counter)) or 0)
        if step == "delta":
            yield _piece(item, key, as_text(payload.get("delta")), make)
        else:
            whole = payload.get("refusal" if name == "refusal" else "text")
            yield from _settle(item, key, whole, make)

    def _read_arguments(
        self, name: str, step: str, payload: Mapping[str, object]
    ) -> Iterator[Delta]:
        item = self._item("call", payload, "delta" if step == "delta" else "text")
        if step == "delta":
            yield _piece(item, _CALLED, as_text(payload.get("delta")), _arguments_of(item))
        else:
            yield from _settle(item, _CALLED, payload.get(_ARGUMENTS[name]), _arguments_of(item))

    def _read_item_event(self, step: str, payload: Mapping[str, object]) -> Iterator[Delta]:
        held = as_object(payload.get("item"))
        name = _name(as_count(payload.get("output_index")), held)
        if name is not None:
            item = self._items.find(name, "whole" if step == "done" else "begin")
            yield from _read_item(item, held, is_whole=step == "done")

    def _read_response(self, response: Mapping[str, object], kind: str = "") -> Iterator[Delta]:
        if not self._is_named and (answer_id := as_text(response.get("id"))):
            self._is_named = True
            yield AnswerId(answer_id)
        said = (kind, as_text(response.get("status")))
        status = next((word for word in _OVER if word in said), "")
        if not status:
            return
        output = enumerate(map(as_object, as_array(response.get("output"))))
        shown = [(name, held) for at, held in output if (name := _name(at, held)) is not None]
        items = self._items.place([name for name, _held in shown])
        for item, (_called, held) in zip(items, shown, strict=True):
            yield from _read_item(item, held, is_whole=True)
        usage = response.get("usage")
        if isinstance(usage, dict):
            yield Usage(as_count(usage.get("input_tokens")), as_count(usage.get("output_tokens")))
        yield from _read_status(status, response)
        yield End()


def _name(index: int | None, held: Mapping[str, object]) -> Name | None:
    """Return what an item is called; None if it is of a sort that an answer does not show."""
    kind, item_id = as_text(held.get("type")), as_text(held.get("id"))
    if kind in _CALLS:
        return Name("call", index, item_id, as_text(held.get("call_id")))
    if kind == "message":
        return Name("message", index, item_id)
    return Name("reasoning", index, item_id) if kind == "reasoning" else None


def _read_item(item: Item, held: Mapping[str, object], *, is_whole: bool) -> Iterator[Delta]:
    if is_whole and item.is_whole:
        return
    item.is_whole = item.is_whole or is_whole
    if item.name.kind == "call":
        yield from _read_call(item, held, is_whole=is_whole)
    elif is_whole and item.name.kind == "message":
        for index, part in enumerate(map(as_object, as_array(held.get("content")))):
            yield from _read_part(item, index, part)
    elif is_whole:
        yield from _read_reasoning(item, held)


def _read_part(item: Item, index: int, part: Mapping[str, object]) -> Iterator[Delta]:
    name = _PARTS.get(as_text(part.get("type")))
    if name is None:
        return
    whole = part.get("refusal" if name == "refusal" else "text")
    yield from _settle(item, (name, index), whole, _TEXTS[name][0])
    yield from map(_source, map(as_object, as_array(part.get("annotations"))))


def _read_call(item: Item, held: Mapping[str, object], *, is_whole: bool) -> Iterator[Delta]:
    kind = as_text(held.get("type"))
    call_id = as_text(held.get("call_id")) or as_text(held.get("id"))
    if not item.is_told:
        item.is_told = True
        name = as_text(held.get("name")) or kind.removesuffix("_call")
        yield ToolCallDelta(item.position, call_id, name, "", is_served=kind not in _OURS)
    if not is_whole:
        return
    given = held.get(_CALLS[kind])
    whole = given if isinstance(given, str) or given is None else to_json(given)
    yield from _settle(item, _CALLED, whole, _arguments_of(item))
    if kind == "mcp_call":
        failure = as_text(held.get("error")) or as_text(as_object(held.get("error")).get("message"))
        if failure or isinstance(held.get("output"), str):
            yield ToolOutput(call_id, failure or as_text(held.get("output")), bool(failure))


def _read_reasoning(item: Item, held: Mapping[str, object]) -> Iterator[Delta]:
    for member, name in (("summary", "reasoning_summary_text"), ("content", "reasoning_text")):
        for index, part in enumerate(map(as_object, as_array(held.get(member)))):
            key = (name, index)
            if index and name == "reasoning_summary_text" and key not in item.texts:
                yield ReasoningDelta("\n\n")
            yield from _settle(item, key, part.get("text"), ReasoningDelta)
    if signature := as_text(held.get("encrypted_content")):
        yield ThoughtSignature(signature, id=as_text(held.get("id")))


def _piece(item: Item, key: tuple[str, int], piece: str, make: Callable[[str], Delta]) -> Delta:
    item.texts.setdefault(key, RepeatedText()).add(piece)
    return make(piece)


def _settle(
    item: Item, key: tuple[str, int], whole: object, make: Callable[[str], Delta]
) -> Iterator[Delta]:
    """Verify a repeated text; hand out what of it was not streamed."""
    if not isinstance(whole, str):
        return
    rest = item.texts.setdefault(key, RepeatedText()).missing_end(whole)
    if isinstance(rest, Malformed):
        yield rest
    elif rest:
        yield make(rest)


def _read_status(status: str, response: Mapping[str, object]) -> Iterator[Delta]:
    error = as_object(response.get("error"))
    if status == "failed" or error:
        said = as_text(error.get("message")) or "The server failed to answer."
        yield make_error(said, as_text(error.get("code")))
    elif status == "incomplete":
        reason = as_text(as_object(response.get("incomplete_details")).get("reason")) or status
        yield Finish(reason, _ENDINGS.get(reason, "limit"))
    elif status == "completed":
        yield Finish(status)


def _error(payload: Mapping[str, object]) -> Delta:
    # The event's own type is "error" too, which is no code.
    error = as_object(payload.get("error")) or payload
    said = as_text(error.get("message")) or "The server reported an error without a message."
    kind = as_text(error.get("type"))
    return make_error(said, as_text(error.get("code")) or ("" if kind == "error" else kind))


def _arguments_of(item: Item) -> Callable[[str], Delta]:
    return lambda piece: ToolCallDelta(item.position, "", "", piece)


def _source(annotation: Mapping[str, object]) -> Source:
    title = as_text(annotation.get("title")) or as_text(annotation.get("filename"))
    return Source(as_text(annotation.get("url")), title)


OPENAI_RESPONSES = Dialect(
    name="openai-responses",
    framing=Framing.EVENT_STREAM,
    ask=ask,
    new_reader=lambda: ResponseReader().read,
    allows_request_id=allows_request_id,
)
