"""Letters in the alphabets of mathematics, which are characters of their own.

MathML Core knows no font attributes but `mathvariant="normal"`. Source: Unicode, block
Mathematical Alphanumeric Symbols; what is missing there is in Letterlike Symbols.
"""

from enum import Enum
from typing import Final

from app.markup.math.nodes import MathNode, leaf


class Alphabet(Enum):
    """How letters are written."""

    USUAL = "usual"
    UPRIGHT = "upright"
    ITALIC = "italic"
    BOLD = "bold"
    BOLD_ITALIC = "bold italic"
    DOUBLE_STRUCK = "double-struck"
    SCRIPT = "script"
    FRAKTUR = "fraktur"
    SANS = "sans"
    MONOSPACE = "monospace"


# Where capitals, small letters, digits, Greek capitals and small Greek letters begin; 0: nowhere.
_BEGINNINGS: Final = {
    Alphabet.ITALIC: (0x1D434, 0x1D44E, 0, 0x1D6E2, 0x1D6FC),
    Alphabet.BOLD: (0x1D400, 0x1D41A, 0x1D7CE, 0x1D6A8, 0x1D6C2),
    Alphabet.BOLD_ITALIC: (0x1D468, 0x1D482, 0x1D7CE, 0x1D71C, 0x1D736),
    Alphabet.DOUBLE_STRUCK: (0x1D538, 0x1D552, 0x1D7D8, 0, 0),
    Alphabet.SCRIPT: (0x1D49C, 0x1D4B6, 0, 0, 0),
    Alphabet.FRAKTUR: (0x1D504, 0x1D51E, 0, 0, 0),
    Alphabet.SANS: (0x1D5A0, 0x1D5BA, 0x1D7E2, 0, 0),
    Alphabet.MONOSPACE: (0x1D670, 0x1D68A, 0x1D7F6, 0, 0),
}
_RANGES: Final = (("A", "Z"), ("a", "z"), ("0", "9"), ("Α", "Ω"), ("α", "ω"))
_ELSEWHERE: Final = {
    Alphabet.ITALIC: dict(zip("h", "ℎ", strict=True)),
    Alphabet.DOUBLE_STRUCK: dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
    Alphabet.SCRIPT: dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
    Alphabet.FRAKTUR: dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True)),
}


def written(text: str, alphabet: Alphabet) -> str:
    """Return the text in an alphabet, as far as its characters are in it."""
    if alphabet not in _BEGINNINGS:
        return text
    return "".join(_written(character, alphabet) for character in text)


def identifier(letter: str, alphabet: Alphabet) -> MathNode:
    """Return a letter as an identifier. One alone is italic in MathML, if it is not told."""
    if alphabet is Alphabet.UPRIGHT:
        return leaf("mi", letter, mathvariant="normal")
    if alphabet in (Alphabet.USUAL, Alphabet.ITALIC):
        upright = alphabet is Alphabet.USUAL and "Α" <= letter <= "Ω"
        return leaf("mi", letter, mathvariant="normal") if upright else leaf("mi", letter)
    return leaf("mi", written(letter, alphabet))


def _written(character: str, alphabet: Alphabet) -> str:
    if character in _ELSEWHERE.get(alphabet, {}):
        return _ELSEWHERE[alphabet][character]
    for (first, last), beginning in zip(_RANGES, _BEGINNINGS[alphabet], strict=True):
        if first <= character <= last and beginning:
            return chr(beginning + ord(character) - ord(first))
    return character
