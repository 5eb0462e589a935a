"""The results as a picture: what the README shows of them."""

from __future__ import annotations

from typing import Final

from tests.bench.render.chart import Panel, chart
from tests.bench.render.figures import Spread
from tests.bench.render.results import Results
from tests.bench.render.table import NAMES, rows

ALTERNATIVE: Final = "What a streaming answer costs in Thalweg and in its peers; shorter is better."
SHOWN: Final = ("R1", "R3", "R7")


def picture(results: Results) -> str:
    """Draw what there is of the measures that are shown."""
    panels = []
    for row in rows():
        entry = results.entries.get(row.what)
        if row.measure in SHOWN and entry is not None:
            present = [name for name in NAMES if name in entry.values]
            bars = tuple((name, Spread.of(entry.values[name])) for name in present)
            panels.append(Panel(f"{row.what[0].upper()}{row.what[1:]}", bars))
    return chart(panels, ALTERNATIVE)
