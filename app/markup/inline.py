"""Inline parsing: the text of one leaf, or the growing end of it, becomes events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_inline import autolink, image, link
from markdown_it.token import Token

from app.markup.events import CLOSE, Event, Kind, join_texts
from app.markup.inline_rules import (
    KNOWLEDGE,
    UNSETTLED,
    Knowledge,
    as_source,
    close_open_emphasis,
    code_span,
)

# Deepest emphasis that is shown; deeper marks stay the text they are.
MAX_INLINE_DEPTH: Final = 100
# Deepest nesting of brackets that is searched for links. It bounds the parser's recursion.
MAX_BRACKET_DEPTH: Final = 20


@dataclass(frozen=True, slots=True)
class InlineReading:
    """The events of some text, without the closes at its end if something in it is pending.

    `pending`: something open may still be closed, and is shown as if it were.
    `unsettled`: so much of it that the shown text itself may have to be taken back; what may
    change is then inside elements of its own.
    """

    events: list[Event]
    pending: bool
    unsettled: bool


def parse_inline(source: str, whole: bool) -> InlineReading:
    """Read the text of a leaf; `whole` tells that nothing will follow it."""
    knowledge = Knowledge(whole)
    tokens = _PARSER.inline.parse(source, _PARSER, {KNOWLEDGE: knowledge}, [])
    events, first_unsettled = _events_of(tokens)
    if whole:
        return InlineReading(join_texts(events), False, False)
    if first_unsettled is not None:
        events = _with_tail_in_a_span(events, first_unsettled)
    events = join_texts(events)
    while knowledge.pending and events and events[-1] is CLOSE:
        events.pop()
    return InlineReading(events, knowledge.pending, knowledge.unsettled)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_BRACKET_DEPTH})
    parser.inline.ruler.at("backticks", code_span)
    parser.inline.ruler.at("link", as_source(link, "["))
    parser.inline.ruler.at("image", as_source(image, "!"))
    parser.inline.ruler.at("autolink", as_source(autolink, "<"))
    parser.inline.ruler.disable("html_inline")
    parser.inline.ruler2.after("balance_pairs", "open_emphasis", close_open_emphasis)
    parser.inline.ruler2.enableOnly(["balance_pairs", "open_emphasis", "emphasis"])
    return parser


_PARSER: Final = _parser()


def _events_of(tokens: Sequence[Token]) -> tuple[list[Event], int | None]:
    """Translate tokens; also return before which event the first unsettled place is."""
    events: list[Event] = []
    first_unsettled: int | None = None
    depth = 0
    for token in tokens:
        if first_unsettled is None and (token.type == UNSETTLED or UNSETTLED in token.meta):
            first_unsettled = len(events)
        if token.nesting:
            depth += min(token.nesting, 0)
            events.append(_tag_event(token, depth))
            depth += max(token.nesting, 0)
        elif token.type == "softbreak":
            events.append(Event(Kind.TEXT, "\n"))
        elif token.type == "hardbreak":
            events += (Event(Kind.OPEN, "br"), CLOSE, Event(Kind.TEXT, "\n"))
        elif token.type == "code_inline":
            events += (Event(Kind.OPEN, "code"), Event(Kind.TEXT, token.content), CLOSE)
        elif token.type != UNSETTLED:
            events.append(Event(Kind.TEXT, token.content))
    return events, first_unsettled


def _tag_event(token: Token, depth: int) -> Event:
    if depth >= MAX_INLINE_DEPTH:
        return Event(Kind.TEXT, token.markup)
    return Event(Kind.OPEN, token.tag) if token.nesting > 0 else CLOSE


def _with_tail_in_a_span(events: list[Event], unsettled: int) -> list[Event]:
    """Put what may change into an element that can be taken back.

    That is all from the outermost element on that holds the unsettled place, or from the place
    itself. If that element is the last, it can be taken back as it is.
    """
    depth = 0
    start = unsettled
    for index in range(unsettled):
        kind = events[index].kind
        if kind is Kind.OPEN and depth == 0:
            start = index
        depth += (kind is Kind.OPEN) - (kind is Kind.CLOSE)
        if depth == 0:
            start = unsettled
    if start < unsettled and _is_last_element(events, start):
        return events
    span = Event(Kind.OPEN, "span", (("class", "unsettled"),))
    return [*events[:start], span, *events[start:], CLOSE]


def _is_last_element(events: list[Event], start: int) -> bool:
    depth = 0
    for index in range(start, len(events)):
        kind = events[index].kind
        depth += (kind is Kind.OPEN) - (kind is Kind.CLOSE)
        if depth == 0:
            return not any(event.value for event in events[index + 1 :])
    return True
