"""One line of input, perhaps not all of it yet, and a cursor that counts columns.

Goal: a line may be read before its end is known, and what is read then never turns out wrong.
Plan: whoever looks at the end of an unfinished line is stopped by Undecided; the caller keeps
the line and asks again when there is more of it.
Source: CommonMark 0.31.2, section 2.2 (tabs) and appendix "A parsing strategy".
"""

import re
from typing import Final

TAB_WIDTH: Final = 4  # columns
CODE_INDENT: Final = 4  # columns from which a line is indented code

_BLANKS: Final = re.compile(r"[ \t]*")


class Undecided(Exception):  # noqa: N818 - not an error: the line has to grow first
    """What the line is depends on characters that have not come yet."""


class Line:
    """A cursor over one line without its line end.

    `complete` tells that the line's end has come. `position` counts characters, `column`
    counts columns with tabs expanded; a tab may be consumed in part.
    """

    __slots__ = ("_tab_is_split", "column", "complete", "position", "text")

    def __init__(self, text: str, complete: bool) -> None:
        self.text = text
        self.complete = complete
        self.position = 0
        self.column = 0
        self._tab_is_split = False

    def character(self, position: int) -> str:
        """Return the character at a position, or "" at the end of the line."""
        if position < len(self.text):
            return self.text[position]
        if not self.complete:
            raise Undecided
        return ""

    def run_end(self, position: int, marker: str) -> int:
        """Return where a run of one character that begins at the position ends."""
        end = position
        while end < len(self.text) and self.text[end] == marker:
            end += 1
        self.character(end)
        return end

    def rest_of_line(self, position: int) -> str:
        """Return all from the position to the line's end, which must have come."""
        if not self.complete:
            raise Undecided
        return self.text[position:]

    def first_mark(self) -> int:
        """Return the position of the next character that is no space or tab."""
        return self.first_mark_from(self.position)

    def first_mark_from(self, position: int) -> int:
        """Return the first position from the given one that holds no space or tab."""
        match = _BLANKS.match(self.text, position)
        end = match.end() if match else position
        self.character(end)
        return end

    def indent(self) -> int:
        """Return the width of the blanks before the next character that is none, in columns."""
        column = self.column
        for index in range(self.position, self.first_mark()):
            column += TAB_WIDTH - column % TAB_WIDTH if self.text[index] == "\t" else 1
        return column - self.column

    def is_blank(self) -> bool:
        """Tell whether nothing but spaces and tabs follows the cursor."""
        return self.is_blank_from(self.position)

    def is_blank_from(self, position: int) -> bool:
        """Tell whether nothing but spaces and tabs follows a position."""
        return self.character(self.first_mark_from(position)) == ""

    def skip_to(self, position: int) -> None:
        """Move on to a position; what lies between counts its full columns."""
        for index in range(self.position, position):
            blank = self.text[index] == "\t"
            self.column += TAB_WIDTH - self.column % TAB_WIDTH if blank else 1
        self.position = position
        self._tab_is_split = False

    def skip_columns(self, count: int) -> None:
        """Move on by so many columns of blanks, into a tab if need be; stop at the line's end."""
        while count > 0 and self.position < len(self.text):
            width = TAB_WIDTH - self.column % TAB_WIDTH if self.text[self.position] == "\t" else 1
            step = min(width, count)
            self._tab_is_split = step < width
            self.column += step
            count -= step
            if not self._tab_is_split:
                self.position += 1

    def skip_optional_blank(self) -> bool:
        """Move over one column of space or tab if there is one; tell whether there was."""
        if self.character(self.position) not in (" ", "\t"):
            return False
        self.skip_columns(1)
        return True

    def content(self) -> str:
        """Return what follows the cursor, with what is left of a split tab as spaces."""
        if self._tab_is_split:
            spaces = " " * (TAB_WIDTH - self.column % TAB_WIDTH)
            return spaces + self.text[self.position + 1 :]
        return self.text[self.position :]
