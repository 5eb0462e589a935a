"""Deltas put together: the state that an answer has reached."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.wire.deltas import (
    AnswerId,
    Delta,
    End,
    Finish,
    Malformed,
    ReasoningDelta,
    RefusalDelta,
    Replaced,
    SequenceNumber,
    ServerError,
    Source,
    StepReset,
    StepStart,
    TextDelta,
    ThoughtSignature,
    ToolCallDelta,
    ToolOutput,
    Usage,
)
from app.wire.surrogates import TextChannel, well_formed

# How many pieces that cannot be read are kept, for whoever looks for the cause.
MOST_UNREADABLE = 20


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model wants called; `arguments` is JSON text, unparsed.

    `signature` goes back to the server, unread, together with the call. `is_served`: the server
    ran the tool itself; the call is shown, but neither carried out nor sent back.
    """

    name: str
    arguments: str
    id: str = ""
    signature: str = ""
    is_served: bool = False


@dataclass(frozen=True, slots=True)
class Thought:
    """A piece of reasoning that its server signed; sent back unchanged with the answer.

    `is_redacted`: the thought itself is in the signature, encrypted. `id` is the server's.
    """

    text: str
    signature: str
    is_redacted: bool = False
    id: str = ""


@dataclass(slots=True)
class _OpenCall:
    name: str = ""
    id: str = ""
    signature: str = ""
    is_served: bool = False
    arguments: TextChannel = field(default_factory=TextChannel)


@dataclass(frozen=True, slots=True)
class _Step:
    """How long everything was when a step began."""

    text: tuple[int, str] = (0, "")
    reasoning: tuple[int, str] = (0, "")
    refusal: tuple[int, str] = (0, "")
    calls: int = 0
    sources: int = 0
    thoughts: int = 0
    outputs: int = 0


@dataclass(frozen=True, slots=True)
class _Return:
    """A step taken back: its place among the deltas, and how many pieces of text were left."""

    place: int
    text: int
    reasoning: int


