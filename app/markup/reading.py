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
from app.markup.definitions import TITLE_BEGINNINGS
from app.markup.line import CODE_INDENT, Line
from app.markup.openings import (
    AlertOpening,
    FenceOpening,
    FootnoteOpening,
    FormulaOpening,
    HeadingOpening,
    ItemOpening,
    QuoteOpening,
    RuleOpening,
    TableOpening,
    UnderlineOpening,
)

# Elements that one more list level adds: the list and its item.
_LIST_LEVEL: Final = 2


class LeafKind(Enum):
    """Which leaf is open."""

    NONE = "none"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    DEFINITION = "link definition that a title may follow"
    FENCED_CODE = "fenced code"
    INDENTED_CODE = "indented code"
    TABLE = "table"
    FORMULA = "formula"


class Ending(Enum):
    """What a line without a new leaf of its own is."""

    BLANK = "blank"
    PARAGRAPH_TEXT = "new paragraph"
    MORE_TEXT = "more of the open paragraph"
    CODE_LINE = "line of the open code block"
    CLOSING_FENCE = "closing fence"
    INDENTED_CODE = "new indented code"
    ROW = "row of the open table"
    FORMULA_LINE = "line of the open formula"
    CLOSING_FORMULA = "last line of the open formula"
    NO_FORMULA = "the open formula is none"


ContainerOpening: TypeAlias = QuoteOpening | ItemOpening | FootnoteOpening
LeafOpening: TypeAlias = (
    HeadingOpening
    | UnderlineOpening
    | RuleOpening
    | FenceOpening
    | AlertOpening
    | TableOpening
    | FormulaOpening
)


@dataclass(frozen=True, slots=True)
class OpenLeaf:
    """The leaf that is open before the line.

    `fence` or `formula` is what opened it; `columns` tells that the last line of a paragraph
    may be the head of a table with so many.
    """

    kind: LeafKind = LeafKind.NONE
    fence: FenceOpening | None = None
    formula: FormulaOpening | None = None
    columns: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """The line keeps `matched` containers, opens `opened` in them and ends as `leaf` says.

    `rest` is what of the line belongs to the leaf, as far as it has come. A paragraph that goes
    on (MORE_TEXT) keeps all containers, whatever `matched` says; `may_be_head` tells that its
    line is no lazy one, nor indented like code, and may thus be the head of a table.
    """

    matched: int
    opened: tuple[ContainerOpening, ...]
    leaf: LeafOpening | Ending
    rest: str
    counts_as_blank: bool = False
    may_be_head: bool = False


def read_line(
    line: Line, containers: Sequence[Container], leaf: OpenLeaf, formulas: bool
) -> Reading:
    """Return what the line does; raises Undecided when it has to grow first.

    `formulas` tells whether a formula may begin: not in text that was taken for one before.
    """
    matched = _match(line, containers)
    if matched == len(containers):
        ending = _verbatim_ending(line, leaf)
        if ending is not None:
            return _verbatim_reading(line, matched, ending, leaf)
    elif leaf.kind is LeafKind.FORMULA:
        return Reading(matched, (), Ending.NO_FORMULA, "")
    return _Blocks(line, containers, matched, leaf, formulas).read()


