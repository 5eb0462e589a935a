"""What parsing costs while an answer grows: `make bench-markup`.

Each text comes 40 characters at a time, as at 600 tokens a second in a page that draws 60 frames.
A token is four characters. The sink does nothing, so that the parser alone is measured: on CPython,
and in Pyodide in Node.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

from app.markup import MarkdownStream
from tests.bench.render.parsing import feed_in_pyodide

SIZE: Final = 40_000  # characters of each text
PIECE: Final = 40  # characters of each feed
RUNS: Final = 5

MIXED: Final = """\
## Setting up *{n}*

Sure! Here is how it is done. **Note:** you need Python 3.11 or newer; on Debian it is in the
package `python3-venv`, see [the documentation](https://docs.example.org/install?page={n} "Docs")
or https://example.org/wiki/Setup_{n}. It costs $5, and $x_{n}^2 + 1$ is always positive[^{n}].

1. Create the environment, which takes a moment:

   ```bash
   python -m venv .venv && source .venv/bin/activate  # {n}
   pip install "pytest>=8" httpx
   ```

2. Install what you need:
   - `pip install httpx`, the *client*
   - [x] a task that is **done**, and ~~another~~
     - and its *plugins* (optional)

| Option | Default | Meaning |
|:-------|:-------:|--------:|
| `--fast` | no | Skip the **checks** |
| `--jobs` | {n} | How many at a time, [see][ref] |

> [!TIP]
> Deactivate it with `deactivate`. It only changes *your* shell, and nothing else
> on the machine.

That is all. The water of the river carries sediment, and where it slows down it drops what it
carried; the thalweg is the line of the deepest water, and in a bend it runs near the outer bank.

[^{n}]: Unless it is complex, of course. See *chapter {n}*.

"""
PROSE: Final = (
    "Streams carry sediment, and where the water slows they drop it. The *thalweg* is the line "
    "of the **deepest** water; in a bend it runs near the outer bank. Its `position` shifts, as "
    "every pilot on the river knows (see [1], p. 12, or [the map](https://example.org/map)). "
)
FOOTNOTES: Final = (
    "A claim that needs a proof[^{n}] and *another*.\n\n[^{n}]: The **proof** of {n}.\n\n"
)
CODE: Final = "    value_{n} = compute(value, {n})  # *not* emphasis\n"

TEXTS: Final[Mapping[str, Callable[[int], str]]] = {
    "mixed": lambda n: MIXED.replace("{n}", str(n)),
    "one list": lambda n: f"- item {n} with **bold** and `code`, then some more plain words\n",
    "one fence": lambda n: ("```python\n" if n == 0 else "") + CODE.replace("{n}", str(n)),
    "one table": lambda n: (
        ("| a | b | c |\n|---|---|---|\n" if n == 0 else "")
        + f"| cell {n} | *some* words | `code` and [a link](https://example.org/{n}) |\n"
    ),
    "one paragraph": lambda n: PROSE,
    "hard-wrapped": lambda n: PROSE.replace("; ", ";\n").replace(". ", ".\n"),
    "stray star": lambda n: ("a *b " if n == 0 else "") + "and plain words, or **bold** ones, ",
    "stray dollar": lambda n: (
        ("for $5 a " if n == 0 else "") + "and plain words, or **bold** ones, "
    ),
    "footnotes": lambda n: FOOTNOTES.replace("{n}", str(n)),
}


class NoSink:
    """Shows nothing."""

    def __init__(self) -> None:
        self._last = 0

    def open(self, tag: str, attributes: Mapping[str, str] | None = None) -> int:
        """Give out a number."""
        self._last += 1
        return self._last

    def close(self) -> None:
        """Do nothing."""

    def text(self, data: str) -> None:
        """Do nothing."""

    def cut(self, data: str) -> None:
        """Do nothing."""

    def set_attribute(self, node: int, name: str, value: str | None) -> None:
        """Do nothing."""

    def replace(self, node: int) -> None:
        """Do nothing."""

    def remove(self, node: int) -> None:
        """Do nothing."""

    def resume(self, node: int) -> None:
        """Do nothing."""

    def move(self, node: int, before: int | None) -> None:
        """Do nothing."""


def text_of(make: Callable[[int], str], size: int = SIZE) -> str:
    """Return so many characters of a text that is made piece by piece."""
    pieces: list[str] = []
    length = 0
    while length < size:
        pieces.append(make(len(pieces)))
        length += len(pieces[-1])
    return "".join(pieces)[:size]


def pieces_of(text: str) -> list[str]:
    """Cut a text as it comes."""
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)]


def feed(pieces: list[str]) -> list[float]:
    """Return what each feed took, in milliseconds."""
    stream = MarkdownStream(NoSink())
    times: list[float] = []
    for piece in pieces:
        start = time.process_time()
        stream.feed(piece)
        times.append((time.process_time() - start) * 1000)
    stream.close()
    return times


def figures(runs: list[list[float]], length: int) -> str:
    """Return two cells: the milliseconds of 1,000 tokens, and of the worst feed."""
    total = statistics.median(sum(run) for run in runs) * 4000 / length
    # Of each feed the median: a moment in which the machine did something else is no cost.
    worst = max(statistics.median(times) for times in zip(*runs, strict=True))
    return f"{total:.1f} | {worst:.2f}"


def main() -> int:
    """Print a table of all texts."""
    print(
        f"| {SIZE // 1000} KB of | CPython, ms per 1,000 tokens | worst feed, ms "
        "| Pyodide, ms per 1,000 tokens | worst feed, ms |\n|---|---|---|---|---|"
    )
    for name, make in TEXTS.items():
        text = text_of(make)
        pieces = pieces_of(text)
        feed(pieces)
        gc.collect()
        runs = [feed(pieces) for _ in range(RUNS)]
        inside = feed_in_pyodide(pieces, RUNS)
        print(f"| {name} | {figures(runs, len(text))} | {figures(inside, len(text))} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
