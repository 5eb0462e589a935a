"""Bytes from a server in, deltas of an answer out. No network, no clock, no browser."""

from app.wire.answer import Answer, AnswerReader, Outcome, read_answer
from app.wire.assembly import ToolCall
from app.wire.deltas import (
    Delta,
    Finish,
    Malformed,
    ReasoningDelta,
    RefusalDelta,
    ServerError,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from app.wire.protocols import DIALECTS, Dialect, UnknownProtocolError, dialect
from app.wire.request import Message, Prompt, Request

__all__ = [
    "DIALECTS",
    "Answer",
    "AnswerReader",
    "Delta",
    "Dialect",
    "Finish",
    "Malformed",
    "Message",
    "Outcome",
    "Prompt",
    "ReasoningDelta",
    "RefusalDelta",
    "Request",
    "ServerError",
    "TextDelta",
    "ToolCall",
    "ToolCallDelta",
    "UnknownProtocolError",
    "Usage",
    "dialect",
    "read_answer",
]
