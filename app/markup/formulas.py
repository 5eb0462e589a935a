"""Mathematics between dollars or between backslashed brackets, as it stands in running text.

Plan: the first dollar that is not escaped decides: it closes, or the opening one is text. That
and the rules beside it keep "costs $5 and $6" text. Closing brackets are looked up, not searched
for, so many opening ones stay linear.
Source: pandoc's manual, "Extension: tex_math_dollars"; GitHub's documentation, "Writing
mathematical expressions".
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

# Longest formula in running text. GitHub's are one paragraph at most; nobody writes longer ones.
MAX_FORMULA: Final = 2048  # characters

_DOLLAR: Final = re.compile(r"[^$\\]*(?:\\.[^$\\]*)*", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_CLOSING: Final = {"(": ")", "[": "]"}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula's source without its delimiters; `end` is the position after the closing one."""

    source: str
    display: bool
    end: int


class Formulas:
    """Finds the formulas of one source from a position on."""

    def __init__(self, source: str, whole: bool, start: int = 0) -> None:
        self._start = start
        self._source = source
        self._whole = whole
        self._closings: dict[str, list[int]] | None = None

    def in_dollars(self, position: int, before: str) -> Formula | None:
        """Return the formula that the dollar at a position opens."""
        size = 2 if self._source.startswith("$$", position) else 1
        start = position + size
        end = self._next_dollar(start)
        if end is None or not self._opens(start, before, size):
            return None
        after = end + size
        if not self._source.startswith("$" * size, end):
            return None
        if size == 1 and (
            self._source[end - 1].isspace() or self._source[after : after + 1].isdigit()
        ):
            return None
        return _formula(self._source[start:end], size == 2, after)

    def in_brackets(self, position: int) -> Formula | None:
        """Return the formula that `\\(` or `\\[` at a position opens."""
        opening = self._source[position + 1]
        end = self._next_closing(_CLOSING[opening], position + 2)
        if end is None or end - position > MAX_FORMULA:
            return None
        return _formula(self._source[position + 2 : end], opening == "[", end + 2)

    def may_come(self, position: int, before: str) -> bool:
        """Tell whether what opens at a position may be closed by text that follows the source."""
        if self._whole or len(self._source) - position > MAX_FORMULA:
            return False
        if self._source[position] == "\\":
            opening = self._source[position + 1]
            return self._next_closing(_CLOSING[opening], position + 2) is None
        size = 2 if self._source.startswith("$$", position) else 1
        if not self._opens(position + size, before, size):
            return False
        end = self._next_dollar(position + size)
        return end is None or end + size >= len(self._source)

    def _opens(self, start: int, before: str, size: int) -> bool:
        if size == 2:
            return True
        after = self._source[start : start + 1]
        return bool(after) and not after.isspace() and not before.isalnum()

    def _next_dollar(self, position: int) -> int | None:
        match = _DOLLAR.match(self._source, position, position + MAX_FORMULA)
        end = match.end() if match else position
        return end if self._source.startswith("$", end) else None

    def _next_closing(self, mark: str, position: int) -> int | None:
        if self._closings is None:
            self._closings = {")": [], "]": []}
            for escape in _ESCAPE.finditer(self._source, self._start):
                if escape.group(1) in self._closings:
                    self._closings[escape.group(1)].append(escape.start())
        places = self._closings[mark]
        index = bisect_left(places, position)
        return places[index] if index < len(places) else None


def _formula(source: str, display: bool, end: int) -> Formula | None:
    """A formula says something; a bare `\\(\\)` is two escaped brackets."""
    if not any(character.isalnum() for character in source):
        return None
    return Formula(source.strip(), display, end)
