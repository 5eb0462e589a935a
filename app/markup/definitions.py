"""Link reference definitions at the beginning of a paragraph, read as far as they have come.

Source: CommonMark 0.31.2, section 4.7.
"""

import re
from dataclasses import dataclass
from typing import Final

from markdown_it.helpers import parseLinkDestination, parseLinkTitle

from app.markup.links import Target, after_blanks, allowed_address, label_at, normal_label

_BLANKS_IN_LINE: Final = re.compile(r"[ \t]*")
_BEGINNING: Final = re.compile(r"[ \t\n]*\[(?:[^\[\]\\]|\\.){1,999}\]:", re.DOTALL)
_OPEN_LABEL: Final = re.compile(r"[ \t\n]*\[(?:[^\[\]\\]|\\.){0,999}\\?\Z", re.DOTALL)
_LABEL_END: Final = re.compile(r"(?:[^\[\]\\]|\\.)*[\[\]]", re.DOTALL)
# Where a title that has begun with a mark ends, or turns out to be none.
_TITLE_ENDS: Final = {
    '"': re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL),
    "'": re.compile(r"(?:[^'\\]|\\.)*'", re.DOTALL),
    "(": re.compile(r"(?:[^()\\]|\\.)*[()]", re.DOTALL),
}
TITLE_BEGINNINGS: Final = tuple(_TITLE_ENDS)


@dataclass(frozen=True, slots=True)
class Open:
    """More lines may make it a definition: the first that matches `end`, or the next one."""

    end: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition that ends before `end`; one without title may still get one there."""

    label: str
    target: Target
    end: int


def looks_like_one(text: str) -> bool:
    """Tell whether a text begins with `[label]:`."""
    return _BEGINNING.match(text) is not None


def read_definition(text: str, final: bool) -> Definition | Open | None:
    """Read the definition that complete lines begin with; `final`: no more lines follow."""
    found = _read(text, final)
    return None if final and isinstance(found, Open) else found


def _read(text: str, final: bool) -> Definition | Open | None:
    label = label_at(text, after_blanks(text, 0))
    if label is None:
        return Open(_LABEL_END) if _OPEN_LABEL.match(text) else None
    name, position = normal_label(label[0]), label[1]
    if not name or not text.startswith(":", position):
        return None
    position = after_blanks(text, position + 1)
    if position == len(text):
        return Open()
    destination = parseLinkDestination(text, position, len(text))
    address = allowed_address(destination.str) if destination.ok else None
    if address is None:
        return None
    return _with_title(text, name, Target(address), (destination.pos, final))


def _with_title(
    text: str, label: str, target: Target, after: tuple[int, bool]
) -> Definition | Open | None:
    position, final = after
    line_end = _line_end(text, position)
    bare = None if line_end is None else Definition(label, target, line_end)
    start = after_blanks(text, position)
    if start == position or start == len(text) or text[start] not in TITLE_BEGINNINGS:
        return bare
    title = parseLinkTitle(text, start, len(text))
    if not title.ok:
        may_close = title.can_continue and not final
        return Open(_TITLE_ENDS[text[start]]) if may_close else bare
    end = _line_end(text, title.pos)
    return bare if end is None else Definition(label, Target(target.address, title.str), end)


def _line_end(text: str, position: int) -> int | None:
    """Return where the next line begins if the rest of this one is blank."""
    blanks = _BLANKS_IN_LINE.match(text, position)
    end = blanks.end() if blanks else position
    if end == len(text):
        return end
    return end + 1 if text[end] == "\n" else None
