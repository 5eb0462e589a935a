"""Code spans: where one ends, and what its text is.

Source: CommonMark 0.31.2, section 6.1.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

_BACKTICKS: Final = re.compile("`+")


@dataclass(frozen=True, slots=True)
class CodeSpan:
    """A code span that ends before `end`, or, `is_open`, goes on until the end of the source."""

    code: str
    end: int
    is_open: bool


class CodeSpans:
    """Finds the code spans of one source; the first look at it counts its runs of backticks."""

    def __init__(self, source: str) -> None:
        self._source = source
        # For every length of a run where such runs begin.
        self._runs: dict[int, list[int]] | None = None

    def at(self, position: int) -> CodeSpan:
        """Return the code span that the run of backticks at a position opens."""
        begin = self.end_of_run(position)
        length = begin - position
        end = self._next_run(length, begin)
        if end is None:
            return CodeSpan(self._source[begin:].replace("\n", " "), len(self._source), True)
        code = self._source[begin:end].replace("\n", " ")
        return CodeSpan(_without_padding(code), end + length, False)

    def end_of_run(self, position: int) -> int:
        """Return where the run of backticks at a position ends."""
        run = _BACKTICKS.match(self._source, position)
        return run.end() if run else position

    def _next_run(self, length: int, position: int) -> int | None:
        if self._runs is None:
            self._runs = {}
            for run in _BACKTICKS.finditer(self._source, position):
                self._runs.setdefault(len(run.group()), []).append(run.start())
        starts = self._runs.get(length, [])
        index = bisect_left(starts, position)
        return starts[index] if index < len(starts) else None


def _without_padding(code: str) -> str:
    if code.startswith(" ") and code.endswith(" ") and code.strip(" "):
        return code[1:-1]
    return code
