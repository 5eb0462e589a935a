"""Medians, percentiles and ratios, and how they are written."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share (0 to 1) of all does not exceed.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def slope(values: Sequence[float]) -> float:
    """Return the growth from one value to the next: the line of least squares."""
    if len(values) < 2:
        return 0.0
    return statistics.linear_regression(range(len(values)), values).slope


def blocking(tasks: Sequence[float]) -> float:
    """Return the total blocking time of tasks: what each has above 50 ms."""
    return sum(max(0.0, each - 50) for each in tasks)


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some rounds, and how far they lie apart: the noise."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Sum rounds up; there has to be one."""
        return cls(statistics.median(values), min(values), max(values))

    def shown(self) -> str:
        """Write it as median (lowest-highest)."""
        return f"{plain(self.median)} ({plain(self.low)}-{plain(self.high)})"


def plain(value: float) -> str:
    """Write a number with about three figures, never as a power of ten."""
    if abs(value) >= 100 or value == 0:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Return ours / theirs of every round; where theirs is nothing there is no ratio."""
    return [a / b for a, b in zip(ours, theirs, strict=False) if b > 0]
