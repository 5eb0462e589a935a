"""What one line does to the open blocks, decided without touching them.

Goal: a line that is not finished is read as soon as its beginning says enough, and the rest of
it can then flow into a leaf; reading it again when it is complete would say the same.
Plan: the phases of CommonMark's line step (match the open containers, look for new blocks,
else text), on a cursor that raises Undecided at the end of an unfinished line.
Source: CommonMark 0.31.2, appendix "A parsing strategy", phase 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from app.markup import openings
from app.markup.containers import MAX_DEPTH, Container, Quote, consume_quote_mark
from app.markup.line import CODE_INDENT, Line
from app.markup.openings import (
    FenceOpening,
    HeadingOpening,
    ItemOpening,
    QuoteOpening,
    RuleOpening,
    UnderlineOpening,
)

# Elements that one more list level adds: the list and its item.
_LIST_LEVEL: Final = 2


class LeafKind(Enum):
    """Which leaf is open."""

    NONE = "none"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    FENCED_CODE = "fenced code"
    INDENTED_CODE = "indented code"


class Ending(Enum):
    """What a line without a new leaf of its own is."""

    BLANK = "blank"
    PARAGRAPH_TEXT = "new paragraph"
    MORE_TEXT = "more of the open paragraph"
    CODE_LINE = "line of the open code block"
    CLOSING_FENCE = "closing fence"
    INDENTED_CODE = "new indented code"


ContainerOpening: TypeAlias = QuoteOpening | ItemOpening
LeafOpening: TypeAlias = HeadingOpening | UnderlineOpening | RuleOpening | FenceOpening


@dataclass(frozen=True, slots=True)
class OpenLeaf:
    """The leaf that is open before the line, with its fence if it has one."""

    kind: LeafKind = LeafKind.NONE
    fence: FenceOpening | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The line keeps `matched` containers, opens `opened` in them and ends as `leaf` says.

    `rest` is what of the line belongs to the leaf, as far as it has come. A paragraph that goes
    on (MORE_TEXT) keeps all containers, whatever `matched` says.
    """

    matched: int
    opened: tuple[ContainerOpening, ...]
    leaf: LeafOpening | Ending
    rest: str
    counts_as_blank: bool = False


def read_line(line: Line, containers: Sequence[Container], leaf: OpenLeaf) -> Reading:
    """Return what the line does; raises Undecided when it has to grow first."""
    matched = _match(line, containers)
    if matched == len(containers):
        ending = _code_ending(line, leaf)
        if ending is not None:
            return _code_reading(line, matched, ending, leaf)
    in_paragraph = leaf.kind is LeafKind.PARAGRAPH
    opened: list[ContainerOpening] = []
    interrupts = in_paragraph and matched == len(containers)
    while True:
        if line.indent() >= CODE_INDENT and not line.is_blank():
            if in_paragraph and not opened:
                break
            line.skip_columns(CODE_INDENT)
            return Reading(matched, tuple(opened), Ending.INDENTED_CODE, line.content())
        block = _new_block(line, interrupts and not opened, _depth(matched, opened))
        if block is None:
            break
        if not isinstance(block, QuoteOpening | ItemOpening):
            return Reading(matched, tuple(opened), block, line.content())
        opened.append(block)
    if line.is_blank():
        counts = _counts_as_blank(containers[:matched], opened)
        return Reading(matched, tuple(opened), Ending.BLANK, "", counts)
    if in_paragraph and not opened:
        return Reading(matched, (), Ending.MORE_TEXT, line.content())
    line.skip_to(line.first_mark())
    return Reading(matched, tuple(opened), Ending.PARAGRAPH_TEXT, line.content())


def _match(line: Line, containers: Sequence[Container]) -> int:
    for index, container in enumerate(containers):
        if not container.continues(line):
            return index
    return len(containers)


def _code_ending(line: Line, leaf: OpenLeaf) -> Ending | None:
    """Return how the line goes on with the open code block, or None if it does not."""
    if leaf.fence is not None:
        closing = openings.closes_fence(line, leaf.fence)
        return Ending.CLOSING_FENCE if closing else Ending.CODE_LINE
    if leaf.kind is LeafKind.INDENTED_CODE and (line.is_blank() or line.indent() >= CODE_INDENT):
        return Ending.CODE_LINE
    return None


def _code_reading(line: Line, matched: int, ending: Ending, leaf: OpenLeaf) -> Reading:
    blank = leaf.fence is None and line.is_blank()
    width = CODE_INDENT if leaf.fence is None else leaf.fence.indent
    line.skip_columns(min(width, line.indent()))
    return Reading(matched, (), ending, line.content(), blank)


def _new_block(line: Line, interrupts: bool, depth: int) -> ContainerOpening | LeafOpening | None:
    """Consume and return the block that begins at the cursor, if one does."""
    may_nest = depth + _LIST_LEVEL <= MAX_DEPTH
    if may_nest and consume_quote_mark(line):
        return QuoteOpening()
    leaf = (
        openings.heading(line)
        or openings.fence(line)
        or (openings.underline(line) if interrupts else None)
        or openings.rule(line)
    )
    if leaf is not None or not may_nest:
        return leaf
    return openings.item(line, interrupts)


def _depth(matched: int, opened: Sequence[ContainerOpening]) -> int:
    return matched + sum(1 if isinstance(o, QuoteOpening) else _LIST_LEVEL for o in opened)


def _counts_as_blank(matched: Sequence[Container], opened: Sequence[ContainerOpening]) -> bool:
    """Tell whether a blank line here separates blocks, which makes a list loose.

    It does not at the start of an item, nor after the mark of a quote.
    """
    if opened:
        return False
    return not matched or not isinstance(matched[-1], Quote)
