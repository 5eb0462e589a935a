"""What the answers of the benchmark say: Markdown as models write it, made by rule from a seed.

The mixed document holds prose (34 %), lists three deep, fenced code (14 %), tables, quotes, math
and headings, with links, emphasis and code in its lines. The five hard ones are one block each that
a renderer may have to do again and again: a list, a fence, a table, a paragraph, a document whose
footnotes tie its blocks together. The stamped one has numbered words, by which a probe can tell
what is on the screen. The same name and size always give the same text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Final

# Every document ends with these words; when they are on the screen, all of it is.
END: Final = "So ends this answer."

SHARES: Final = {
    "prose": 0.34, "list": 0.22, "code": 0.14, "table": 0.12, "math": 0.07, "quote": 0.06,
    "heading": 0.05,
}  # fmt: skip

_VOICE: Final = (
    "the river of a bed and water in which deepest line runs to its course with slow gravel from "
    "current along bank is where flood carries sand between meanders that channel erodes outer "
    "bend while inner one fills by measured discharge depth velocity as gradient falls towards "
    "delta every season most sediment settles after storm upstream dam changes temperature fish "
    "spawn under shade because roots hold soil for years until ice melts again"
)
_WORDS: Final = _VOICE.split()
_CODE: Final = (
    "def discharge(width: float, depth: float, velocity: float) -> float:",
    '    """Return cubic metres a second."""',
    "    if min(width, depth) <= 0:",
    '        raise ValueError(f"no water: {width=} {depth=}")',
    "    area = width * depth  # a rectangle is near enough",
    "    return round(area * velocity, 3)",
    "",
    "for station in sorted(stations, key=lambda each: each.distance):",
    "    print(station.name, discharge(station.width, station.depth, 1.2))",
)
_FORMULAS: Final = (
    r"Q = A \cdot \bar{v}", r"\frac{\partial h}{\partial t} + \nabla \cdot (h\,u) = 0",
    r"v = \frac{1}{n} R^{2/3} \sqrt{S}", r"\sum_{i=1}^{n} w_i d_i^2 \le \int_0^B d(x)\,dx",
)  # fmt: skip


class _Writer:
    """Writes pieces of Markdown by the throws of one die."""

    def __init__(self, seed: str) -> None:
        self._die = Random(seed)

    def words(self, least: int, most: int) -> str:
        return " ".join(self._die.choice(_WORDS) for _ in range(self._die.randint(least, most)))

    def phrase(self) -> str:
        """A few words, now and then with something inline in them."""
        words = self.words(3, 7)
        match self._die.randrange(14):
            case 0:
                return f"**{words}**"
            case 1:
                return f"*{words}*"
            case 2:
                return f"`{self._die.choice(_WORDS)}_{self._die.choice(_WORDS)}()`"
            case 3:
                return f"[{words}](https://example.org/{self._die.choice(_WORDS)})"
            case 4:
                return f"${self._die.choice(_FORMULAS)}$" if self._die.random() < 0.4 else words
            case _:
                return words

    def sentence(self) -> str:
        text = ", ".join(self.phrase() for _ in range(self._die.randint(1, 3)))
        return f"{text[0].upper()}{text[1:]}."

    def prose(self) -> str:
        return " ".join(self.sentence() for _ in range(self._die.randint(3, 6)))

    def list(self) -> str:
        lines, depth = [], 0
        for number in range(self._die.randint(5, 9)):
            depth = 0 if number == 0 else min(2, max(0, depth + self._die.choice((-1, 0, 0, 1))))
            marker = self._die.choice(("-", "-", "- [x]")) if depth else "-"
            lines.append(f"{'  ' * depth}{marker} {self.phrase()}: {self.words(4, 12)}")
        return "\n".join(lines)

    def code(self) -> str:
        return f"```python\n{self.code_lines(self._die.randint(6, 16))}\n```"

    def code_lines(self, count: int) -> str:
        return "\n".join(_CODE[self._die.randrange(len(_CODE))] for _ in range(count))

    def table(self) -> str:
        rows = [self.row() for _ in range(self._die.randint(4, 8))]
        return "\n".join(["| Station | Depth, m | Notes |", "|:---|---:|---|", *rows])

    def row(self) -> str:
        return f"| {self.words(1, 2)} | {self._die.uniform(0.2, 9):.2f} | {self.phrase()} |"

    def quote(self) -> str:
        return "\n".join(f"> {self.sentence()}" for _ in range(self._die.randint(1, 3)))

    def math(self) -> str:
        return f"$$\n{self._die.choice(_FORMULAS)}\n$$"

    def heading(self) -> str:
        return f"{'#' * self._die.randint(2, 3)} {self.words(3, 6).capitalize()}"


def _until(size: int, pieces: Iterator[str], between: str) -> str:
    """Join pieces until they have the size (characters, all of them ASCII)."""
    parts: list[str] = []
    length = 0
    while length < size:
        parts.append(next(pieces))
        length += len(parts[-1]) + len(between)
    return between.join(parts)


def _mixed(size: int) -> str:
    writer = _Writer("mixed")
    written = dict.fromkeys(SHARES, 0)

    def pieces() -> Iterator[str]:
        while True:
            # Next comes what is furthest behind its share.
            total = sum(written.values()) or 1
            kind = max(SHARES, key=lambda each: SHARES[each] - written[each] / total)
            piece: str = getattr(writer, kind)()
            written[kind] += len(piece)
            yield piece

    return _until(size, pieces(), "\n\n")


def _list(size: int) -> str:
    writer = _Writer("list")
    return _until(size, iter(lambda: f"- {writer.sentence()}", None), "\n")


def _fence(size: int) -> str:
    writer = _Writer("fence")
    lines = _until(size, iter(lambda: writer.code_lines(1), None), "\n")
    return f"```python\n{lines}\n```"


def _table(size: int) -> str:
    writer = _Writer("table")
    head = "| Station | Depth, m | Notes |\n|:---|---:|---|\n"
    return head + _until(size, iter(writer.row, None), "\n")


def _footnotes(size: int) -> str:
    writer = _Writer("footnotes")

    def pieces() -> Iterator[str]:
        number = 0
        while True:
            number += 1
            text = f"{writer.sentence()}[^{number}] {writer.prose()}"
            yield f"{text}\n\n[^{number}]: {writer.sentence()}"

    return _until(size, pieces(), "\n\n")


def _paragraph(size: int) -> str:
    return _until(size, iter(_Writer("paragraph").sentence, None), " ")


def _stamped(size: int) -> str:
    writer = _Writer("stamped")
    numbers = iter(range(10**6))

    def words(count: int) -> str:
        return " ".join(f"{writer.words(1, 3)} {stamp(next(numbers))}" for _ in range(count))

    def pieces() -> Iterator[str]:
        while True:
            yield f"{words(12)} **{words(2)}** {words(9)}."
            yield "\n".join(f"- {words(4)}" for _ in range(4))

    return _until(size, pieces(), "\n\n")


DOCUMENTS: Final[dict[str, Callable[[int], str]]] = {
    "mixed": _mixed, "list": _list, "fence": _fence, "table": _table, "footnotes": _footnotes,
    "paragraph": _paragraph, "stamped": _stamped,
}  # fmt: skip


def document(name: str, size: int) -> str:
    """Return a document of about `size` characters; all are ASCII, so bytes are the same.

    Raises:
        KeyError: there is none of that name.
    """
    return f"{DOCUMENTS[name](size)}\n\n{END}\n"


def stamp(number: int) -> str:
    """Return the word that has this number."""
    return f"w{number:06d}"


def stamps_in(text: str) -> list[int]:
    """Return the numbers of the stamps that a text holds whole, in order."""
    return [int(found) for found in re.findall(r"\bw(\d{6})\b", text)]


_TOKEN: Final = re.compile(r" ?w\d{6}| ?[A-Za-z]+[,.:]?|\d{1,3}|\s+|[^\w\s]{1,4} ?|_")


def tokens(text: str) -> list[str]:
    """Cut a text into pieces as a model's tokenizer does, about four characters each."""
    return _TOKEN.findall(text)
