"""Link reference definitions at the beginning of a paragraph, read as far as they have come.

Source: CommonMark 0.31.2, section 4.7.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from markdown_it.helpers import parseLinkDestination, parseLinkTitle

from app.markup.links import Target, after_blanks, allowed_address, label_at, normal_label

_BLANKS_IN_LINE: Final = re.compile(r"[ \t]*")
_BEGINNING: Final = re.compile(r"[ \t\n]*\[(?:[^\[\]\\]|\\.){1,999}\]:", re.DOTALL)
_OPEN_LABEL: Final = re.compile(r"[ \t\n]*\[(?:[^\[\]\\]|\\.){0,999}\\?\Z", re.DOTALL)
TITLE_BEGINNINGS: Final = ('"', "'", "(")


class Absence(Enum):
    """Why there is no definition."""

    NONE = "the text begins with none"
    OPEN = "more lines may make it one"


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition that ends before `end`; one without title may still get one there."""

    label: str
    target: Target
    end: int


def looks_like_one(text: str) -> bool:
    """Tell whether a text begins with `[label]:`."""
    return _BEGINNING.match(text) is not None


def read_definition(text: str, final: bool) -> Definition | Absence:
    """Read the definition that complete lines begin with; `final`: no more lines follow."""
    found = _read(text, final)
    return Absence.NONE if final and found is Absence.OPEN else found


def _read(text: str, final: bool) -> Definition | Absence:
    label = label_at(text, after_blanks(text, 0))
    if label is None:
        return Absence.OPEN if _OPEN_LABEL.match(text) else Absence.NONE
    name, position = normal_label(label[0]), label[1]
    if not name or not text.startswith(":", position):
        return Absence.NONE
    position = after_blanks(text, position + 1)
    if position == len(text):
        return Absence.OPEN
    destination = parseLinkDestination(text, position, len(text))
    address = allowed_address(destination.str) if destination.ok else None
    if address is None:
        return Absence.NONE
    return _with_title(text, name, Target(address), (destination.pos, final))


def _with_title(
    text: str, label: str, target: Target, after: tuple[int, bool]
) -> Definition | Absence:
    position, final = after
    line_end = _line_end(text, position)
    bare = Absence.NONE if line_end is None else Definition(label, target, line_end)
    start = after_blanks(text, position)
    if start == position or start == len(text) or text[start] not in TITLE_BEGINNINGS:
        return bare
    title = parseLinkTitle(text, start, len(text))
    if not title.ok:
        return Absence.OPEN if title.can_continue and not final else bare
    end = _line_end(text, title.pos)
    return bare if end is None else Definition(label, Target(target.address, title.str), end)


def _line_end(text: str, position: int) -> int | None:
    """Return where the next line begins if the rest of this one is blank."""
    blanks = _BLANKS_IN_LINE.match(text, position)
    end = blanks.end() if blanks else position
    if end == len(text):
        return end
    return end + 1 if text[end] == "\n" else None
