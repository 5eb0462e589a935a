"""A bar chart as SVG: panels in two columns, shorter is better, the noise as a thin line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from tests.bench.render.figures import Spread, plain

COLUMN: Final = 440  # width of a panel
COLUMNS: Final = 2
LEFT, RIGHT = 140, 66  # room for the names and the numbers
BAR, STEP, HEAD, GAP = 13, 18, 28, 18  # heights: a bar, a line, a panel's title, between panels

# Both themes: the picture has no background of its own.
_STYLE: Final = """
text { font: 12px system-ui, sans-serif; fill: #33454e; }
.title { font-weight: 600; }
.ours { fill: #0b7285; }
.peer { fill: #a9bcc4; }
.noise { stroke: #33454e; stroke-width: 1.2; }
@media (prefers-color-scheme: dark) {
  text { fill: #d5e0e5; }
  .ours { fill: #3bc9db; }
  .peer { fill: #4c626d; }
  .noise { stroke: #d5e0e5; }
}
"""


@dataclass(frozen=True, slots=True)
class Panel:
    """A number of every contestant, ours first; the title has its unit."""

    title: str
    bars: tuple[tuple[str, Spread], ...]

    @property
    def height(self) -> int:
        """How high it is drawn, with the gap below it."""
        return HEAD + STEP * len(self.bars) + GAP


def chart(panels: Sequence[Panel], alternative: str) -> str:
    """Draw the panels, row by row.

    Args:
        panels: what is drawn.
        alternative: what the picture says, in words.
    """
    parts: list[str] = []
    y = 0
    for at in range(0, len(panels), COLUMNS):
        line = panels[at : at + COLUMNS]
        for number, panel in enumerate(line):
            _draw(parts, panel, number * COLUMN, y)
        y += max(panel.height for panel in line)
    width = COLUMN * COLUMNS
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" '
        f'height="{y}" role="img">\n<title>{escape(alternative)}</title>\n'
        f"<style>{_STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _draw(parts: list[str], panel: Panel, x: int, y: int) -> None:
    parts.append(f'<text class="title" x="{x + 4}" y="{y + 18}">{escape(panel.title)}</text>')
    highest = max((one.high for _, one in panel.bars), default=0)
    scale = (COLUMN - LEFT - RIGHT) / highest if highest > 0 else 0
    for number, (name, one) in enumerate(panel.bars):
        kind = "peer" if number else "ours"
        _draw_bar(parts, (x + LEFT, y + HEAD + STEP * number), name, one, scale, kind)


def _draw_bar(
    parts: list[str], place: tuple[int, int], name: str, one: Spread, scale: float, kind: str
) -> None:
    x, y = place
    length, low, high = (max(0.0, each) * scale for each in (one.median, one.low, one.high))
    middle = y + BAR / 2
    parts += [
        f'<text x="{x - 8}" y="{y + 11}" text-anchor="end">{escape(name)}</text>',
        f'<rect class="{kind}" x="{x}" y="{y}" width="{max(1.0, length):.1f}" '
        f'height="{BAR}" rx="2"/>',
        f'<line class="noise" x1="{x + low:.1f}" x2="{x + high:.1f}" y1="{middle}" y2="{middle}"/>',
        f'<text x="{x + max(length, high) + 6:.1f}" y="{y + 11}">{plain(one.median)}</text>',
    ]
