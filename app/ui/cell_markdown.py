"""What a table's cell says, as the Markdown that would draw it again."""

from __future__ import annotations

import re
from typing import Any, Final

_MARKS: Final = {"STRONG": "**", "EM": "*", "DEL": "~~"}
_TEXT_NODE: Final = 3
# What begins or ends something wherever it stands (not `[`: a backslash before it opens a formula),
# `_` only at the side of a word, `~` and `$` only with another one.
_SPECIAL: Final = re.compile(
    r"[\\`*\]<]|(?<![^\W_])_|_(?![^\W_])|~(?=~)|(?<=~)~|&(?=#?\w{1,32};)|\$(?=.*\$)|(?<=\$)\$"
)
_LINE_END: Final = re.compile(r"\s*\n\s*")
_TICKS: Final = re.compile("`+")


def cell_markdown(cell: Any) -> str:
    """Return the Markdown of a `th` or `td`, for a row of a table in GitHub's form."""
    # A bar inside a cell, in code as well, is one with a backslash before it (GFM 0.29, 4.10).
    return _LINE_END.sub(" ", _inside(cell)).strip().replace("|", "\\|")


def _inside(node: Any) -> str:
    return "".join(_written(child) for child in node.childNodes)


def _written(node: Any) -> str:
    if node.nodeType == _TEXT_NODE:
        return _SPECIAL.sub(r"\\\g<0>", str(node.textContent))
    name = str(node.nodeName).upper()
    mark = _MARKS.get(name, "")
    if name == "CODE":
        return _code(str(node.textContent))
    if name == "A":
        return _link(node)
    if name == "SPAN":
        return _special(str(node.getAttribute("class") or "").split(), node)
    return f"{mark}{_inside(node)}{mark}" if name != "BR" else " "


def _code(text: str) -> str:
    longest = max((len(run) for run in _TICKS.findall(text)), default=0)
    ticks = "`" * (longest + 1)
    ends = text[:1] + text[-1:]
    pad = " " if "`" in ends or ends == "  " else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _link(link: Any) -> str:
    if "footnote-ref" in str(link.getAttribute("class") or "").split():
        return f"[^{link.textContent}]"
    address = link.getAttribute("href") or link.getAttribute("data-address")
    text = _inside(link)
    words = str(link.textContent)
    if not address:
        return text
    if address in (words, f"http://{words}", f"mailto:{words}"):
        return words  # a bare address is a link by itself
    return f"[{text}](<{address}>)" if re.search(r"[\s()]", address) else f"[{text}]({address})"


def _special(classes: list[str], span: Any) -> str:
    if "math" in classes:
        return f"${span.querySelector('.tex').textContent}$"
    if "picture" in classes:
        address = span.querySelector("button").getAttribute("data-address") or ""
        return f"![{span.querySelector('.picture-alt').textContent}](<{address}>)"
    return "" if "link-host" in classes else _inside(span)
