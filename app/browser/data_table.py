"""A table on the screen: it scrolls in itself, and can be copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.browser.dom_sink import Fitting
from app.browser.templates import clone


class DataTable:
    """A `table` with its buttons."""

    wants_text = False

    def __init__(self) -> None:
        self.outer = clone("data-table")
        self.inner: Any = self.outer.querySelector("table")

    def set_attribute(self, name: str, value: str | None) -> None:
        """A `table` has none."""

    def text_came(self, node: Any, text: str) -> None:
        """Its text is read when it is copied."""

    def closed(self) -> None:
        """It is complete."""

    def opened_again(self) -> None:
        """Go on."""


def make_table(_attributes: Mapping[str, str], _around: Fitting | None) -> DataTable:
    """Make the fitting of a `table`."""
    return DataTable()
