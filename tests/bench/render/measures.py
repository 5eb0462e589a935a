"""What is measured: which scenes are played, what is read off them, and the bars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tests.bench.render.figures import blocking, percentile
from tests.bench.render.stage import Scene, Seen
from tests.bench.render.tracing import TRACED

FRAME: Final = 1000 / 60  # milliseconds
PHONE: Final = 4.0  # times slower
QUICK: Final = 5  # times less text in a quick run, which only shows that all works
SMALL: Final = 25_000


@dataclass(frozen=True, slots=True)
class Bar:
    """What ours may be at most: a number, or so many times a peer's.

    Attributes:
        most: the number or factor.
        peer: the peer's name; empty for a number.
    """

    most: float
    peer: str = ""

    def shown(self) -> str:
        """Write it for a table."""
        return f"≤ {self.most:g} × {self.peer}" if self.peer else f"≤ {self.most:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a number of every contestant.

    Attributes:
        measure: as `ONLY` names it.
        what: in words, with the unit; tells the row from all others.
        bars: for ours.
    """

    measure: str
    what: str
    bars: tuple[Bar, ...] = ()


Read = Callable[[Seen], float]


@dataclass(frozen=True, slots=True)
class Part:
    """A scene, and the rows that are read off it."""

    scene: Scene
    rows: tuple[tuple[Row, Read], ...]


@dataclass(frozen=True, slots=True)
class Quotient:
    """A row that is one row divided by another."""

    row: Row
    over: str
    under: str


def _cost(seen: Seen) -> float:
    return seen.cost


def _share(seen: Seen) -> float:
    # Of the time in which the answer is sent: what needs more than that falls behind.
    return seen.spent["busy"] / seen.fed.seconds / 10


def _whole_share(seen: Seen) -> float:
    return seen.processor / seen.fed.seconds / 10


def _busy(seen: Seen) -> float:
    return seen.spent["busy"]


def _blocking(seen: Seen) -> float:
    return blocking(seen.tasks)


def _gap(seen: Seen) -> float:
    return percentile(seen.gaps, 0.95)


def _late(seen: Seen) -> float:
    return sum(gap > 2 * FRAME for gap in seen.gaps)


def _traced(kind: str) -> Read:
    return lambda seen: seen.traced[kind] / seen.fed.tokens * 1000


def _delay(share: float) -> Read:
    return lambda seen: percentile(seen.delays, share) / FRAME


def _interaction(seen: Seen) -> float:
    return percentile(seen.interactions, 0.98)


_COST_BARS: Final = (Bar(0.4, "deep-chat"), Bar(0.6, "streamdown"), Bar(1, "streaming-markdown"))
_BUSY_100, _BUSY_25 = "main thread, ms for 100 KB", "main thread, ms for 25 KB"
_HARD: Final = {
    "list": "one list", "fence": "one fence", "table": "one table",
    "footnotes": "footnotes", "paragraph": "one paragraph",
}  # fmt: skip


def _costs(rate: int) -> tuple[Row, Read]:
    what = f"main thread, ms per 1,000 tokens at {rate:,} tokens/s"
    return Row("R1", what, _COST_BARS), _cost


def _smoothness(measure: str, where: str) -> tuple[tuple[Row, Read], ...]:
    return (
        (Row(measure, f"frame gap p95, ms{where}", (Bar(18),)), _gap),
        (Row(measure, f"frames above 33 ms{where}"), _late),
        (Row(measure, f"total blocking time, ms{where}", (Bar(0),)), _blocking),
    )


