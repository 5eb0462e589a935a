"""A bar chart as SVG: groups of bars, the shorter the better, with the noise as a thin line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from tests.bench.render.figures import Spread, plain

WIDTH: Final = 860
LEFT, RIGHT = 170, 110  # room for the names and the numbers
BAR, STEP, GAP, HEAD = 15, 20, 14, 34  # heights: a bar, a line, between groups, a panel's title

# Both themes: the picture has no background of its own.
_STYLE: Final = """
text { font: 13px system-ui, sans-serif; fill: #33454e; }
.title { font-weight: 600; font-size: 14px; }
.group { fill: #5d717b; }
.ours { fill: #0b7285; }
.peer { fill: #a9bcc4; }
.noise { stroke: #33454e; stroke-width: 1.2; }
@media (prefers-color-scheme: dark) {
  text { fill: #d5e0e5; }
  .group { fill: #93a7b1; }
  .ours { fill: #3bc9db; }
  .peer { fill: #4c626d; }
  .noise { stroke: #d5e0e5; }
}
"""


@dataclass(frozen=True, slots=True)
class Group:
    """Bars under one name: a number of every contestant, ours first."""

    name: str
    bars: tuple[tuple[str, Spread], ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """Groups that share a scale and a unit, which the title names."""

    title: str
    groups: tuple[Group, ...]


def chart(panels: Sequence[Panel], alternative: str) -> str:
    """Draw the panels one below the other.

    Args:
        panels: what is drawn.
        alternative: what the picture says, in words.
    """
    parts: list[str] = []
    y = 4
    for panel in panels:
        y = _draw_panel(parts, panel, y)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" '
        f'height="{y}" role="img">\n<title>{escape(alternative)}</title>\n'
        f"<style>{_STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n"
    )


def _draw_panel(parts: list[str], panel: Panel, y: int) -> int:
    parts.append(f'<text class="title" x="4" y="{y + 18}">{escape(panel.title)}</text>')
    y += HEAD
    highest = max((one.high for group in panel.groups for _, one in group.bars), default=0)
    scale = (WIDTH - LEFT - RIGHT) / highest if highest > 0 else 0
    for group in panel.groups:
        if group.name:
            parts.append(f'<text class="group" x="4" y="{y + 10}">{escape(group.name)}</text>')
            y += STEP
        for number, (name, one) in enumerate(group.bars):
            _draw_bar(parts, y, name, one, scale, "peer" if number else "ours")
            y += STEP
        y += GAP
    return y


def _draw_bar(parts: list[str], y: int, name: str, one: Spread, scale: float, kind: str) -> None:
    length, low, high = (max(0.0, each) * scale for each in (one.median, one.low, one.high))
    middle = y + BAR / 2
    parts += [
        f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(name)}</text>',
        f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{max(1.0, length):.1f}" '
        f'height="{BAR}" rx="2"/>',
        f'<line class="noise" x1="{LEFT + low:.1f}" x2="{LEFT + high:.1f}" '
        f'y1="{middle}" y2="{middle}"/>',
        f'<text x="{LEFT + max(length, high) + 6:.1f}" y="{y + 12}">{plain(one.median)}</text>',
    ]
