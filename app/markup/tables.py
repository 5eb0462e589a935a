"""GFM tables: a head, a row of marks that tells the columns, and rows that grow cell by cell.

Source: GFM 0.29, section 4.10; where that leaves room, as markdown-it.
"""

import re
from typing import Final

from app.markup.page import Page
from app.markup.text_leaf import TextLeaf

# Cells of one table. What follows is text, so that a short text makes no large page.
MAX_CELLS: Final = 10_000

_BLANKS: Final = " \t"
# A dash and a blank would be a list item.
_MARKS: Final = re.compile(r"(?:-[-:|]|[:|][-:| \t])[-:| \t]*\Z")
_COLUMN: Final = re.compile(r":?-+:?\Z")
_PIPE: Final = re.compile(r"\\?\|")


def alignments(line: str) -> tuple[str, ...] | None:
    """Return the columns' alignments ("" for none) that a row of marks tells, or None."""
    line = line.strip(_BLANKS)
    if _MARKS.match(line) is None:
        return None
    cells = [cell.strip(_BLANKS) for cell in line.split("|")]
    if not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        cells.pop()
    if not cells or not all(_COLUMN.match(cell) for cell in cells):
        return None
    names = {(True, True): "center", (True, False): "left", (False, True): "right"}
    return tuple(names.get((cell[0] == ":", cell[-1] == ":"), "") for cell in cells)


def may_be_marks(line: str) -> bool:
    """Tell whether the beginning of a line may be that of a row of marks."""
    return not line.strip("-:| \t")


def cells_of(line: str) -> list[str]:
    """Return the cells of a row, with escaped pipes as pipes."""
    cells = [""]
    position = 0
    for pipe in _PIPE.finditer(line):
        cells[-1] += line[position : pipe.start()]
        if len(pipe.group()) == 2:
            cells[-1] += "|"
        else:
            cells.append("")
        position = pipe.end()
    cells[-1] += line[position:]
    if not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        cells.pop()
    return cells


def columns_of(line: str) -> int:
    """Return the number of columns if the line is the head of a table, or 0."""
    return len(cells_of(line.strip(_BLANKS))) if "|" in line else 0


class Table:
    """An open table, and its row that grows.

    At first it is a head that may still turn out to be text; it has as many columns as come.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._sink = page.sink
        self._columns: tuple[str, ...] | None = None
        self._heads: list[int] = []
        self._head_texts: list[TextLeaf] = []
        self._cells = 0
        self._body_is_open = False
        # The row: the number of cells that are finished, and the one that is not.
        self._finished = 0
        self._cell: TextLeaf | None = None
        self._row_is_open = False
        self._is_at_start = True
        # A backslash at the end of what came, which may escape a pipe.
        self._backslash = ""
        self._node = page.open("table")
        self._sink.open("thead")

    def confirm(self, columns: tuple[str, ...]) -> None:
        """Take the columns that the row under the head tells."""
        self._columns = columns
        for node, align in zip(self._heads, columns, strict=True):
            if align:
                self._sink.set_attribute(node, "align", align)
        self._cells = len(columns)
        self._sink.close()

    def withdraw(self) -> None:
        """Take the table away."""
        self._sink.remove(self._node)
        # What was mentioned last is taken back first.
        for text in reversed(self._head_texts):
            text.forget()

    @property
    def is_full(self) -> bool:
        """Whether the table can take no further row."""
        return self._columns is not None and self._cells + len(self._columns) > MAX_CELLS

    def add(self, text: str) -> None:
        """Take more of the current row."""
        if not self._row_is_open:
            self._open_row()
        text = self._backslash + text
        self._backslash = "\\" if text.endswith("\\") else ""
        end = len(text) - len(self._backslash)
        position = 0
        for pipe in _PIPE.finditer(text, 0, end):
            self._add_to_cell(text[position : pipe.start()])
            if len(pipe.group()) == 2:
                self._add_to_cell("|")
            elif self._is_at_start:
                self._is_at_start = False
            else:
                self._finish_cell()
            position = pipe.end()
        self._add_to_cell(text[position:end])

    def end_line(self) -> None:
        """Finish the row."""
        if not self._row_is_open:
            return
        self._add_to_cell(self._backslash)
        self._backslash = ""
        if self._cell is not None:
            self._finish_cell()
        while self._columns and self._finished < len(self._columns):
            self._finish_cell()
        self._sink.close()
        self._cells += self._finished
        self._row_is_open = False

    def close(self) -> None:
        """Close the table."""
        self.end_line()
        if self._body_is_open:
            self._sink.close()
        self._sink.close()

    def _open_row(self) -> None:
        if self._columns is not None and not self._body_is_open:
            self._sink.open("tbody")
            self._body_is_open = True
        self._sink.open("tr")
        self._row_is_open = True
        self._is_at_start = True
        self._finished = 0

    def _add_to_cell(self, text: str) -> None:
        if self._cell is None:
            text = text.lstrip(_BLANKS)
        if not text or self._row_is_full():
            return
        self._is_at_start = False
        if self._cell is None:
            self._cell = TextLeaf(self._page, self._open_cell())
        self._cell.add(text)

    def _finish_cell(self) -> None:
        if self._row_is_full():
            return
        if self._cell is not None:
            self._cell.close()
            if self._columns is None:
                self._head_texts.append(self._cell)
            self._cell = None
        else:
            self._open_cell()
            self._sink.close()
        self._finished += 1

    def _row_is_full(self) -> bool:
        return self._columns is not None and self._finished >= len(self._columns)

    def _open_cell(self) -> int:
        if self._columns is None:
            self._heads.append(self._sink.open("th"))
            return self._heads[-1]
        align = self._columns[self._finished]
        return self._sink.open("td", {"align": align} if align else None)
