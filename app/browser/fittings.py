"""Which elements of an answer are more than elements, and the sinks that make them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from app.browser.code_block import CodeBlock, make_code
from app.browser.data_table import make_table
from app.browser.dom_sink import DomSink, Fitting
from app.browser.formula import make_formula
from app.browser.highlighting import Highlighting
from app.browser.links import Anchor, make_picture


class SinkMaker:
    """Makes the sinks of a page; made once."""

    def __init__(self) -> None:
        self._highlighting = Highlighting()
        self._made = 0

    def new(self, root: Any) -> DomSink:
        """Make a sink that fills an empty element."""
        self._highlighting.sweep()
        self._made += 1
        number = self._made

        def make_anchor(attributes: Mapping[str, str], _around: Fitting | None) -> Anchor:
            return Anchor(attributes, number)

        def make_pre(_attributes: Mapping[str, str], _around: Fitting | None) -> CodeBlock:
            return CodeBlock(self._highlighting)

        return DomSink(
            root,
            number,
            {
                "a": make_anchor,
                "code": make_code,
                "div": partial(make_formula, "div"),
                "img": make_picture,
                "pre": make_pre,
                "span": partial(make_formula, "span"),
                "table": make_table,
            },
        )
