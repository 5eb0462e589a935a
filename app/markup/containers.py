"""The blocks that hold other blocks: quotes, lists and their items."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from app.markup.line import CODE_INDENT, Line

# Deepest nesting of containers, counted in elements. markdown-it: 100; CommonMark sets no limit.
# Deeper marks are shown as the text they are.
MAX_DEPTH: Final = 100


@dataclass(slots=True)
class Quote:
    """An open block quote; `node` is its number in the sink."""

    node: int
    has_content: bool = False

    def continues(self, line: Line) -> bool:
        """Consume the quote's mark if the line has it."""
        return consume_quote_mark(line)


@dataclass(slots=True)
class ListBlock:
    """An open list: `marker` is what its items have in common."""

    node: int
    marker: str
    tight: bool = True

    def continues(self, line: Line) -> bool:
        """Stay open; whether the list goes on is up to its item."""
        del line
        return True


@dataclass(slots=True)
class Item:
    """An open list item: its content begins at the column `content_indent` of its parent."""

    node: int
    content_indent: int
    has_content: bool = False

    def continues(self, line: Line) -> bool:
        """Consume the item's indentation if the line has it, or is blank."""
        return _consume_indent(line, self.content_indent, self.has_content)


@dataclass(slots=True)
class Footnote:
    """The open text of a footnote."""

    node: int
    label: str
    has_content: bool = False

    def continues(self, line: Line) -> bool:
        """Consume the indentation that goes on with the text, or is blank."""
        return _consume_indent(line, CODE_INDENT, self.has_content)


Container: TypeAlias = Quote | ListBlock | Item | Footnote


def _consume_indent(line: Line, width: int, may_be_blank: bool) -> bool:
    if line.is_blank():
        # The blanks beyond the indentation belong to the line: it may be one of code.
        line.skip_columns(min(width, line.indent()))
        return may_be_blank
    if line.indent() < width:
        return False
    line.skip_columns(width)
    return True


def consume_quote_mark(line: Line) -> bool:
    """Consume `>` and one blank after it, where they begin or continue a block quote."""
    mark = line.first_mark()
    if line.character(mark) != ">" or line.indent() >= CODE_INDENT:
        return False
    line.skip_to(mark + 1)
    line.skip_optional_blank()
    return True
