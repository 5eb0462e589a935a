"""Deltas put together: the state that an answer has reached."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.wire.deltas import (
    Delta,
    Finish,
    ReasoningDelta,
    RefusalDelta,
    ServerError,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from app.wire.surrogates import TextChannel, well_formed


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model wants called; `arguments` is JSON text, unparsed."""

    name: str
    arguments: str
    id: str = ""


@dataclass(slots=True)
class _OpenCall:
    name: str = ""
    id: str = ""
    arguments: TextChannel = field(default_factory=TextChannel)


class Assembly:
    """Collects deltas and hands them on with their text well formed."""

    def __init__(self) -> None:
        self.usage: Usage | None = None
        self.finish: str | None = None
        self.error: ServerError | None = None
        self._text = TextChannel()
        self._reasoning = TextChannel()
        self._refusal = TextChannel()
        self._calls: dict[int, _OpenCall] = {}

    def add(self, deltas: Iterable[Delta]) -> list[Delta]:
        """Take deltas as a protocol gives them; return those that have something to show."""
        shown: list[Delta] = []
        for delta in deltas:
            kept = self._add_text(delta) if isinstance(delta, _TEXT) else self._add_other(delta)
            if kept is not None:
                shown.append(kept)
        return shown

    def close(self) -> tuple[str, str, str]:
        """Return the whole text, reasoning and refusal."""
        return self._text.close(), self._reasoning.close(), self._refusal.close()

    def tool_calls(self) -> tuple[ToolCall, ...]:
        """Return the tool calls in the order of their index."""
        calls = (call for _index, call in sorted(self._calls.items()))
        return tuple(ToolCall(call.name, call.arguments.close(), call.id) for call in calls)

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
        if isinstance(delta, ToolCallDelta):
            return self._add_tool_call(delta)
        if isinstance(delta, Usage):
            self.usage = self._later_usage(delta)
            return self.usage
        if isinstance(delta, Finish):
            delta = Finish(well_formed(delta.reason))
            self.finish = delta.reason
        elif isinstance(delta, ServerError):
            # The first failure is the cause; what follows is its echo.
            self.error = self.error or delta
        return delta

    def _add_tool_call(self, delta: ToolCallDelta) -> Delta:
        call = self._calls.setdefault(delta.index, _OpenCall())
        # Some servers repeat id and name with every piece: the first ones count.
        call.name = call.name or well_formed(delta.name)
        call.id = call.id or well_formed(delta.id)
        arguments = call.arguments.feed(delta.arguments)
        return ToolCallDelta(delta.index, well_formed(delta.id), well_formed(delta.name), arguments)

    def _later_usage(self, usage: Usage) -> Usage:
        if self.usage is None:
            return usage
        read, written = usage.input_tokens, usage.output_tokens
        return Usage(
            self.usage.input_tokens if read is None else read,
            self.usage.output_tokens if written is None else written,
        )


_TEXT = (TextDelta, ReasoningDelta, RefusalDelta)
