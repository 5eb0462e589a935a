"""What was measured, kept in a file: a run replaces the rows it measures and leaves the others."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.bench.render.measures import QUOTIENTS, Row

Values = dict[str, list[float]]  # of every round, by contestant


@dataclass(frozen=True, slots=True)
class Entry:
    """A row's numbers, and when and under which load they were measured."""

    values: Values
    day: str
    load: float


@dataclass(slots=True)
class Results:
    """Numbers by row, by the row's words."""

    entries: dict[str, Entry] = field(default_factory=dict)

    def add(self, row: Row, contestant: str, values: Sequence[float]) -> None:
        """Add rounds of one contestant."""
        day = time.strftime("%Y-%m-%d")
        entry = self.entries.setdefault(row.what, Entry({}, day, os.getloadavg()[0]))
        entry.values.setdefault(contestant, []).extend(values)

    def divide(self) -> None:
        """Work out the rows that are quotients of others."""
        for quotient in QUOTIENTS:
            over, under = self.entries.get(quotient.over), self.entries.get(quotient.under)
            if over is None or under is None:
                continue
            self.entries.pop(quotient.row.what, None)
            for name, values in over.values.items():
                pairs = zip(values, under.values.get(name, []), strict=False)
                self.add(quotient.row, name, [a / b for a, b in pairs if b > 0])

    def take_over(self, newer: Results) -> None:
        """Replace what is newer."""
        self.entries |= newer.entries

    def save(self, path: Path) -> None:
        """Write all to a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        every = {what: asdict(entry) for what, entry in self.entries.items()}
        path.write_text(json.dumps(every, indent=1))

    @classmethod
    def load(cls, path: Path) -> Results:
        """Read a file; if there is none, nothing was measured yet."""
        if not path.is_file():
            return cls()
        every = json.loads(path.read_text())
        return cls({what: Entry(**entry) for what, entry in every.items()})