class Assembly:
    """Collects deltas and hands them on with their text well formed.

    Args:
        held_text: half a character that the text before this one ended with.
    """

    def __init__(self, held_text: str = "") -> None:
        self.usage: Usage | None = None
        self.finish: Finish | None = None
        self.error: ServerError | None = None
        self.answer_id = ""
        self.sequence_number: int | None = None
        self.is_over = False
        self.sources: list[Source] = []
        self._known_sources: set[Source] = set()
        self.thoughts: list[Thought] = []
        self.tool_outputs: list[ToolOutput] = []
        self.unreadable: list[Malformed] = []
        self._text = TextChannel(held_text)
        self._reasoning = TextChannel()
        self._refusal = TextChannel()
        self._calls: dict[int, _OpenCall] = {}
        self._unsigned = 0  # where the reasoning begins that no signature has closed, in pieces
        self._step = _Step()

    @property
    def held_text(self) -> str:
        """Half a character at the end of the text, which nobody has been shown."""
        return self._text.held

    def add(self, deltas: Iterable[Delta]) -> list[Delta]:
        """Take deltas as a protocol gives them; return those that have something to show.

        Of several steps taken back at once only the last return is told: it has the whole text.
        """
        shown: list[Delta | None] = []
        back: _Return | None = None
        for delta in deltas:
            if isinstance(delta, StepReset):
                if self._return_to_step():
                    back = _Return(len(shown), self._text.pieces, self._reasoning.pieces)
                    shown.append(None)
                continue
            kept = self._add_text(delta) if isinstance(delta, _TEXT) else self._add_other(delta)
            if isinstance(kept, Replaced):
                back = None
            shown.append(kept)
        if back is not None:
            text, reasoning = self._text.until(back.text), self._reasoning.until(back.reasoning)
            shown[back.place] = Replaced(text, reasoning)
        return [delta for delta in shown if delta is not None]

    def close(self) -> tuple[str, str, str]:
        """Return the whole text, reasoning and refusal."""
        return self._text.close(), self._reasoning.close(), self._refusal.close()

    def tool_calls(self) -> tuple[ToolCall, ...]:
        """Return the tool calls in the order of their index."""
        calls = (call for _index, call in sorted(self._calls.items()))
        return tuple(
            ToolCall(call.name, call.arguments.close(), call.id, call.signature, call.is_served)
            for call in calls
        )

    def _add_text(self, delta: TextDelta | ReasoningDelta | RefusalDelta) -> Delta | None:
        if isinstance(delta, TextDelta):
            text = self._text.feed(delta.text)
        elif isinstance(delta, ReasoningDelta):
            text = self._reasoning.feed(delta.text)
        else:
            text = self._refusal.feed(delta.text)
        if text == delta.text:
            return delta if text else None
        return type(delta)(text) if text else None

    def _add_other(self, delta: Delta) -> Delta | None:
        match delta:
            case ToolCallDelta():
                return self._add_tool_call(delta)
            case Usage():
                delta = self.usage = self._later_usage(delta)
            case Finish():
                delta = self.finish = Finish(well_formed(delta.reason), delta.ending)
            case ServerError():
                # The first failure is the cause; what follows is its echo.
                self.error = self.error or delta
            case StepStart():
                self._step = self._here()
                return None
            case Replaced():
                return self._replace(delta)
            case _:
                return self._note(delta)
        return delta

    def _note(self, delta: Delta) -> Delta | None:
        """Keep what is of use mostly when the answer has ended."""
        match delta:
            case Source():
                return self._add_source(delta)
            case AnswerId():
                self.answer_id = self.answer_id or well_formed(delta.id)
            case SequenceNumber():
                self.sequence_number = delta.number
            case ThoughtSignature():
                text = self._reasoning.since(self._unsigned)
                self._unsigned = self._reasoning.pieces
                signature, name = well_formed(delta.signature), well_formed(delta.id)
                self.thoughts.append(Thought(text, signature, delta.is_redacted, name))
            case ToolOutput():
                output = ToolOutput(
                    well_formed(delta.call_id), well_formed(delta.output), delta.is_error
                )
                self.tool_outputs.append(output)
                return output
            case End():
                self.is_over = True
            case Malformed():
                unread = Malformed(well_formed(delta.line), well_formed(delta.reason))
                if len(self.unreadable) < MOST_UNREADABLE:
                    self.unreadable.append(unread)
                return unread
            case _:
                return delta
        return None

    def _add_tool_call(self, delta: ToolCallDelta) -> Delta:
        call = self._calls.setdefault(delta.index, _OpenCall())
        # Some servers repeat id and name with every piece: the first ones count.
        call.name = call.name or well_formed(delta.name)
        call.id = call.id or well_formed(delta.id)
        call.signature = call.signature or well_formed(delta.signature)
        call.is_served = call.is_served or delta.is_served
        arguments = call.arguments.feed(delta.arguments)
        return ToolCallDelta(delta.index, well_formed(delta.id), well_formed(delta.name), arguments)

    def _add_source(self, delta: Source) -> Source | None:
        source = Source(well_formed(delta.url), well_formed(delta.title))
        # A source is cited once for every sentence that it is for.
        if source in self._known_sources or not (source.url or source.title):
            return None
        self._known_sources.add(source)
        self.sources.append(source)
        return source

    def _later_usage(self, usage: Usage) -> Usage:
        if self.usage is None:
            return usage
        read, written = usage.input_tokens, usage.output_tokens
        return Usage(
            self.usage.input_tokens if read is None else read,
            self.usage.output_tokens if written is None else written,
        )

    def _here(self) -> _Step:
        return _Step(
            self._text.mark(),
            self._reasoning.mark(),
            self._refusal.mark(),
            len(self._calls),
            len(self.sources),
            len(self.thoughts),
            len(self.tool_outputs),
        )

    def _return_to_step(self) -> bool:
        """Forget what came since the step began; tell whether there was anything."""
        step = self._step
        if step == self._here():
            return False
        self._text.rewind(step.text)
        self._reasoning.rewind(step.reasoning)
        self._refusal.rewind(step.refusal)
        self._unsigned = min(self._unsigned, self._reasoning.pieces)
        while len(self._calls) > step.calls:
            self._calls.popitem()
        self._known_sources.difference_update(self.sources[step.sources :])
        del self.sources[step.sources :]
        del self.thoughts[step.thoughts :]
        del self.tool_outputs[step.outputs :]
        return True

    def _replace(self, delta: Replaced) -> Delta | None:
        """Take whole texts; where they only go on from what is there, hand out the rest."""
        text, reasoning = well_formed(delta.text), well_formed(delta.reasoning)
        so_far = self._text.since(0)
        if reasoning == self._reasoning.since(0) and text.startswith(so_far):
            return self._add_text(TextDelta(text[len(so_far) :]))
        self._text, self._reasoning = TextChannel(), TextChannel()
        self._text.feed(text)
        self._reasoning.feed(reasoning)
        self._unsigned = self._reasoning.pieces
        self._step = _Step(self._text.mark(), self._reasoning.mark(), self._refusal.mark())
        return Replaced(text, reasoning)


_TEXT = (TextDelta, ReasoningDelta, RefusalDelta)
