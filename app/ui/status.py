"""The line under an answer, in a person's words: where it stands, and what befell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.chat.phases import Phase
from app.chat.turn import Turn

# What the line says; a phase that is left out says nothing.
_WORDS: Final[Mapping[Phase, str]] = {
    Phase.CONNECTING: "connecting",
    Phase.RESPONDED: "reading the question",
    Phase.STREAMING: "writing",
    Phase.RESUMING: "reconnecting",
    Phase.WAITING: "trying again",
    Phase.PARKED: "offline, will go on by itself",
    Phase.STOPPED: "stopped",
    Phase.INCOMPLETE: "incomplete",
}
# Instead, once there is text and the answer goes on elsewhere.
_WORDS_AGAIN: Final[Mapping[Phase, str]] = {
    Phase.CONNECTING: "asking again",
    Phase.RESPONDED: "reading on",
    Phase.WAITING: "reconnecting",
}
# Instead, once such a phase has taken long: what is waited for, without a guess at the reason.
_SLOW_WORDS: Final[Mapping[Phase, str]] = {
    Phase.CONNECTING: "waiting for the server",
    Phase.RESPONDED: "waiting for the answer",
}
# After this long in a phase, in milliseconds.
SLOW: Final[Mapping[Phase, float]] = {Phase.CONNECTING: 10_000.0, Phase.RESPONDED: 30_000.0}

# What it says under an answer that the server ended because it was long enough.
AT_LIMIT: Final = "ended at the length limit"
# Phases in which it is worth saying that an answer was read on.
_READ_ON: Final = frozenset({Phase.RESPONDED, Phase.STREAMING, Phase.DONE})
# What may be pressed while it waits.
_WAITS: Final = frozenset({Phase.WAITING, Phase.PARKED})


@dataclass(frozen=True, slots=True)
class Status:
    """What the line says: a word for the state, a note on what befell the answer, what may be done.

    `may_try_now`: it waits, and need not.
    """

    word: str
    note: str = ""
    may_try_now: bool = False


def status_of(turn: Turn, now: float, phase_since: float) -> Status:
    """Give the line for a turn.

    Args:
        turn: the turn.
        now: the time on its clock, in milliseconds.
        phase_since: when it came to its phase.
    """
    return Status(_word(turn, now, phase_since), _note(turn), turn.phase in _WAITS)


def _word(turn: Turn, now: float, phase_since: float) -> str:
    phase = turn.phase
    if turn.is_at_limit:
        return AT_LIMIT
    if turn.is_silent:
        return f"no sign of life for {_duration(turn.silence(now))}"
    word = _WORDS.get(phase, "")
    if turn.text:
        word = _WORDS_AGAIN.get(phase, word)
    elif now - phase_since > SLOW.get(phase, float("inf")):
        word = _SLOW_WORDS[phase]
    if phase is Phase.WAITING and turn.next_try_at is not None:
        return f"{word} in {_duration(max(turn.next_try_at - now, 0.0))}"
    return word


def _note(turn: Turn) -> str:
    if turn.phase is Phase.WAITING and turn.trouble is not None:
        return turn.trouble.happened
    if turn.is_continued:
        return "continued: it may not be what was cut off"
    if turn.resumed_at is not None and turn.phase in _READ_ON:
        where = f"resumed at byte {turn.resumed_at:,}" if turn.resumed_at else "taken up again"
        return f"{where} · nothing lost"
    return ""


def _duration(milliseconds: float) -> str:
    seconds = max(round(milliseconds / 1000), 1)
    if seconds < 120:
        return f"{seconds} s"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
