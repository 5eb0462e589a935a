"""Shows what a text hides: characters without a picture become marks such as ⟨U+202E⟩.

Goals: nothing that turns the reading direction, hides words or speaks to a terminal reaches the
screen or the clipboard unseen; text of every script stays as its writers write it.
Plan: one search finds the hidden characters, most texts have none. One that is found stays only
where scripts and emoji need it, judged by what came right before, never by what follows: so a
text may come in pieces, cut anywhere.
Weak: a kept character can still carry a bit or two for each visible one.
Source: Unicode 17, Default_Ignorable_Code_Point and General_Category=Cf; UTS #51 on emoji.
"""

import re
from typing import Final

# C0 without tab and line ends, DEL and C1 (ESC and OSC begin what a terminal obeys); soft hyphen;
# fillers; zero widths; bidi controls; separators that break lines; selectors; tags.
_HIDDEN: Final = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_HIDDEN_RUN: Final = re.compile(f"[{_HIDDEN}]+")
# Split by kind, for it runs through ASCII ten times as fast as through a set of all that is seen.
_SEEN: Final = re.compile(
    f"(?:[\t\n\r -~]++|[\u00a0-\u00ac\u00ae-\u00ff]++|[^\0-\u00ff{_HIDDEN}]++)*+"
)

# Wider than the emoji of today: the blocks they are in.
_EMOJI: Final = (
    "©®‼⁉™ℹ\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
# Scripts whose letters join or stack, and so are told where not to: Arabic to Mandaic, Indic,
# Khmer, Mongolian, Balinese, Javanese; and their newer blocks.
_JOINING: Final = (
    "\u0600-\u086f\u0870-\u08ff\u0900-\u0dff\u0f00-\u109f\u1700-\u18af\u1a00-\u1bff"
    "\ua840-\ua87f\ua8e0-\ua8ff\ua980-\ua9ff\uaa60-\uaa7f\uaae0-\uaaff\uabc0-\uabff"
    "\ufb50-\ufdff\ufe70-\ufefe\U00010ac0-\U00010aff\U00010b80-\U00010baf"
    "\U00010d00-\U00010d3f\U00010f30-\U00010fdf\U00011000-\U00011fff\U0001e900-\U0001e95f"
)
# Scripts written without blanks, in which U+200B tells where a line may break: Thai, Lao,
# Tibetan, Myanmar, Khmer, Tai.
_WITHOUT_BLANKS: Final = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf"
_MONGOLIAN: Final = "\u1820-\u18af"


def _flags() -> str:
    """Return a pattern for the three flags that are spelt in tags, finished or not."""
    spelt = []
    for region in ("gbeng", "gbsct", "gbwls"):
        tags = [chr(0xE0000 + ord(letter)) for letter in region] + ["\U000e007f"]
        pattern = ""
        for tag in reversed(tags):
            pattern = f"(?:{tag}{pattern})?"
        spelt.append(pattern)
    return "\U0001f3f4(?:" + "|".join(spelt) + ")"


# A visible character with the hidden ones that may follow it.
_AS_WRITTEN: Final = re.compile(
    rf"[{_EMOJI}](?:\ufe0e|\ufe0f?\u200d?)|[#*0-9][\ufe0e\ufe0f]|[{_JOINING}][\u200c\u200d]"
    rf"|[{_WITHOUT_BLANKS}]\u200b|[{_MONGOLIAN}][\u180b-\u180f]|{_flags()}"
)


def visible(text: str) -> str:
    """Return the text with its hidden characters as marks; twice is the same as once."""
    return VisibleText().feed(text)


class VisibleText:
    """Makes visible what a text hides, while it comes in pieces."""

    __slots__ = ("_before",)

    def __init__(self) -> None:
        # The last visible character and what was kept after it.
        self._before = ""

    def feed(self, piece: str) -> str:
        """Return the piece as it is to be shown and copied."""
        seen = _end(_SEEN, piece, 0)
        if seen == len(piece):
            self._before = piece[-1:] or self._before
            return piece
        shown: list[str] = []
        position = 0
        while position < len(piece):
            if seen > position:
                shown.append(piece[position:seen])
                self._before = piece[seen - 1]
            position = _end(_HIDDEN_RUN, piece, seen)
            shown.extend(map(self._shown, piece[seen:position]))
            seen = _end(_SEEN, piece, position)
        return "".join(shown)

    def _shown(self, character: str) -> str:
        if self._before and _AS_WRITTEN.fullmatch(self._before + character):
            self._before += character
            return character
        self._before = ""
        return f"⟨U+{ord(character):04X}⟩"


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start
