"""What a single setting may be: each check returns the value or says what it must be.

A check raises `UnfitError`; the words are completed to a sentence by the reader of the settings,
which knows whether the value stands in the file or in the page's address.
"""

import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TypeVar

from app.chat.origins import is_origin, origin_of

T = TypeVar("T")
Name = TypeVar("Name", bound=str)

# Longest piece of a foreign value or name that a message repeats, in characters.
_SHOWN = 60

# RFC 5646 section 2.1 without reserved, private and irregular tags.
_LANGUAGE = re.compile(r"auto|[a-z]{2,3}(?:-[a-z0-9]{1,8})*", re.IGNORECASE | re.ASCII)


class UnfitError(ValueError):
    """A value does not fit: what it must be, what was found, and perhaps a suggestion."""

    def __init__(self, must_be: str, found: str, suggestion: str = "") -> None:
        super().__init__(f"must be {must_be}; {found}.{suggestion}")


def text(value: object) -> str:
    """Accept any text."""
    if not isinstance(value, str):
        raise UnfitError("text", _found(value))
    return value


def filled_text(value: object) -> str:
    """Accept text that holds more than blanks."""
    if not isinstance(value, str) or not value.strip():
        raise UnfitError("text that is not empty", _found(value))
    return value


def endpoint(value: object) -> str:
    """Accept the base address of a model server."""
    if not isinstance(value, str) or origin_of(value) is None:
        must_be = "a plain address that begins with http:// or https://"
        raise UnfitError(must_be, _found(value))
    return value


def origins(value: object) -> tuple[str, ...]:
    """Accept a list of origins; they come back in the form a browser gives them."""
    must_be = 'a list of origins such as "https://models.example" (no path, no *)'
    texts = _each_text(value, must_be, is_origin)
    return tuple(origin for item in texts if (origin := origin_of(item)) is not None)


def filled_texts(value: object) -> tuple[str, ...]:
    """Accept a list of texts, none of them empty."""
    return _each_text(value, "a list of texts that are not empty", lambda item: bool(item.strip()))


def language(value: object) -> str:
    """Accept "auto" or a language tag."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        raise UnfitError('"auto" or a language tag such as "en" or "pt-BR"', _found(value))
    return value


def one_of(names: Iterable[Name]) -> Callable[[object], Name]:
    """Make a check that accepts one of the given texts."""
    known = {str(name): name for name in names}

    def check(value: object) -> Name:
        if not isinstance(value, str) or value not in known:
            raise UnfitError(_choice((*known,)), _found(value), did_you_mean(value, known))
        return known[value]

    return check


def some_of(names: Iterable[str]) -> Callable[[object], tuple[str, ...]]:
    """Make a check that accepts a list of the given texts."""
    known = tuple(names)

    def check(value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise UnfitError("a list of names", _found(value))
        for item in value:
            if not isinstance(item, str) or item not in known:
                found = f"it holds {shown(item)}"
                raise UnfitError(f"a list of {_choice(known)}", found, did_you_mean(item, known))
        return tuple(value)

    return check


def whole_number(low: int, high: int, unit: str = "") -> Callable[[object], int]:
    """Make a check that accepts a whole number from `low` to `high`, both included."""

    def check(value: object) -> int:
        # bool is an int in Python, not in TOML.
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise UnfitError(f"a whole number from {low} to {high}{unit}", _found(value))
        return value

    return check


def number(low: float, high: float) -> Callable[[object], float]:
    """Make a check that accepts a number from `low` to `high`, both included."""

    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise UnfitError(f"a number from {low:g} to {high:g}", _found(value))
        if not low <= value <= high:
            raise UnfitError(f"a number from {low:g} to {high:g}", _found(value))
        return float(value)

    return check


def switch(value: object) -> bool:
    """Accept true or false."""
    if not isinstance(value, bool):
        raise UnfitError("true or false", _found(value))
    return value


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Suggest the nearest known name in a sentence of its own, or nothing."""
    if not isinstance(name, str):
        return ""
    near = get_close_matches(name[:_SHOWN].lower(), list(known), n=1)
    return f' Did you mean "{near[0]}"?' if near else ""


def shown(value: object) -> str:
    """Repeat a foreign value in a message, shortened; tables and lists by their kind alone."""
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= _SHOWN else f'"{value[:_SHOWN]}…"'
    if isinstance(value, bool):
        return "true" if value else "false"
    # str() of a very long integer raises ValueError.
    if isinstance(value, int):
        return str(value) if value.bit_length() <= 64 else "a very large number"
    if isinstance(value, float):
        return str(value)
    if isinstance(value, list):
        return "a list"
    return "a table" if isinstance(value, dict) else "a date or time"


def _each_text(value: object, must_be: str, fits: Callable[[str], bool]) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise UnfitError(must_be, _found(value))
    for number, item in enumerate(value, start=1):
        if not isinstance(item, str) or not fits(item):
            raise UnfitError(must_be, f"entry {number} is {shown(item)}")
    return tuple(value)


def _found(value: object) -> str:
    return f"it is {shown(value)}"


def _choice(names: tuple[str, ...]) -> str:
    *first, last = (f'"{name}"' for name in names)
    return f"{', '.join(first)} or {last}" if first else last