class _Blocks:
    """Looks in a line for new blocks behind the containers that go on."""

    def __init__(
        self,
        line: Line,
        containers: Sequence[Container],
        matched: int,
        leaf: OpenLeaf,
        formulas: bool,
    ) -> None:
        self._line = line
        self._containers = containers
        self._matched = matched
        self._formulas = formulas
        self._opened: list[ContainerOpening] = []
        self._all_match = matched == len(containers)
        self._in_paragraph = _goes_on_as_text(line, leaf)
        self._leaf = leaf

    def read(self) -> Reading:
        line = self._line
        marks = self._marks_of_table()
        if marks is not None:
            return self._reading(marks)
        while True:
            if line.indent() >= CODE_INDENT and not line.is_blank():
                if self._in_paragraph and not self._opened:
                    break
                line.skip_columns(CODE_INDENT)
                return self._reading(Ending.INDENTED_CODE, line.content())
            block = self._new_block()
            if block is None:
                break
            if not isinstance(block, ContainerOpening):
                return self._reading(block, line.content())
            self._opened.append(block)
        return self._text()

    def _text(self) -> Reading:
        line = self._line
        if line.is_blank():
            counts = _counts_as_blank(self._containers[: self._matched], self._opened)
            return Reading(self._matched, tuple(self._opened), Ending.BLANK, "", counts)
        may_be_head = self._all_match and line.indent() < CODE_INDENT
        # Blanks at the beginning of a paragraph's line are no content (section 4.8).
        line.skip_to(line.first_mark())
        if self._in_paragraph and not self._opened:
            text = line.content()
            return Reading(self._matched, (), Ending.MORE_TEXT, text, may_be_head=may_be_head)
        if self._leaf.kind is LeafKind.TABLE and self._all_match and not self._opened:
            return Reading(self._matched, (), Ending.ROW, line.content())
        return self._reading(Ending.PARAGRAPH_TEXT, line.content())

    def _reading(self, leaf: LeafOpening | Ending, rest: str = "") -> Reading:
        return Reading(self._matched, tuple(self._opened), leaf, rest)

    def _marks_of_table(self) -> TableOpening | None:
        line, leaf = self._line, self._leaf
        if not leaf.columns or not self._all_match or line.is_blank():
            return None
        return openings.table(line, leaf.columns) if line.indent() < CODE_INDENT else None

    def _new_block(self) -> ContainerOpening | LeafOpening | None:
        """Consume and return the block that begins at the cursor, if one does."""
        line = self._line
        interrupts = self._in_paragraph and self._all_match and not self._opened
        may_nest = _depth(self._matched, self._opened) + _LIST_LEVEL <= MAX_DEPTH
        if may_nest and consume_quote_mark(line):
            return QuoteOpening()
        leaf = (
            (openings.alert(line) if self._is_at_start_of_quote() else None)
            or openings.heading(line)
            or openings.fence(line)
            or (openings.formula(line) if self._formulas else None)
            or (openings.underline(line) if interrupts else None)
            or openings.rule(line)
        )
        if leaf is not None or not may_nest:
            return leaf
        return openings.footnote(line) or openings.item(line, interrupts)

    def _is_at_start_of_quote(self) -> bool:
        if self._opened:
            return isinstance(self._opened[-1], QuoteOpening)
        innermost = self._containers[-1] if self._all_match and self._containers else None
        return isinstance(innermost, Quote) and not innermost.has_content


def _match(line: Line, containers: Sequence[Container]) -> int:
    for index, container in enumerate(containers):
        if not container.continues(line):
            return index
    return len(containers)


def _goes_on_as_text(line: Line, leaf: OpenLeaf) -> bool:
    if leaf.kind is LeafKind.DEFINITION:
        return line.character(line.first_mark()) in TITLE_BEGINNINGS
    return leaf.kind is LeafKind.PARAGRAPH


def _verbatim_ending(line: Line, leaf: OpenLeaf) -> Ending | None:
    """Return how the line goes on with the open code or formula, or None if it does not."""
    if leaf.formula is not None:
        return _formula_ending(line, leaf.formula)
    if leaf.fence is not None:
        closing = openings.closes_fence(line, leaf.fence)
        return Ending.CLOSING_FENCE if closing else Ending.CODE_LINE
    if leaf.kind is LeafKind.INDENTED_CODE and (line.is_blank() or line.indent() >= CODE_INDENT):
        return Ending.CODE_LINE
    return None


def _formula_ending(line: Line, formula: FormulaOpening) -> Ending:
    if line.is_blank():
        return Ending.NO_FORMULA
    text = line.rest_of_line(line.position)
    end = text.find(formula.closing)
    if end < 0:
        return Ending.FORMULA_LINE
    return Ending.NO_FORMULA if text[end + 2 :].strip() else Ending.CLOSING_FORMULA


def _verbatim_reading(line: Line, matched: int, ending: Ending, leaf: OpenLeaf) -> Reading:
    blank = leaf.kind is LeafKind.INDENTED_CODE and line.is_blank()
    width = CODE_INDENT if leaf.kind is LeafKind.INDENTED_CODE else 0
    if leaf.fence is not None:
        width = leaf.fence.indent
    line.skip_columns(min(width, line.indent()) if width else 0)
    return Reading(matched, (), ending, line.content(), blank)


def _depth(matched: int, opened: Sequence[ContainerOpening]) -> int:
    return matched + sum(
        _LIST_LEVEL if isinstance(opening, ItemOpening) else 1 for opening in opened
    )


def _counts_as_blank(matched: Sequence[Container], opened: Sequence[ContainerOpening]) -> bool:
    """Tell whether a blank line here separates blocks, which makes a list loose.

    It does not at the start of an item, nor after the mark of a quote.
    """
    if opened:
        return False
    return not matched or not isinstance(matched[-1], Quote)
