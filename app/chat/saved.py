"""What of a turn outlives its page."""

import json
import math
from dataclasses import asdict, dataclass, field, fields
from typing import get_args

from app.chat.trouble import Trouble
from app.chat.ways import START
from app.wire import Cursor, Ending, Usage
from app.wire.json_text import as_count, as_object, as_text
from app.wire.surrogates import well_formed

_ENDINGS: dict[str, Ending] = {name: name for name in get_args(Ending)}


@dataclass(frozen=True, slots=True)
class Times:
    """When a turn began, wrote its first text and ended, in milliseconds since 1970."""

    started_at: float | None = None
    first_text_at: float | None = None
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class SavedTurn:
    """A turn as it was last put away.

    `posts` counts the requests made for it, of which the last one runs or ran; `cursor` says how
    far that one was read. `phase` is the name of the phase. `beginning`: what that request went on
    from, where it did, and `cut_text` what was shown then; `is_continued`: the text has such a
    part. `held_text`: half a character that the text ends with, and that nobody has been shown.
    """

    text: str = ""
    reasoning: str = ""
    posts: int = 0
    answer_id: str = ""
    cursor: Cursor = START
    phase: str = "connecting"
    has_calls: bool = False
    is_continued: bool = False
    beginning: str = ""
    cut_text: str = ""
    held_text: str = ""
    times: Times = field(default_factory=Times)
    usage: Usage | None = None
    ending: Ending | None = None
    trouble: Trouble | None = None
    not_before: float | None = None


def saved_to_json(saved: SavedTurn) -> str:
    """Return it as JSON text, in ASCII: that holds halves of characters, and crosses quickly."""
    return json.dumps(asdict(saved))


def saved_from(value: object) -> SavedTurn:
    """Return what a JSON value says of a turn; what is missing or odd is as at the start."""
    held = as_object(value)
    cursor = as_object(held.get("cursor"))
    return SavedTurn(
        text=as_text(held.get("text")),
        reasoning=as_text(held.get("reasoning")),
        posts=as_count(held.get("posts")) or 0,
        # Names go into addresses and headers, which hold whole characters only.
        answer_id=well_formed(as_text(held.get("answer_id"))),
        cursor=Cursor(
            as_count(cursor.get("received_bytes")) or 0,
            well_formed(as_text(cursor.get("last_event_id"))),
            as_count(cursor.get("sequence_number")),
        ),
        phase=as_text(held.get("phase")) or "connecting",
        has_calls=held.get("has_calls") is True,
        is_continued=held.get("is_continued") is True,
        beginning=as_text(held.get("beginning")),
        cut_text=as_text(held.get("cut_text")),
        held_text=as_text(held.get("held_text")),
        times=Times(*(_time(held.get("times"), each.name) for each in fields(Times))),
        usage=_usage(held.get("usage")),
        ending=_ENDINGS.get(as_text(held.get("ending"))),
        trouble=_trouble(held.get("trouble")),
        not_before=_time(held, "not_before"),
    )


def _time(times: object, name: str) -> float | None:
    value = as_object(times).get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _trouble(value: object) -> Trouble | None:
    if not isinstance(value, dict):
        return None
    happened, safe, remedy, cause = (
        as_text(value.get(name)) for name in ("happened", "safe", "remedy", "cause")
    )
    return Trouble(happened, safe, remedy, cause, value.get("retryable") is True)


def _usage(value: object) -> Usage | None:
    if not isinstance(value, dict):
        return None
    return Usage(as_count(value.get("input_tokens")), as_count(value.get("output_tokens")))
