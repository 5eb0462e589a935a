"""Characters written by their name or number: `&amp;`, `&#38;`, `&#x26;`.

Source: CommonMark 0.31.2, 2.5; the names are HTML's.
"""

import re
from typing import Final

from markdown_it.common.entities import entities
from markdown_it.common.utils import fromCodePoint, isValidEntityCode

_REFERENCE: Final = re.compile(
    r"&(?:#([xX][0-9a-fA-F]{1,6}|[0-9]{1,7})|([a-zA-Z][a-zA-Z0-9]{1,31}));"
)


def reference_at(source: str, position: int) -> tuple[str, int] | None:
    """Read the reference that begins here.

    Returns:
        What it stands for, and where it ends; None if there is none. A number that is no
        character's stands for U+FFFD.
    """
    match = _REFERENCE.match(source, position)
    if match is None:
        return None
    number, name = match.groups()
    text = entities.get(name) if number is None else _numbered(number)
    return None if text is None else (text, match.end())


def _numbered(number: str) -> str:
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    return fromCodePoint(code if isValidEntityCode(code) else 0xFFFD)