_FAST: Final = Scene("mixed", 100_000, 2000, frames=True)
_PERSON: Final = Scene("mixed", 40_000, 2000, person=True)
_SLOW: Final = f", {PHONE:g} × slower"
PARTS: Final = (
    Part(
        Scene("mixed", 40_000, 100),
        (
            _costs(100),
            (Row("R2", "main thread, % of a core at 100 tokens/s", (Bar(0.3, "deep-chat"),)),
             _share),
            (Row("R2", "whole browser, % of a core at 100 tokens/s"), _whole_share),
        ),
    ),
    Part(Scene("mixed", 40_000, 500), (_costs(500),)),
    Part(Scene("mixed", 40_000, 2000), (_costs(2000),)),
    Part(
        Scene("mixed", 40_000, 2000, traced=True),
        tuple(
            (Row("where", f"{kind}, ms per 1,000 tokens at 2,000 tokens/s"), _traced(kind))
            for kind in TRACED
        ),
    ),
    Part(
        Scene("mixed", 8_000, 500, events=500),
        ((Row("R1", "main thread, ms per 1,000 tokens of 8 KB, an event a token"), _cost),),
    ),
    Part(_FAST, (*_smoothness("R3", ", 100 KB at 2,000 tokens/s"), (Row("R4", _BUSY_100), _busy))),
    Part(replace(_FAST, size=SMALL), ((Row("R4", _BUSY_25), _busy),)),
    *(
        Part(
            Scene(name, 40_000, 1000),
            ((Row("R5", f"{words}: total blocking time, ms", (Bar(0),)), _blocking),
             (Row("R5", f"{words}: main thread, ms per 1,000 tokens"), _cost)),
        )
        for name, words in _HARD.items()
    ),
    Part(
        Scene("stamped", 40_000, 500, paints=True),
        ((Row("R6", "from a byte to its paint p50, frames"), _delay(0.5)),
         (Row("R6", "from a byte to its paint p99, frames", (Bar(2),)), _delay(0.99))),
    ),
    Part(
        _PERSON,
        ((Row("R7", "typing and clicking p98, ms, at 2,000 tokens/s", (Bar(50),)),
          _interaction),),
    ),
    Part(
        Scene("mixed", 40_000, 500, slowdown=PHONE),
        ((Row("R1-slow", f"main thread, ms per 1,000 tokens at 500 tokens/s{_SLOW}", _COST_BARS),
          _cost),),
    ),
    Part(
        Scene("mixed", 40_000, 1000, slowdown=PHONE, frames=True),
        _smoothness("R3-slow", f", at 1,000 tokens/s{_SLOW}"),
    ),
    Part(
        replace(_PERSON, rate=500, size=SMALL, slowdown=PHONE),
        ((Row("R7-slow", f"typing and clicking p98, ms, at 500 tokens/s{_SLOW}"), _interaction),),
    ),
)  # fmt: skip
QUOTIENTS: Final = (
    Quotient(Row("R4", "100 KB / 25 KB (linear: 4)", (Bar(4.4),)), _BUSY_100, _BUSY_25),
)

# What is measured in other ways than by scenes.
NODES: Final = Row("R8", "DOM nodes after 100 answers", (Bar(5_000),))
MEMORY: Final = Row("R8", "memory after 100 answers, MB (WASM included)")
GROWTH: Final = Row(
    "R8", "memory, KB more with every answer",
    (Bar(1, "streaming-markdown"), Bar(1, "streamdown"), Bar(1, "react-markdown")),
)  # fmt: skip
PARSE: Final = Row("R13", "parse in Pyodide, ms per 1,000 tokens", (Bar(60),))
WORST: Final = Row("R13", "parse in Pyodide, worst frame, ms", (Bar(8),))
MEASURES: Final = (
    "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R13", "R1-slow", "R3-slow", "R7-slow",
    "where",
)  # fmt: skip


def parts_of(only: frozenset[str], *, is_quick: bool) -> list[Part]:
    """Return the scenes that these measures need, with the rows of theirs alone."""
    found: list[Part] = []
    for part in PARTS:
        rows = tuple((row, read) for row, read in part.rows if row.measure in only)
        if rows:
            size = part.scene.size // (QUICK if is_quick else 1)
            found.append(Part(replace(part.scene, size=size), rows))
    return found
