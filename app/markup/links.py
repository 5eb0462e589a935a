"""What follows the `]` of a link or image, finished or not, and addresses as they are shown.

Source: CommonMark 0.31.2, section 6.3; markdown-it-py's helpers read destinations and titles.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markdown_it.common.normalize_url import normalizeLink, normalizeLinkText, validateLink
from markdown_it.common.utils import normalizeReference
from markdown_it.helpers import parseLinkDestination, parseLinkTitle

# CommonMark's own bound on a label.
MAX_LABEL: Final = 999
# The longest address with its title: while it is unfinished it is hidden, and read anew.
MAX_OPEN_TAIL: Final = 2048

_BLANKS: Final = re.compile(r"[ \t\n]*")
_LABEL: Final = re.compile(r"\[((?:[^\[\]\\]|\\.){0,999})\]", re.DOTALL)
_OPEN_LABEL: Final = re.compile(r"\[(?:[^\[\]\\]|\\.){0,999}\\?\Z", re.DOTALL)
# What may become `(address "title")` when more comes; wider than links are.
_OPEN_TAIL: Final = re.compile(
    r"""\([ \t\n]*(?:
        (?:<(?:[^<>\n\\]|\\.)*>?|[^ \t\n<][^ \t\n]*)?
        (?:[ \t\n]+(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|\((?:[^()\\]|\\.)*\)?)?)?
        [ \t\n]*
    )?\\?\Z""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link or image leads: an address as it stands in `href`, and a title or ""."""

    address: str
    title: str = ""


def inline_tail(source: str, position: int) -> tuple[Target, int] | None:
    """Read `(address "title")`; return it and the position after it, or None if it is none."""
    if not source.startswith("(", position):
        return None
    opening, end = position, len(source)
    position = after_blanks(source, position + 1)
    address, title = "", ""
    destination = parseLinkDestination(source, position, end)
    if destination.ok:
        allowed = allowed_address(destination.str)
        if allowed is None:
            return None
        address = allowed
        start = destination.pos
        position = after_blanks(source, start)
        if position != start:
            reading = parseLinkTitle(source, position, end)
            if reading.ok:
                title, position = reading.str, after_blanks(source, reading.pos)
    if not source.startswith(")", position) or position - opening >= MAX_OPEN_TAIL:
        return None
    return Target(address, title), position + 1


def may_become_a_tail(source: str, position: int) -> bool:
    """Tell whether all that follows a `]` may be the beginning of a link's address or label."""
    if len(source) - position > MAX_OPEN_TAIL:
        return False
    if position == len(source):
        return True
    pattern = _OPEN_TAIL if source[position] == "(" else _OPEN_LABEL
    return pattern.match(source, position) is not None


def label_at(source: str, position: int) -> tuple[str, int] | None:
    """Read `[label]`, perhaps an empty one; return the label and the position after it."""
    match = _LABEL.match(source, position)
    return (match.group(1), match.end()) if match else None


def normal_label(label: str) -> str:
    """Return the label in the form in which labels are compared."""
    return str(normalizeReference(label))


def after_blanks(source: str, position: int) -> int:
    """Return the next position that holds no space, tab or line end."""
    match = _BLANKS.match(source, position)
    return match.end() if match else position


@lru_cache(maxsize=512)
def allowed_address(address: str) -> str | None:
    """Return the address percent-encoded for `href`, or None if its scheme is refused."""
    encoded = str(normalizeLink(address))
    return encoded if validateLink(encoded) else None


@lru_cache(maxsize=512)
def readable_address(address: str) -> str:
    """Return the address of an autolink as it is shown."""
    return str(normalizeLinkText(address))
