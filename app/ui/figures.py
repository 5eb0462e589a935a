"""The numbers under an answer: how long, how much, how fast."""

from dataclasses import dataclass
from typing import Final

from app.chat.phases import ENDED, Phase
from app.chat.turn import Turn

# English text has about four characters a token; good enough for a rate that says "about".
_CHARACTERS_PER_TOKEN: Final = 4.0
# A rate over less than this is noise, in milliseconds.
_SHORTEST_RATE: Final = 500.0
# A lower one reads as none at all, in tokens per second.
_LOWEST_RATE: Final = 1.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of an answer; None is not known. Times are in milliseconds."""

    elapsed: float
    first_text_after: float | None = None
    output_tokens: int | None = None
    tokens_per_second: float | None = None
    is_final: bool = False


def figures_of(turn: Turn, now: float) -> Figures:
    """Give a turn's figures at a time on its clock.

    While it is written the rate is estimated from the length of the text. At the end it is the
    server's own count over the time of writing, or unknown if the server does not count.
    """
    if turn.started_at is None:
        return Figures(0.0)
    end = now if turn.ended_at is None else turn.ended_at
    first = turn.first_text_at
    tokens = turn.usage.output_tokens if turn.usage else None
    is_final = turn.phase in ENDED
    has_rate = is_final or turn.phase is Phase.STREAMING  # while it reconnects there is none
    return Figures(
        elapsed=end - turn.started_at,
        first_text_after=None if first is None else first - turn.started_at,
        output_tokens=tokens,
        tokens_per_second=_rate(turn, tokens, is_final, end - first)
        if has_rate and first
        else None,
        is_final=is_final,
    )


def words_of(figures: Figures) -> str:
    """Say the figures in a line: "7.4 s · about 88 tokens/s"."""
    rate = figures.tokens_per_second
    parts = []
    if figures.is_final and figures.output_tokens is not None:
        parts.append("1 token" if figures.output_tokens == 1 else f"{figures.output_tokens} tokens")
    else:
        parts.append(f"{figures.elapsed / 1000:.1f} s")
    if figures.is_final and figures.first_text_after is not None:
        parts.append(f"first after {figures.first_text_after / 1000:.2f} s")
    if rate is not None and rate >= _LOWEST_RATE:
        parts.append(f"{'' if figures.is_final else 'about '}{rate:.0f} tokens/s")
    return " · ".join(parts)


def _rate(turn: Turn, tokens: int | None, is_final: bool, duration: float) -> float | None:
    if duration < _SHORTEST_RATE:
        return None
    if not is_final:
        return len(turn.text) / _CHARACTERS_PER_TOKEN / duration * 1000
    # Tokens of reasoning are counted too, and were written before the first text.
    return None if tokens is None or turn.reasoning else tokens / duration * 1000
