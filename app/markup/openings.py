"""How a block begins: each function looks at a line's cursor for one kind of block.

They return what they found or None, and move the cursor only when they found it. They are
called where the indentation is less than that of indented code. Undecided passes through.
Source: CommonMark 0.31.2, chapters 4 and 5.
"""

import re
from dataclasses import dataclass
from typing import Final

from app.markup.line import CODE_INDENT, Line
from app.markup.tables import alignments, may_be_marks

_MAX_HEADING_LEVEL: Final = 6
_MIN_FENCE: Final = 3  # characters
_MIN_RULE: Final = 3  # characters
_MAX_DIGITS: Final = 9  # of an ordered list's number; more overflows in some browsers

_NOT_IN_RULE: Final = {mark: re.compile(rf"[^{re.escape(mark)} \t]") for mark in "*-_"}
_DIGITS: Final = re.compile(r"[0-9]*")
_FOOTNOTE_LABEL: Final = re.compile(r"[^\s\[\]]{0,200}")
# The kinds of alerts that GitHub knows.
ALERTS: Final = ("note", "tip", "important", "warning", "caution")
_ALERT: Final = re.compile(rf"\[!({'|'.join(ALERTS)})\][ \t]*\Z", re.IGNORECASE)
_ALERT_NAME: Final = re.compile(r"\[(?:!(?:[A-Za-z]{0,9}(?:\][ \t]*)?)?)?\Z")
_FORMULA_CLOSINGS: Final = {"$$": "$$", "\\[": "\\]"}


@dataclass(frozen=True, slots=True)
class QuoteOpening:
    """A block quote begins."""


@dataclass(frozen=True, slots=True)
class FootnoteOpening:
    """The text of a footnote begins; the cursor is at it."""

    label: str


@dataclass(frozen=True, slots=True)
class AlertOpening:
    """The quote that has just begun is an alert of this kind ("note")."""

    kind: str


@dataclass(frozen=True, slots=True)
class TableOpening:
    """The last line of the open paragraph is the head of a table with columns aligned so."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormulaOpening:
    """A formula begins that is a block; `source` is all of it if the line closes it as well.

    `text` is the line as it is shown as long as nothing closes the formula.
    """

    closing: str
    text: str
    source: str | None


@dataclass(frozen=True, slots=True)
class HeadingOpening:
    """An ATX heading of this level begins; the cursor is at its text."""

    level: int


@dataclass(frozen=True, slots=True)
class UnderlineOpening:
    """The open paragraph is a setext heading of this level, and ends."""

    level: int


@dataclass(frozen=True, slots=True)
class RuleOpening:
    """The line is a thematic break."""


@dataclass(frozen=True, slots=True)
class FenceOpening:
    """A fence of `length` times `marker`, indented by `indent` columns, opens a code block."""

    marker: str
    length: int
    indent: int
    info: str


@dataclass(frozen=True, slots=True)
class ItemOpening:
    """A list item begins; `start` is None for bullets."""

    marker: str
    content_indent: int
    start: int | None


def footnote(line: Line) -> FootnoteOpening | None:
    """Recognise `[^label]:`."""
    mark = line.first_mark()
    if line.character(mark) != "[" or line.character(mark + 1) != "^":
        return None
    label = _FOOTNOTE_LABEL.match(line.text, mark + 2)
    end = label.end() if label else mark
    if line.character(end) != "]" or end < mark + 3 or line.character(end + 1) != ":":
        return None
    line.skip_to(end + 2)
    line.skip_to(line.first_mark())
    return FootnoteOpening(line.text[mark + 2 : end].lower())


def alert(line: Line) -> AlertOpening | None:
    """Recognise `[!NOTE]` and its kin alone in a line."""
    mark = line.first_mark()
    if line.character(mark) != "[":
        return None
    if not line.complete and not _ALERT_NAME.match(line.text, mark):
        return None
    kind = _ALERT.match(line.rest_of_line(mark))
    return AlertOpening(kind.group(1).lower()) if kind else None


def formula(line: Line) -> FormulaOpening | None:
    """Recognise a formula between `$$` or between `\\[` and `\\]` on lines of its own."""
    mark = line.first_mark()
    if line.character(mark) not in ("$", "\\"):
        return None
    line.character(mark + 1)
    closing = _FORMULA_CLOSINGS.get(line.text[mark : mark + 2])
    if closing is None:
        return None
    rest = line.rest_of_line(mark + 2)
    end = rest.find(closing)
    if end >= 0:
        source = rest[:end].strip()
        alone = end + 2 == len(rest.rstrip()) and any(c.isalnum() for c in source)
        return FormulaOpening(closing, line.text[mark:], source) if alone else None
    # An escaped bracket begins many a text that is no formula.
    if closing == "\\]" and rest[:1] not in ("", " ", "\t") and not rest.startswith("\\begin"):
        return None
    return FormulaOpening(closing, line.text[mark:], None)


def table(line: Line, columns: int) -> TableOpening | None:
    """Recognise the row of marks under a table's head with so many columns."""
    mark = line.first_mark()
    if line.character(mark) not in ("|", "-", ":") or not may_be_marks(line.text[mark:]):
        return None
    found = alignments(line.rest_of_line(mark))
    return TableOpening(found) if found is not None and len(found) == columns else None


