"""The results as a picture: what the README shows of them."""

from __future__ import annotations

from typing import Final

from tests.bench.render.chart import Group, Panel, chart
from tests.bench.render.figures import Spread
from tests.bench.render.results import Results
from tests.bench.render.table import NAMES, rows

ALTERNATIVE: Final = "What a streaming answer costs in Thalweg and in its peers; shorter is better."
# Titles, and the measures whose rows stand under them on one scale; where units differ, apart.
TOGETHER: Final = {"R1": "Main thread: less is better"}
APART: Final = ("R3", "R7")


def picture(results: Results) -> str:
    """Draw what there is of the measures that are shown."""
    panels = []
    for measure, title in TOGETHER.items():
        if groups := groups_of(results, measure):
            panels.append(Panel(title, tuple(groups)))
    for measure in APART:
        panels += [
            Panel(each.name, (Group("", each.bars),)) for each in groups_of(results, measure)
        ]
    return chart(panels, ALTERNATIVE)


def groups_of(results: Results, measure: str) -> list[Group]:
    """Give the rows of a measure as groups of bars."""
    groups = []
    for row in rows():
        entry = results.entries.get(row.what)
        if row.measure == measure and entry is not None:
            present = [name for name in NAMES if name in entry.values]
            bars = tuple((name, Spread.of(entry.values[name])) for name in present)
            groups.append(Group(row.what, bars))
    return groups
