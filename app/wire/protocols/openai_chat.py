"""OpenAI Chat Completions, and the servers that speak it with an accent.

Source: platform.openai.com/docs/api-reference/chat-streaming. Also read: DeepSeek and
llama.cpp (`reasoning_content`), vLLM and OpenRouter (`reasoning`, `reasoning_details`),
Mistral (content and thinking as lists), Groq (`x_groq`), LiteLLM (usage beside a choice,
error codes as strings), Azure (content filters), OpenRouter (an error inside a chunk).
"""

from collections.abc import Iterator, Mapping

from app.wire.deltas import (
    AnswerId,
    Delta,
    Ending,
    Finish,
    Malformed,
    ReasoningDelta,
    RefusalDelta,
    Source,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from app.wire.json_text import (
    MalformedJson,
    as_array,
    as_count,
    as_object,
    as_text,
    parse_json,
    to_json,
)
from app.wire.protocols.interface import Dialect, Framing
from app.wire.protocols.openai_chat_request import allows_request_id, ask, prefills
from app.wire.protocols.repetition import missing_end
from app.wire.server_error import make_error, reported_error

_ENDINGS: Mapping[str, Ending] = {
    "length": "limit",
    "max_tokens": "limit",
    "model_length": "limit",  # Mistral
    "content_filter": "declined",
    "sensitive": "declined",  # Zhipu
}
# Finish words that mean the answer is not whole.
_FAILURES: Mapping[str, str] = {
    "error": "The server ended the answer with an error.",
    "abort": "The server gave the answer up.",  # vLLM, SGLang
    "insufficient_system_resource": "The server ran out of resources while answering.",  # DeepSeek
    "network_error": "The server lost its connection to the model.",  # Zhipu
}


# Members that few chunks have; asking for all at once is what makes the usual chunk cheap.
_RARE_IN_CHUNK = frozenset({"error", "citations", "x_groq"})
_RARE_IN_CHOICE = frozenset({"error", "usage"})


# The index of the one answer that is asked for, as servers write it or leave it out.
_FIRST = (0, None, "0", "")


class ChatReader:
    """Reads the chunks of one completion, or a whole completion that was not streamed."""

    def __init__(self) -> None:
        self._is_named = False
        self._texts: list[str] = []
        self._reasoning: list[str] = []
        self._refusal: list[str] = []
        self._calls = _Calls()
        self._is_whole = False

    def read(self, _event: str, chunk: Mapping[str, object]) -> list[Delta]:
        """Return the deltas of one chunk."""
        deltas: list[Delta] = []
        if not self._is_named and (name := as_text(chunk.get("id"))):
            self._is_named = True
            deltas.append(AnswerId(name))
        is_rare = bool(chunk.get("usage")) or not _RARE_IN_CHUNK.isdisjoint(chunk)
        for choice in as_array(chunk.get("choices")):
            # Only one answer is asked for; others would be mixed into its text.
            if isinstance(choice, dict) and choice.get("index") in _FIRST:
                self._read_choice(choice, deltas)
                is_rare |= not _RARE_IN_CHOICE.isdisjoint(choice)
                is_rare |= bool(choice.get("finish_reason"))
        if is_rare or chunk.get("object") == "error":
            deltas.extend(_read_rest(chunk))
        return deltas

    def _read_choice(self, choice: Mapping[str, object], deltas: list[Delta]) -> None:
        delta = choice.get("delta")
        if not delta:
            # A completion that was not streamed has a message where a chunk has a delta.
            self._read_message(as_object(choice.get("message")), deltas)
        elif isinstance(delta, dict):
            content = delta.get("content")
            if len(delta) == 1 and isinstance(content, str):
                if content:
                    self._texts.append(content)
                    deltas.append(TextDelta(content))
            else:
                for said in _read_delta(delta):
                    if isinstance(said, TextDelta):
                        self._texts.append(said.text)
                    elif isinstance(said, ReasoningDelta):
                        self._reasoning.append(said.text)
                    elif isinstance(said, RefusalDelta):
                        self._refusal.append(said.text)
                    deltas.append(said)
                deltas.extend(self._calls.read(delta))
        if reason := as_text(choice.get("finish_reason")):
            deltas.append(Finish(reason, _ENDINGS.get(reason, "whole")))

    def _read_message(self, message: Mapping[str, object], deltas: list[Delta]) -> None:
        """Read a whole message; of what deltas have brought it is a repetition."""
        if self._is_whole:
            return
        new = list(_read_delta(message))
        calls = list(self._calls.read_whole(message))
        self._is_whole = bool(new or calls)
        for kind, pieces in (
            (ReasoningDelta, self._reasoning),
            (TextDelta, self._texts),
            (RefusalDelta, self._refusal),
        ):
            whole = "".join(each.text for each in new if isinstance(each, kind))
            rest = missing_end(pieces, whole) if whole else ""
            if isinstance(rest, Malformed):
                deltas.append(rest)
            elif rest:
                deltas.append(kind(rest))
        deltas += (each for each in new if isinstance(each, Source))
        deltas += calls


def _read_delta(delta: Mapping[str, object]) -> Iterator[Delta]:
    if reasoning := _reasoning(delta):
        yield ReasoningDelta(reasoning)
    content = delta.get("content")
    if isinstance(content, str):
        if content:
            yield TextDelta(content)
    elif isinstance(content, list):
        yield from _read_parts(content)
    if refusal := as_text(delta.get("refusal")):
        yield RefusalDelta(refusal)
    for annotation in as_array(delta.get("annotations")):
        cited = as_object(as_object(annotation).get("url_citation"))
        yield Source(as_text(cited.get("url")), as_text(cited.get("title")))


def _reasoning(delta: Mapping[str, object]) -> str:
    reasoning = as_text(delta.get("reasoning"))
    older = as_text(delta.get("reasoning_content"))
    if not (reasoning or older):
        # OpenRouter repeats as details what it says in `reasoning`; they count alone only.
        details = (as_object(each) for each in as_array(delta.get("reasoning_details")))
        return "".join(
            as_text(each.get("text")) or as_text(each.get("summary")) for each in details
        )
    # Servers that send both names for compatibility send the same text in both.
    return reasoning if reasoning == older else older + reasoning


def _read_parts(parts: list[object]) -> Iterator[Delta]:
    for part in map(as_object, parts):
        kind = part.get("type")
        if kind == "thinking":
            thinking = part.get("thinking")
            texts = [as_text(as_object(each).get("text")) for each in as_array(thinking)]
            yield ReasoningDelta(as_text(thinking) + "".join(texts))
        elif kind == "refusal":
            yield RefusalDelta(as_text(part.get("refusal")))
        elif kind == "reference":
            continue
        else:
            yield TextDelta(as_text(part.get("text")))


class _Calls:
    """Tells the tool calls of one answer apart.

    By their index; but some servers leave it out, or send 0 for all: a name together with an ID
    that is new at an index begins another call, and where both are left out each name does. An
    ID that is known goes on with its call, whichever came between.
    """

    def __init__(self) -> None:
        self._places: dict[int, tuple[int, str]] = {}  # number and ID by index
        self._named: dict[tuple[int | None, str], int] = {}  # number by given index and ID
        self._numbers: set[int] = set()
        self._arguments: dict[int, list[str]] = {}
        self._next = 0  # above all numbers

    def read(self, delta: Mapping[str, object]) -> Iterator[Delta]:
        """Return the parts of calls in a delta."""
        beside: set[str] = set()
        for position, call in enumerate(map(as_object, as_array(delta.get("tool_calls")))):
            index = _index(call.get("index"))
            call_id = as_text(call.get("id"))
            function = _function(call)
            name = as_text(function.get("name"))
            place = position if index is None else index
            # Two whole calls beside each other are two, even if a server gives both the same ID.
            number = None if name and call_id in beside else self._named.get((index, call_id))
            if number is None:
                number = self._number(
                    place, call_id, is_named=bool(name), is_numbered=index is not None
                )
            else:
                self._places[place] = (number, call_id)
            if call_id and self._places[place][1] == call_id:
                beside.add(call_id)
                self._named.setdefault((index, call_id), number)
                self._named.setdefault((None, call_id), number)
            yield self._part(number, call_id, function)
        if legacy := as_object(delta.get("function_call")):
            yield self._part(0, "", legacy)

    def read_whole(self, message: Mapping[str, object]) -> Iterator[Delta]:
        """Return what a whole message tells of calls that their parts did not."""
        calls = list(map(as_object, as_array(message.get("tool_calls"))))
        if legacy := as_object(message.get("function_call")):
            calls.append({"function": legacy})
        known = sorted(self._arguments) if calls else []
        for position, call in enumerate(calls):
            call_id = as_text(call.get("id"))
            function = _function(call)
            place = known[position] if position < len(known) else self._next
            number = self._named.get((None, call_id), place)
            self._next = max(self._next, number + 1)
            arguments = _arguments(function)
            rest = _missing_arguments(self._arguments.get(number, []), arguments)
            if isinstance(rest, Malformed):
                yield rest
            else:
                yield ToolCallDelta(number, call_id, as_text(function.get("name")), rest)

    def _part(self, number: int, call_id: str, function: Mapping[str, object]) -> ToolCallDelta:
        arguments = _arguments(function)
        self._arguments.setdefault(number, []).append(arguments)
        return ToolCallDelta(number, call_id, as_text(function.get("name")), arguments)

    def _number(self, index: int, call_id: str, *, is_named: bool, is_numbered: bool) -> int:
        number, known_id = self._places.get(index, (-1, ""))
        is_other = call_id != known_id if call_id and known_id else not (is_numbered or call_id)
        if number < 0 or (is_named and is_other):
            number = index if index not in self._numbers else self._next
            self._next = max(self._next, number + 1)
            self._numbers.add(number)
            known_id = ""
        self._places[index] = (number, known_id or call_id)
        return number


def _index(value: object) -> int | None:
    digits = as_text(value)
    return (
        int(digits)
        if digits.isascii() and digits.isdigit() and len(digits) < 6
        else as_count(value)
    )


def _function(call: Mapping[str, object]) -> Mapping[str, object]:
    return as_object(call.get("function")) or as_object(call.get("custom"))


def _arguments(function: Mapping[str, object]) -> str:
    held = function.get("arguments", function.get("input"))
    # Whole arguments come as an object from servers that translate Ollama's interface.
    return to_json(held) if isinstance(held, dict) else as_text(held)


def _missing_arguments(pieces: list[str], whole: str) -> str | Malformed:
    rest = missing_end(pieces, whole) if whole else ""
    if isinstance(rest, Malformed):
        try:
            # A server that translates may write the same arguments with other blanks.
            return "" if parse_json("".join(pieces)) == parse_json(whole) else rest
        except MalformedJson:
            pass
    return rest


def _read_rest(chunk: Mapping[str, object]) -> Iterator[Delta]:
    groq = as_object(chunk.get("x_groq"))
    choice = as_object(next(iter(as_array(chunk.get("choices"))), None))
    for holder in (chunk, groq, choice):
        usage = holder.get("usage")
        if isinstance(usage, dict):
            yield Usage(
                as_count(usage.get("prompt_tokens")), as_count(usage.get("completion_tokens"))
            )
            break
    for cited in as_array(chunk.get("citations")):
        yield Source(as_text(cited) or as_text(as_object(cited).get("url")), "")
    error = reported_error(chunk) or reported_error(groq) or reported_error(choice)
    reason = as_text(choice.get("finish_reason"))
    if error is not None:
        yield error
    elif reason in _FAILURES:
        yield make_error(_FAILURES[reason], reason)


OPENAI_CHAT = Dialect(
    name="openai-chat",
    framing=Framing.EVENT_STREAM,
    ask=ask,
    new_reader=lambda: ChatReader().read,
    allows_request_id=allows_request_id,
    prefills=prefills,
)
