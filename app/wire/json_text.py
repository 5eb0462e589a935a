"""JSON that came from outside: parsed with a guard, read without trust in its types."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from itertools import accumulate

# Deepest nesting that is parsed. In Pyodide json.loads ends the interpreter at about
# 20,000 levels, where CPython raises RecursionError; answers nest fewer than 20.
MAX_DEPTH = 500

# Largest whole number that a float holds exactly: arithmetic on it cannot overflow.
MAX_COUNT = 2**53

# All but brackets outside strings. Possessive throughout, and the closing quote is
# optional: an unfinished string is passed once, not once for every quote inside it.
_NOT_BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[^"\[\]{}]++', re.DOTALL)
# What stands between two elements.
_AFTER = re.compile(r"[ \t\n\r,]*")
_STEP = {"[": 1, "{": 1, "]": -1, "}": -1}
# RFC 8259, section 2; str.strip() by itself knows many more.
BLANKS = " \t\n\r"
# Without the look at its argument and the two searches for blanks of json.loads.


def _refuse(word: str) -> object:
    raise json.JSONDecodeError(f"{word} is not JSON", word, 0)


_DECODER = json.JSONDecoder(parse_constant=_refuse)
# For numbers of thousands of digits, which int() refuses and JSON.parse takes for infinite.
_MOST_DIGITS = 400
_LENIENT = json.JSONDecoder(
    parse_constant=_refuse,
    parse_int=lambda digits: int(digits) if len(digits) < _MOST_DIGITS else float(digits),
)


class MalformedJson(ValueError):  # noqa: N818 - the name says what the text is
    """The text is not JSON, or is nested too deeply to be parsed safely."""


def parse_json(text: str) -> object:
    """Return the value of a JSON text from outside.

    Raises:
        MalformedJson: it is not JSON, or nested deeper than MAX_DEPTH.
    """
    if _is_too_deep(text):
        raise MalformedJson(f"nested deeper than {MAX_DEPTH} levels")
    try:
        text = text.strip(BLANKS)
        value, end = _decoded(text, 0)
    except (ValueError, RecursionError) as error:
        raise MalformedJson(f"not JSON: {error}") from error
    if end < len(text):
        raise MalformedJson(f"not JSON: more follows after character {end}")
    return value


def parse_start(text: str) -> object:
    """Return the value that a text begins with, whatever follows it.

    Raises:
        MalformedJson: it does not begin with JSON, or is nested deeper than MAX_DEPTH.
    """
    if _is_too_deep(text):
        raise MalformedJson(f"nested deeper than {MAX_DEPTH} levels")
    try:
        value, _end = _decoded(text.lstrip(BLANKS), 0)
    except (ValueError, RecursionError) as error:
        raise MalformedJson(f"not JSON: {error}") from error
    return value


def parse_elements(text: str) -> list[object]:
    """Return the elements that are whole in a JSON array that was cut short; none of others.

    Gemini streams an array where no event stream is asked for.
    """
    elements: list[object] = []
    text = text.strip(BLANKS)
    if not text.startswith("[") or _is_too_deep(text):
        return elements
    try:
        start = 1
        while gap := _AFTER.match(text, start):
            element, start = _decoded(text, gap.end())
            elements.append(element)
    except (ValueError, RecursionError):
        pass
    return elements


def _decoded(text: str, start: int) -> tuple[object, int]:
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError:
        raise
    except ValueError:
        value, end = _LENIENT.raw_decode(text, start)
    return value, end


def to_json(value: object) -> str:
    """Return a value, such as a tool's arguments, as JSON text."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        # A number beyond all floats was read as infinite, which JSON has no word for.
        return json.dumps(_finite(value), ensure_ascii=False)


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {key: _finite(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_finite(held) for held in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def as_text(value: object) -> str:
    """Return the value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def as_object(value: object) -> Mapping[str, object]:
    """Return the value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_array(value: object) -> Sequence[object]:
    """Return the value if it is a JSON array, else an empty one."""
    return value if isinstance(value, list) else ()


def as_count(value: object) -> int | None:
    """Return the value if it is a whole number from 0 to MAX_COUNT, else None."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= MAX_COUNT else None


def _is_too_deep(text: str) -> bool:
    return text.count("[") + text.count("{") > MAX_DEPTH and _depth(text) > MAX_DEPTH


def _depth(text: str) -> int:
    brackets = _NOT_BRACKETS.sub("", text)
    return max(accumulate(map(_STEP.__getitem__, brackets)), default=0)
