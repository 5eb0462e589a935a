"""How a block begins: each function looks at a line's cursor for one kind of block.

They return what they found or None, and move the cursor only when they found it. They are
called where the indentation is less than that of indented code. Undecided passes through.
Source: CommonMark 0.31.2, chapters 4 and 5.
"""

import re
from dataclasses import dataclass
from typing import Final

from app.markup.line import CODE_INDENT, Line

_MAX_HEADING_LEVEL: Final = 6
_MIN_FENCE: Final = 3  # characters
_MIN_RULE: Final = 3  # characters
_MAX_DIGITS: Final = 9  # of an ordered list's number; more overflows in some browsers

_NOT_IN_RULE: Final = {mark: re.compile(rf"[^{re.escape(mark)} \t]") for mark in "*-_"}
_DIGITS: Final = re.compile(r"[0-9]*")


@dataclass(frozen=True, slots=True)
class QuoteOpening:
    """A block quote begins."""


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
