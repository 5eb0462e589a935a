"""OpenAI Responses, and the servers that speak it (llama.cpp, vLLM, LiteLLM).

Source: platform.openai.com/docs/api-reference/responses-streaming. Each text comes in deltas
and then whole in `*.done`, which only verifies. llama.cpp names no `output_index`, and some
proxies give one item many IDs: the index counts where there is one, else the ID.
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
from app.wire.protocols.repetition import missing_end
from app.wire.server_error import make_error, reported_error

_ENDINGS: Mapping[str, Ending] = {"max_output_tokens": "limit", "content_filter": "declined"}

# The texts by the name of their events, each with where its parts are counted.
_TEXTS: Mapping[str, tuple[Callable[[str], Delta], str]] = {
    "output_text": (TextDelta, "content_index"),
    "refusal": (RefusalDelta, "content_index"),
    "reasoning_text": (ReasoningDelta, "content_index"),
    "reasoning_summary_text": (ReasoningDelta, "summary_index"),
}
# The arguments of tools by the name of their events, with the member that repeats them.
_ARGUMENTS: Mapping[str, str] = {
    "function_call_arguments": "arguments",
    "custom_tool_call_input": "input",
    "mcp_call_arguments": "arguments",
    "code_interpreter_call_code": "code",
    "shell_call_command": "command",
}
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
# Where items begin that no index numbers; no answer has so many.
_UNNUMBERED = 1_000_000
# How a response can end, the worst first: some servers leave the status to the event's name.
_OVER = ("failed", "cancelled", "incomplete", "completed")


class ResponseReader:
    """Reads the events of one response, or a whole response that was not streamed."""

    def __init__(self) -> None:
        self._is_named = False
        self._positions: dict[str, int] = {}  # of items by ID
        self._numbered: set[int] = set()  # positions that came as an `output_index`
        self._pieces: dict[tuple[int, str, int], list[str]] = {}
        self._calls: dict[str, int] = {}  # their positions by ID
        self._whole: set[int] = set()  # positions of items that have come whole
        # Texts that are repeated under another name, by that name.
        self._renamed: dict[tuple[int, str, int], tuple[int, str, int]] = {}
        self._last: int | None = None  # position of the item that came last

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
            item = as_object(payload.get("item"))
            # llama.cpp's calls have a `call_id` only, which its deltas have as their `item_id`.
            name = as_text(item.get("id")) or as_text(item.get("call_id"))
            position = self._position(payload.get("output_index"), name)
            self._last = position
            yield from self._read_item(position, item, is_whole=step == "done")
        elif kind == "content_part.done":
            name, index = as_text(payload.get("item_id")), as_count(payload.get("content_index"))
            position = self._position(payload.get("output_index"), name)
            yield from self._read_part(position, index or 0, as_object(payload.get("part")))
        elif kind == "reasoning_summary_part.added":
            # Parts of a summary are paragraphs, without the space between them.
            if as_count(payload.get("summary_index")):
                yield ReasoningDelta("\n\n")
        elif kind == "output_text.annotation.added":
            yield _source(as_object(payload.get("annotation")))
        else:
            yield from self._read_response(as_object(payload.get("response")), kind)

    def _read_text(self, name: str, step: str, payload: Mapping[str, object]) -> Iterator[Delta]:
        make, counter = _TEXTS[name]
        position = self._position(payload.get("output_index"), as_text(payload.get("item_id")))
        key = (position, name, as_count(payload.get(counter)) or 0)
        if step == "delta":
            yield self._piece(key, as_text(payload.get("delta")), make)
        else:
            whole = payload.get("refusal" if name == "refusal" else "text")
            yield from self._settle(key, whole, make)

    def _read_arguments(
        self, name: str, step: str, payload: Mapping[str, object]
    ) -> Iterator[Delta]:
        position = self._position(payload.get("output_index"), as_text(payload.get("item_id")))
        key = (position, "arguments", 0)
        if step == "delta":
            yield self._piece(key, as_text(payload.get("delta")), _arguments_of(position))
        else:
            yield from self._settle(key, payload.get(_ARGUMENTS[name]), _arguments_of(position))

    def _read_item(
        self, position: int, item: Mapping[str, object], *, is_whole: bool
    ) -> Iterator[Delta]:
        kind = as_text(item.get("type"))
        if is_whole and position in self._whole:
            return
        if is_whole:
            self._whole.add(position)
        if kind in _CALLS:
            yield from self._read_call(position, item, is_whole=is_whole)
        elif is_whole and kind == "message":
            for index, part in enumerate(map(as_object, as_array(item.get("content")))):
                yield from self._read_part(position, index, part)
        elif is_whole and kind == "reasoning":
            yield from self._read_reasoning(position, item)

    def _read_part(self, position: int, index: int, part: Mapping[str, object]) -> Iterator[Delta]:
        if part.get("type") not in ("output_text", "text", "refusal"):
            return
        name = "refusal" if part.get("type") == "refusal" else "output_text"
        whole = part.get("refusal" if name == "refusal" else "text")
        yield from self._settle((position, name, index), whole, _TEXTS[name][0])
        yield from map(_source, map(as_object, as_array(part.get("annotations"))))

    def _read_call(
        self, position: int, item: Mapping[str, object], *, is_whole: bool
    ) -> Iterator[Delta]:
        kind = as_text(item.get("type"))
        call_id = as_text(item.get("call_id")) or as_text(item.get("id"))
        if position not in self._calls.values():
            name = as_text(item.get("name")) or kind.removesuffix("_call")
            self._calls[call_id or str(position)] = position
            served = kind not in _OURS
            yield ToolCallDelta(position, call_id, name, "", is_served=served)
        if not is_whole:
            return
        held = item.get(_CALLS[kind])
        whole = held if isinstance(held, str) or held is None else to_json(held)
        yield from self._settle((position, "arguments", 0), whole, _arguments_of(position))
        if kind == "mcp_call":
            failure = as_text(item.get("error")) or as_text(
                as_object(item.get("error")).get("message")
            )
            if failure or isinstance(item.get("output"), str):
                output = failure or as_text(item.get("output"))
                yield ToolOutput(call_id, output, bool(failure))

    def _read_reasoning(self, position: int, item: Mapping[str, object]) -> Iterator[Delta]:
        for member, name in (("summary", "reasoning_summary_text"), ("content", "reasoning_text")):
            for index, part in enumerate(map(as_object, as_array(item.get(member)))):
                key = (position, name, index)
                if index and name == "reasoning_summary_text" and key not in self._pieces:
                    yield ReasoningDelta("\n\n")
                yield from self._settle(key, part.get("text"), ReasoningDelta)
        name = as_text(item.get("id"))
        if signature := as_text(item.get("encrypted_content")):
            yield ThoughtSignature(signature, id=name)

    def _read_response(self, response: Mapping[str, object], kind: str = "") -> Iterator[Delta]:
        if not self._is_named and (name := as_text(response.get("id"))):
            self._is_named = True
            yield AnswerId(name)
        said = (kind, as_text(response.get("status")))
        status = next((word for word in _OVER if word in said), "")
        if not status:
            return
        for index, item in enumerate(map(as_object, as_array(response.get("output")))):
            yield from self._read_item(self._place(index, item), item, is_whole=True)
        usage = response.get("usage")
        if isinstance(usage, dict):
            yield Usage(as_count(usage.get("input_tokens")), as_count(usage.get("output_tokens")))
        yield from _read_status(status, response)
        yield End()

    def _position(self, output_index: object, item_id: str) -> int:
        """Tell which item an event belongs to, though events of one may name it differently."""
        index = as_count(output_index)
        if index is None and not item_id and self._last is not None:
            return self._last  # of the item that was announced last
        known = self._positions.get(item_id) if item_id or index is None else None
        if index is not None and (known is None or index in self._numbered):
            self._numbered.add(index)
            position = index
        else:
            position = _UNNUMBERED + len(self._positions) if known is None else known
        self._positions.setdefault(item_id, position)
        return position

    def _place(self, index: int, item: Mapping[str, object]) -> int:
        """Tell which item one of the whole response is; some servers leave out or rename a few."""
        name = as_text(item.get("id"))
        call_id = as_text(item.get("call_id")) or name
        if name in self._positions:
            return self._positions[name]
        if call_id in self._calls:
            return self._calls[call_id]
        taken = {position for position, _kind, _index in self._pieces} | {*self._calls.values()}
        return index if index not in taken else _UNNUMBERED + len(taken)

    def _piece(self, key: tuple[int, str, int], piece: str, make: Callable[[str], Delta]) -> Delta:
        self._pieces.setdefault(key, []).append(piece)
        return make(piece)

    def _same(self, key: tuple[int, str, int], whole: str) -> tuple[int, str, int]:
        """Find the text that is repeated under another name than it was streamed under.

        Handed out again it would stand there twice.
        """
        for other, pieces in self._pieces.items():
            if other[1] == key[1] and "".join(pieces) == whole:
                self._renamed[key] = other
        return self._renamed.get(key, key)

    def _settle(
        self, key: tuple[int, str, int], whole: object, make: Callable[[str], Delta]
    ) -> Iterator[Delta]:
        """Verify a repeated text; hand out what of it was not streamed."""
        if not isinstance(whole, str):
            return
        key = key if key in self._pieces else self._same(key, whole)
        rest = missing_end(self._pieces.get(key, []), whole)
        if isinstance(rest, Malformed):
            yield rest
            return
        # One string from now on: the same text is repeated up to three times.
        self._pieces[key] = [whole]
        if rest:
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


def _arguments_of(position: int) -> Callable[[str], Delta]:
    return lambda piece: ToolCallDelta(position, "", "", piece)


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
