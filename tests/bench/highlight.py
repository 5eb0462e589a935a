"""`make bench-highlight`: our highlighting against Pygments, on the same 34 KB of Python.

Both run on CPython in turns, and both give all there is: ours the spans of each line, Pygments
its tokens. A time is the processor's own. A second table has the slowest line that we know: how
long 2,000 characters of hostile code take.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pygments.lexers.python import PythonLexer

from app.markup.highlight import START, Language, highlight_line, language_named
from app.markup.highlight.languages import NAMES
from app.markup.highlight.scanner import MAX_LINE

ROUNDS = 15
SOURCE_BYTES = 34_000
LEAST_RATIO = 2.0
HOSTILE = (
    *('"', "'", "`", "/", "/[", "- ", "> ", "| ", "<a ", "${", "$(", "#", "@", "a=", "[[", "&a"),
    *("**", "r#", "<<a ", "--a ", "a:", "\t", "_", "e+1", "#[", "a,", "1.", "x(", "{", "A1"),
)


def source() -> str:
    """Return the beginning of a module that every Python has."""
    return Path(argparse.__file__).read_text(encoding="utf-8")[:SOURCE_BYTES]


def ours(code: str, language: Language) -> int:
    """Highlight line by line; return the number of spans."""
    state, count = START, 0
    for line in code.split("\n"):
        spans, state = highlight_line(language.grammar, state, line)
        count += len(spans)
    return count


def pygments(code: str) -> int:
    """Return the number of tokens that Pygments finds."""
    return sum(1 for _ in PythonLexer().get_tokens(code))


def seconds(run: Callable[[], object]) -> float:
    """Return the processor's time of one call."""
    start = time.process_time()
    run()
    return time.process_time() - start


def slowest_line() -> tuple[float, str, str]:
    """Return the time of the slowest hostile line, its language and what it repeats."""
    times = []
    for language in {language_named(name).label: language_named(name) for name in NAMES}.values():
        for part in HOSTILE:
            line = (part * MAX_LINE)[:MAX_LINE]
            fastest = min(seconds(partial(ours, line, language)) for _ in range(3))
            times.append((fastest, language.label, part))
    return max(times)


def main() -> int:
    """Print both tables; the exit code tells whether the bar is missed."""
    code, python = source(), language_named("python")
    mine: list[float] = []
    theirs: list[float] = []
    for _ in range(ROUNDS):
        mine.append(seconds(lambda: ours(code, python)))
        theirs.append(seconds(lambda: pygments(code)))
    ratio = statistics.median(theirs) / statistics.median(mine)
    print("| 34 KB of Python | ms | MB/s |\n|---|---|---|")
    for name, times in (("app/markup/highlight", mine), ("Pygments", theirs)):
        middle = statistics.median(times)
        print(f"| {name} | {middle * 1000:.1f} | {len(code) / middle / 1e6:.2f} |")
    print(f"\n{ratio:.1f} times as fast (bar: {LEAST_RATIO})")
    slow, label, part = slowest_line()
    print(f"slowest line of {MAX_LINE} characters: {slow * 1000:.1f} ms ({label}, {part!r})")
    return ratio < LEAST_RATIO


if __name__ == "__main__":
    sys.exit(main())
