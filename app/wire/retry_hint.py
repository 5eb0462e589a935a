"""How long a server wants to be left alone: from its headers, or from what an error body says.

Sources: RFC 9110, section 10.2.3 (Retry-After); the header `retry-after-ms` of OpenAI and Azure;
google.rpc.RetryInfo (`retryDelay`). A page sees a header of another origin only where the server
exposes it, so the words of the message are looked at too.
"""

import math
import re
from collections.abc import Mapping
from email.utils import mktime_tz, parsedate_tz

from app.wire.json_text import as_array, as_object, as_text

# Longest wait that is believed, in milliseconds: two weeks; browsers' timers end at 24 days.
LONGEST_MS = 14 * 24 * 60 * 60 * 1000

_UNITS_MS = {
    "milli": 1.0, "ms": 1.0, "s": 1000.0, "m": 60_000.0, "h": 3_600_000.0, "d": 86_400_000.0,
}  # fmt: skip
_AMOUNT = (
    r"\d{1,9}(?:\.\d{1,9})?\s?"
    r"(?:milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)"
)
# "Please try again in 6m0.5s", "retry after 20 seconds", "wait 1 minute and 30 seconds before"
_WORDS = re.compile(
    rf"(?:again|retry|wait)(?:ing)?(?:\s(?:in|after|for))*\s"
    rf"({_AMOUNT}(?:(?:,?\sand\s|,\s|\s)?{_AMOUNT}){{0,4}})(?![a-z])",
    re.IGNORECASE,
)
_PART = re.compile(r"(\d+(?:\.\d+)?)\s?(milli|ms|m|s|h|d)", re.IGNORECASE)


def header_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Return the wait that a response's headers ask for, in milliseconds, or None.

    Args:
        headers: their names in any case.
        now: the time in milliseconds since 1970, for a Retry-After that is a date.
    """
    known = {name.lower(): value.strip() for name, value in headers.items()}
    for name, unit in (("retry-after-ms", 1.0), ("retry-after", 1000.0)):
        # Sent twice it comes joined by a comma, which a date has as well.
        waits = [_number(part.strip(), unit) for part in known.get(name, "").split(",")]
        if None not in waits:
            return max(wait for wait in waits if wait is not None)
    try:
        date = parsedate_tz(known.get("retry-after", ""))
        # A date without a zone is in GMT, whatever the zone of this device.
        return date and _bounded(mktime_tz((*date[:9], date[9] or 0)) * 1000 - now)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def body_wait(error: Mapping[str, object], message: str) -> float | None:
    """Return the wait that an error asks for, in milliseconds, or None.

    Args:
        error: the error as a JSON object.
        message: its words.
    """
    for name, unit in (
        ("retry_after_ms", 1.0),
        ("retry_after", 1000.0),
        ("retry_after_seconds", 1000.0),
    ):
        wait = _number(error.get(name), unit)
        if wait is not None:
            return wait
    for detail in map(as_object, as_array(error.get("details"))):
        delay = as_text(detail.get("retryDelay"))
        if delay:
            return _duration(delay)
    return words_wait(message)


def words_wait(message: str) -> float | None:
    """Return the wait that a message speaks of, in milliseconds, or None."""
    found = _WORDS.search(message)
    return _duration(found[1] or found[6]) if found else None


def _number(value: object, unit_ms: float) -> float | None:
    if isinstance(value, str):
        try:
            value = float(value) if value.isascii() and len(value) < 20 else None
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _bounded(value * unit_ms) if math.isfinite(value) and value >= 0 else None


def _duration(words: str) -> float | None:
    parts = _PART.findall(words)
    if not parts:
        return None
    return _bounded(sum(float(amount) * _UNITS_MS[unit.lower()] for amount, unit in parts))


def _bounded(wait: float) -> float:
    return min(max(wait, 0.0), LONGEST_MS)
