"""A formula on the screen: MathML, or its source where that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import js

from app.browser.dom_sink import Fitting
from app.markup.math import ATTRIBUTES, TAGS, MathError, MathNode, read_formula
from app.markup.visible import visible

NAMESPACE: Final = "http://www.w3.org/1998/Math/MathML"


class Formula:
    """A `span` or `div` of the class `math`.

    Args:
        tag: which of them.
        kind: its class: `math`, or `math display`.
    """

    wants_text = False

    def __init__(self, tag: str, kind: str) -> None:
        self.outer = js.document.createElement(tag)
        self.outer.className = kind
        self.inner = js.document.createElement("code")
        self.inner.className = "tex"
        self.outer.appendChild(self.inner)
        self._is_display = tag == "div" or "display" in kind.split()
        self._drawn: Any = None

    def set_attribute(self, name: str, value: str | None) -> None:
        """It has none that changes."""

    def text_came(self, node: Any, text: str) -> None:
        """Its source is read at its end."""

    def closed(self) -> None:
        """Draw it. What cannot be drawn stays its source."""
        try:
            tree = read_formula(str(self.inner.textContent), self._is_display)
        except MathError as error:
            self.inner.title = f"This formula cannot be drawn: {visible(str(error))}"
            return
        self._drawn = _build(tree)
        self.outer.appendChild(self._drawn)
        self.inner.hidden = True

    def opened_again(self) -> None:
        """Show the source again."""
        if self._drawn is not None:
            self._drawn.remove()
            self._drawn = None
            self.inner.hidden = False


def _build(node: MathNode) -> Any:
    assert node.tag in TAGS, node.tag
    element = js.document.createElementNS(NAMESPACE, node.tag)
    for name, value in node.attributes:
        assert name in ATTRIBUTES, name
        element.setAttribute(name, value)
    if node.text:
        element.textContent = visible(node.text)
    for child in node.children:
        element.appendChild(_build(child))
    return element


def make_formula(
    tag: str, attributes: Mapping[str, str], _around: Fitting | None
) -> Formula | None:
    """Make the fitting of an element that is a formula."""
    kind = attributes.get("class", "")
    return Formula(tag, kind) if kind.split()[:1] == ["math"] else None