def heading(line: Line) -> HeadingOpening | None:
    """Recognise `#` to `######` before a blank or the line's end."""
    mark = line.first_mark()
    if line.character(mark) != "#":
        return None
    end = line.run_end(mark, "#")
    if end - mark > _MAX_HEADING_LEVEL or line.character(end) not in ("", " ", "\t"):
        return None
    line.skip_to(end)
    line.skip_to(line.first_mark())
    return HeadingOpening(end - mark)


def fence(line: Line) -> FenceOpening | None:
    """Recognise an opening fence; its info string is known when the line is complete."""
    mark = line.first_mark()
    marker = line.character(mark)
    if marker not in ("`", "~"):
        return None
    end = line.run_end(mark, marker)
    if end - mark < _MIN_FENCE:
        return None
    info = line.rest_of_line(end)
    if marker == "`" and "`" in info:
        return None
    return FenceOpening(marker, end - mark, line.indent(), info.strip())


def closes_fence(line: Line, opened: FenceOpening) -> bool:
    """Tell whether the line is the closing fence of an open one."""
    mark = line.first_mark()
    if line.character(mark) != opened.marker or line.indent() >= CODE_INDENT:
        return False
    end = line.run_end(mark, opened.marker)
    if end - mark < opened.length:
        return False
    return line.is_blank_from(end)


def underline(line: Line) -> UnderlineOpening | None:
    """Recognise the underline that makes an open paragraph a setext heading."""
    mark = line.first_mark()
    marker = line.character(mark)
    if marker not in ("=", "-") or not line.is_blank_from(line.run_end(mark, marker)):
        return None
    return UnderlineOpening(1 if marker == "=" else 2)


def rule(line: Line) -> RuleOpening | None:
    """Recognise a thematic break: three or more of one mark with blanks between."""
    mark = line.first_mark()
    marker = line.character(mark)
    if marker not in ("*", "-", "_") or _NOT_IN_RULE[marker].search(line.text, mark):
        return None
    if line.rest_of_line(mark).count(marker) < _MIN_RULE:
        return None
    return RuleOpening()


def item(line: Line, in_paragraph: bool) -> ItemOpening | None:
    """Recognise a list marker; in a paragraph only an item with text, and only from 1."""
    mark = line.first_mark()
    end = _marker_end(line, mark)
    if end is None or line.character(end) not in ("", " ", "\t"):
        return None
    start = int(line.text[mark : end - 1]) if end - mark > 1 else None
    if in_paragraph and (start not in (None, 1) or line.is_blank_from(end)):
        return None
    indent = line.indent()
    line.skip_to(end)
    return ItemOpening(line.text[end - 1], indent + end - mark + _padding(line), start)


def _marker_end(line: Line, mark: int) -> int | None:
    marker = line.character(mark)
    if marker in ("-", "+", "*"):
        return mark + 1
    if not ("0" <= marker <= "9"):
        return None
    digits = _DIGITS.match(line.text, mark)
    end = digits.end() if digits else mark
    if end - mark > _MAX_DIGITS or line.character(end) not in (".", ")"):
        return None
    return end + 1


def _padding(line: Line) -> int:
    """Consume the blanks between marker and content; return the columns that belong to both."""
    if line.is_blank():
        line.skip_to(line.first_mark())
        return 1
    width = line.indent()
    if width > CODE_INDENT:
        line.skip_columns(1)
        return 1
    line.skip_columns(width)
    return width
