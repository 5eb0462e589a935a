"""Where a continued answer joins what is there.

A model that is given the beginning of an answer may repeat all of it (llama.cpp's usual prefill),
repeat its last words, or begin in mid-word. The text is joined only when that is decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# Shortest repetition that is taken for one, in characters: shorter ones happen by themselves.
LEAST_OVERLAP = 12
# Longest one that is looked for; so much of a continuation is held back at its start.
MOST_OVERLAP = 200


def beginning_of(text: str) -> str:
    """Return the part of a cut text that a model is given to go on from.

    Without the last word, which may be half a one (half a token continues badly), and without
    blanks at the end, which some servers refuse.
    """
    whole = text.rstrip()
    if whole != text:
        return whole
    words = whole.rsplit(None, 1)
    # One endless word, or a script that puts no blanks between words: nothing to drop.
    return words[0] if len(words) == 2 and len(words[1]) <= 40 else whole


@dataclass(frozen=True, slots=True)
class Joined:
    """What is to be shown: `text` after what is there, or in its place if `replaces`."""

    text: str
    replaces: bool = False


NOTHING = Joined("")


class Seam:
    """Joins a continuation to a text.

    Args:
        shown: the text on the screen.
        beginning: the part of it that the model was given; `shown` begins with it.
    """

    def __init__(self, shown: str, beginning: str) -> None:
        self._shown = shown
        self._beginning = beginning
        self._held: list[str] = []
        self._length = 0
        self._is_joined = False

    def feed(self, text: str) -> Joined:
        """Take a piece of the continuation; give what of it can be shown."""
        if self._is_joined:
            return Joined(text)
        self._held.append(text)
        self._length += len(text)
        # Enough to know a repetition, and to have passed what is shown after it.
        needed = MOST_OVERLAP + len(self._shown) - len(self._beginning) + 1
        if self._length < needed or self._may_echo(needed):
            return NOTHING
        return self.close()

    def close(self) -> Joined:
        """Join what is held: nothing more comes, or enough has."""
        if self._is_joined:
            return NOTHING
        self._is_joined = True
        reply = "".join(self._held)
        self._held.clear()
        if not reply:
            return NOTHING
        whole = self._beginning + self._without_repetition(reply)
        if whole.startswith(self._shown):
            return Joined(whole[len(self._shown) :])
        if self._shown.startswith(whole):
            return NOTHING
        return Joined(whole, replaces=True)

    def _may_echo(self, needed: int) -> bool:
        """Tell whether it may still turn out to repeat all from the start."""
        if self._length >= len(self._beginning) + needed:
            return False
        reply = "".join(self._held)
        self._held[:] = [reply]
        return self._beginning.startswith(reply[: len(self._beginning)])

    def _without_repetition(self, reply: str) -> str:
        if self._is_echo(reply):
            return reply[len(self._beginning) :]
        longest = min(MOST_OVERLAP, len(reply), len(self._beginning))
        for length in range(longest, LEAST_OVERLAP - 1, -1):
            if self._beginning.endswith(reply[:length]):
                return reply[length:]
        return self._spaced(reply)

    def _is_echo(self, reply: str) -> bool:
        length = len(self._beginning)
        if length >= LEAST_OVERLAP:
            return reply.startswith(self._beginning)
        # A short one may come again by itself, but hardly with the blank that followed it.
        return len(self._shown) > length and reply.startswith(self._shown[: length + 1])

    def _spaced(self, reply: str) -> str:
        # The blank after the beginning was not sent; a model may leave it out as well.
        blanks = self._shown[len(self._beginning) :]
        blanks = blanks[: len(blanks) - len(blanks.lstrip())]
        return reply if not blanks or reply[0].isspace() or _is_mark(reply) else blanks + reply


def _is_mark(reply: Sequence[str]) -> bool:
    return reply[0] in ".,;:!?)]}…"
