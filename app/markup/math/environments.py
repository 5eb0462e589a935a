"""Matrices, cases and equations in rows: what stands between \\begin and \\end."""

import re
from dataclasses import dataclass
from typing import Final

from app.markup.math.nodes import MathError, MathNode, fence, row
from app.markup.math.parser import Atom, Parser

# More cells than this are a table, not a formula.
MAX_CELLS: Final = 1000
_COLUMNS: Final = re.compile(r"[lcr|: ]{0,60}")
_ROW_GAP: Final = re.compile(r"\s*-?[0-9.]{1,6}\s*(?:em|ex|pt|px|mm|cm)\s*")
_SIDES: Final = {"l": "left", "c": "center", "r": "right"}


@dataclass(frozen=True, slots=True)
class _Environment:
    """The brackets around it, how columns are aligned in turn, and what it asks for first."""

    opening: str = ""
    closing: str = ""
    columns: str = "c"
    is_display: bool = False
    takes: str = ""


_ALIGNED: Final = _Environment(columns="rl", is_display=True)
_GATHERED: Final = _Environment(is_display=True)
_ENVIRONMENTS: Final = {
    "matrix": _Environment(takes="option"),
    "pmatrix": _Environment("(", ")", takes="option"),
    "bmatrix": _Environment("[", "]", takes="option"),
    "Bmatrix": _Environment("{", "}", takes="option"),
    "vmatrix": _Environment("|", "|", takes="option"),
    "Vmatrix": _Environment("‖", "‖", takes="option"),
    "smallmatrix": _Environment(),
    "cases": _Environment("{", "", "ll"),
    "dcases": _Environment("{", "", "ll", is_display=True),
    "rcases": _Environment("", "}", "ll"),
    "array": _Environment(takes="columns"),
    "subarray": _Environment(takes="columns"),
    "align": _ALIGNED, "aligned": _ALIGNED, "split": _ALIGNED, "eqnarray": _Environment(
        columns="rcl", is_display=True
    ),
    "alignat": _Environment(columns="rl", is_display=True, takes="number"),
    "alignedat": _Environment(columns="rl", is_display=True, takes="number"),
    "flalign": _ALIGNED,
    "gather": _GATHERED, "gathered": _GATHERED, "multline": _GATHERED,
}  # fmt: skip
_PLAIN: Final = frozenset({"equation", "displaymath", "math"})


def begin(parser: Parser, _name: str) -> Atom:
    """Read an environment; its \\begin is read already."""
    written = parser.source.raw_group()
    name = written.removesuffix("*")
    if name in _PLAIN:
        content = parser.row()
    elif name in _ENVIRONMENTS:
        content = _read(parser, name, _ENVIRONMENTS[name])
    else:
        raise MathError(f"The environment {written} is not known.")
    if not parser.source.take_if("\\end") or parser.source.raw_group() != written:
        raise MathError(f"The environment {written} does not end.")
    return Atom(content)


def stack(parser: Parser, _name: str) -> Atom:
    """Read the lines of \\substack, which stand below a sum."""
    if not parser.source.take_if("{"):
        raise MathError("A brace is missing.")
    lines = _rows(parser, "c")
    if not parser.source.take_if("}"):
        raise MathError("A closing brace is missing.")
    return Atom(MathNode("mtable", tuple(lines), "", (("class", "stack"),)))


def _read(parser: Parser, name: str, environment: _Environment) -> MathNode:
    columns = environment.columns
    if environment.takes == "columns":
        columns = _column_sides(parser.source.raw_group())
    elif environment.takes == "option":
        columns = _column_sides(parser.source.raw_option()) or columns
    elif environment.takes == "number":
        parser.source.raw_group()
    attributes = [("class", "stack" if name in ("smallmatrix", "subarray") else name)]
    if environment.is_display:
        attributes.append(("displaystyle", "true"))
    table = MathNode("mtable", tuple(_rows(parser, columns or "c")), "", tuple(attributes))
    if not environment.opening and not environment.closing:
        return table
    opening, closing = environment.opening, environment.closing
    return row([fence(opening, "prefix"), table, fence(closing, "postfix")])


def _column_sides(written: str) -> str:
    if not _COLUMNS.fullmatch(written):
        raise MathError("An array's columns are more than l, c and r.")
    return "".join(side for side in written if side in _SIDES)


def _rows(parser: Parser, columns: str) -> list[MathNode]:
    source = parser.source
    rows: list[MathNode] = []
    cells: list[MathNode] = []
    count = 0
    while True:
        side = _SIDES[columns[len(cells) % len(columns)]]
        content = parser.row()
        attributes = (("class", side),) if side != "center" else ()
        cells.append(MathNode("mtd", (content,), "", attributes))
        count += 1
        if count > MAX_CELLS:
            raise MathError("A table has too many cells.")
        if source.take_if("&"):
            continue
        is_last = not (source.take_if("\\\\") or source.take_if("\\cr"))
        # A last line end opens no row of its own.
        if not is_last or len(cells) > 1 or content.children or content.text or not rows:
            rows.append(MathNode("mtr", tuple(cells)))
        if is_last:
            return rows
        source.skip_option(_ROW_GAP)
        cells = []
