"""The results as a Markdown table: each contestant's median with its noise, ours over theirs."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tests.bench.render.contestants import CONTESTANTS, OURS
from tests.bench.render.figures import Spread, plain, ratios
from tests.bench.render.measures import (
    GROWTH,
    MEMORY,
    NODES,
    PARSE,
    PARTS,
    QUOTIENTS,
    WORST,
    Bar,
    Row,
)
from tests.bench.render.results import Results, Values

NAMES = tuple(each.name for each in CONTESTANTS)


def rows() -> list[Row]:
    """Return all rows in the order of the table."""
    every = [row for part in PARTS for row, _ in part.rows]
    every += [quotient.row for quotient in QUOTIENTS] + [NODES, MEMORY, GROWTH, PARSE, WORST]
    order = list(dict.fromkeys(row.measure for row in every))
    return sorted(every, key=lambda row: order.index(row.measure))


def is_met(bar: Bar, values: Values) -> bool | None:
    """Tell whether ours is within a bar; None if that cannot be told."""
    ours, theirs = values.get(OURS.name), values.get(bar.peer)
    if not ours:
        return None
    middle = Spread.of(ours).median
    if not bar.peer:
        return middle <= bar.most
    if not theirs:
        return None
    # Also right where a peer's number is nothing, or less.
    return middle <= bar.most * Spread.of(theirs).median


def judged(bars: Sequence[Bar], values: Values) -> str:
    """Write the bars, each with whether it is met."""
    words = {True: "met", False: "**missed**", None: "-"}
    return "; ".join(f"{bar.shown()}: {words[is_met(bar, values)]}" for bar in bars)


def cell(values: Values, name: str) -> str:
    """Write a contestant's numbers, and what ours are of them."""
    rounds = values.get(name)
    if not rounds:
        return "-"
    text = Spread.of(rounds).shown()
    if name == OURS.name:
        return f"**{text}**"
    each = ratios(values.get(OURS.name, []), rounds)
    return f"{text} · {plain(Spread.of(each).median)} ×" if each else text


def circumstances(results: Results) -> str:
    """Say how many rounds the numbers rest on, when they were taken and under which load."""
    entries = results.entries.values()
    rounds = {len(values) for entry in entries for values in entry.values.values()} or {0}
    days = sorted({entry.day for entry in entries})
    loads = [entry.load for entry in entries] or [0.0]
    count = f"{min(rounds)}" if len(rounds) == 1 else f"{min(rounds)} to {max(rounds)}"
    return (
        f"Medians of {count} rounds (lowest-highest) · ours / theirs; {', '.join(days)}, load "
        f"average {min(loads):.1f} to {max(loads):.1f} on {os.cpu_count()} cores."
    )


def table(results: Results) -> str:
    """Lay out what was measured."""
    head = f"| | | {' | '.join(NAMES)} | bar |"
    lines = [head, "|---|---|" + "---|" * (len(NAMES) + 1)]
    for row in rows():
        entry = results.entries.get(row.what)
        if entry is None:
            continue
        cells = " | ".join(cell(entry.values, name) for name in NAMES)
        bars = judged(row.bars, entry.values)
        lines.append(f"| {row.measure} | {row.what} | {cells} | {bars} |")
    return "\n".join(lines)
