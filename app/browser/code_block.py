"""A block of code on the screen: its language, its buttons, and its text for highlighting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.browser.dom_sink import Fitting
from app.browser.highlighting import CodeText, Highlighting
from app.browser.templates import clone
from app.markup.highlight import PLAIN, language_named
from app.markup.visible import visible

# More lines than this may be folded away: about a screen.
LONG: Final = 40


class CodeBlock:
    """A `pre` with a head.

    Args:
        highlighting: what colours the code.
    """

    wants_text = True

    def __init__(self, highlighting: Highlighting) -> None:
        self.outer = clone("code-block")
        self.inner: Any = self.outer.querySelector("pre")
        self._highlighting = highlighting
        self._text = CodeText(PLAIN)
        self._lines = 0

    def name_language(self, info: str) -> None:
        """Take the language that the fence names: `language-x`, as a class."""
        name = info.removeprefix("language-")
        language = language_named(name)
        self._text.language = language
        # A language that is not known is named as the model named it.
        is_known = language is not PLAIN or not name
        self.outer.querySelector(".code-language").textContent = (
            language.label if is_known else visible(name[:40])
        )
        self.outer.setAttribute("data-extension", language.extension)

    def set_attribute(self, name: str, value: str | None) -> None:
        """A `pre` has none."""

    def text_came(self, node: Any, text: str) -> None:
        """Take more of the code."""
        self._text.add(node, text)
        self._lines += text.count("\n")
        self._highlighting.grew(self._text, self.outer)

    def closed(self) -> None:
        """Let the last line be coloured, and long code be folded."""
        self._text.end()
        self._highlighting.grew(self._text, self.outer)
        self.outer.querySelector(".fold-code").hidden = self._lines <= LONG

    def opened_again(self) -> None:
        """Go on."""


def make_code(attributes: Mapping[str, str], around: Fitting | None) -> None:
    """Tell the block around a `code` which language it is in; the element needs nothing else."""
    if isinstance(around, CodeBlock):
        around.name_language(attributes.get("class", ""))
