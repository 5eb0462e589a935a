"""A formula's source, read token by token."""

import re
import unicodedata
from typing import Final

from app.markup.math.nodes import MathError
from app.markup.visible import visible

# Longest formula that is read. A page of aligned equations has 2,000 characters.
MAX_SOURCE: Final = 8000

_TOKEN: Final = re.compile(r"\s*+(\\(?:[A-Za-z]++\*?|.)|[0-9]++(?:\.[0-9]++)?|.)?", re.DOTALL)
_BLANKS: Final = re.compile(r"\s*+")
_BRACE: Final = re.compile(r"\\.|[{}]", re.DOTALL)
# Where a star belongs to the name; elsewhere `\alpha*` is a product.
_STARRED: Final = frozenset({"\\operatorname*", "\\hspace*", "\\tag*"})
END: Final = ""


class Source:
    """What is left to read. Tokens are commands with their backslash, numbers, characters."""

    __slots__ = ("_end", "_position", "_text", "_token")

    def __init__(self, text: str) -> None:
        if len(text) > MAX_SOURCE:
            raise MathError("The formula is too long.")
        if visible(text) != text:
            raise MathError("The formula has hidden characters.")
        # Composed, so that an accent is part of its letter.
        self._text = unicodedata.normalize("NFC", text)
        self._position = 0
        self._token: str | None = None
        self._end = 0

    def peek(self) -> str:
        """Return the next token, END at the end."""
        if self._token is None:
            match = _TOKEN.match(self._text, self._position)
            token = (match and match[1]) or END
            self._end = match.end() if match else self._position
            if token[-1:] == "*" and len(token) > 2 and token not in _STARRED:
                token, self._end = token[:-1], self._end - 1
            self._token = token
        return self._token

    def take(self) -> str:
        """Return the next token and go past it."""
        token = self.peek()
        self._position = self._end
        self._token = None
        return token

    def take_if(self, token: str) -> bool:
        """Go past the next token if it is this one, and tell so."""
        if self.peek() != token:
            return False
        self.take()
        return True

    def take_digit(self) -> str:
        """Return the first character of the next token, which is a number, and go past it."""
        token = self.peek()
        self._position = self._end - len(token) + 1
        self._token = None
        return token[0]

    def raw_group(self) -> str:
        """Return what is between the braces that come next, as it is written."""
        start = self._after_blanks()
        if self._text[start : start + 1] != "{":
            raise MathError("A brace is missing.")
        depth = 0
        for match in _BRACE.finditer(self._text, start):
            depth += {"{": 1, "}": -1}.get(match.group(), 0)
            if depth == 0:
                self._go_to(match.end())
                return self._text[start + 1 : match.start()]
        raise MathError("A closing brace is missing.")

    def raw_option(self) -> str:
        """Return what is between brackets, if they come next; otherwise nothing."""
        start = self._after_blanks()
        end = self._text.find("]", start)
        if self._text[start : start + 1] != "[" or end < 0:
            return ""
        self._go_to(end + 1)
        return self._text[start + 1 : end]

    def skip_option(self, pattern: re.Pattern[str]) -> None:
        """Go past what is between brackets if they come next, at once, and it matches."""
        if self._text[self._position : self._position + 1] == "[":
            end = self._text.find("]", self._position)
            if end > 0 and pattern.fullmatch(self._text, self._position + 1, end):
                self._go_to(end + 1)

    def _after_blanks(self) -> int:
        match = _BLANKS.match(self._text, self._position)
        return match.end() if match else self._position

    def _go_to(self, position: int) -> None:
        self._position = position
        self._token = None
