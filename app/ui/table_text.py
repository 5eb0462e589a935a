"""A table as text that other programs read."""

import csv
import io
import re
from collections.abc import Sequence

Rows = Sequence[Sequence[str]]

_RULES = {"left": ":---", "center": ":---:", "right": "---:", "": "---"}
# What spreadsheets take for a formula, unless it is a number.
_FORMULA = re.compile(r"(?![+-]?[\d.,]+%?\Z)[=+\-@\t\r]")


def to_csv(rows: Rows) -> str:
    """Return rows as RFC 4180 has it; what would run as a formula gets an apostrophe before it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows([f"'{cell}" if _FORMULA.match(cell) else cell for cell in row] for row in rows)
    return text.getvalue()


def to_markdown(rows: Rows, sides: Sequence[str]) -> str:
    """Return rows as a Markdown table, the first one as its head.

    Args:
        rows: of cells that are Markdown, on one line each.
        sides: of every column, "left", "center" or "right"; "" if none is said.
    """
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines[1:1] = [f"| {' | '.join(_RULES[side] for side in sides)} |"]
    return "\n".join(lines) + "\n"
