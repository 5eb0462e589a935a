"""The blocks that hold other blocks: quotes, lists and their items."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from app.markup.line import CODE_INDENT, Line

# Deepest nesting of containers, counted in elements. markdown-it: 100; CommonMark sets no limit.
# Deeper marks are shown as the text they are.
MAX_DEPTH: Final = 100


@dataclass(slots=True)
class Quote:
    """An open block quote."""

    def continues(self, line: Line) -> bool:
        """Consume the quote's mark if the line has it."""
        return consume_quote_mark(line)


@dataclass(slots=True)
class ListBlock:
    """An open list: `node` is its number in the sink, `marker` what its items have in common."""

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

    content_indent: int
    has_content: bool = False

    def continues(self, line: Line) -> bool:
        """Consume the item's indentation if the line has it, or is blank."""
        if line.is_blank():
            # The blanks beyond the indentation belong to the line: it may be one of code.
            line.skip_columns(min(self.content_indent, line.indent()))
            return self.has_content
        if line.indent() < self.content_indent:
            return False
        line.skip_columns(self.content_indent)
        return True


Container: TypeAlias = Quote | ListBlock | Item


def consume_quote_mark(line: Line) -> bool:
    """Consume `>` and one blank after it, where they begin or continue a block quote."""
    mark = line.first_mark()
    if line.character(mark) != ">" or line.indent() >= CODE_INDENT:
        return False
    line.skip_to(mark + 1)
    line.skip_optional_blank()
    return True
