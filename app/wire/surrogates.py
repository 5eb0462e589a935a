"""Text in pieces that a server may have cut between the two halves of a character.

Servers written in JavaScript cut by UTF-16 unit, so one delta can end with a high
surrogate and the next begin with its low one.
"""


def well_formed(text: str) -> str:
    """Return the text with surrogate pairs joined and lone surrogates as U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


class TextChannel:
    """One text that grows by pieces; what it hands out is always well formed.

    Args:
        held: the first half of a character that an earlier reader was left with.
    """

    __slots__ = ("_beginning", "_held", "_parts")

    def __init__(self, held: str = "") -> None:
        self._held = held
        self._parts: list[str] = []
        self._beginning = (0, "")  # so many pieces, joined

    def feed(self, piece: str) -> str:
        """Take a piece and return what can be shown; a trailing high surrogate is held."""
        if not piece:
            return ""
        if self._held:
            piece = self._held + piece
            self._held = ""
        if "\ud800" <= piece[-1] <= "\udbff":
            self._held = piece[-1]
            piece = piece[:-1]
        piece = well_formed(piece)
        self._parts.append(piece)
        return piece

    @property
    def held(self) -> str:
        """The half that waits for its other half, or an empty string."""
        return self._held

    @property
    def pieces(self) -> int:
        """How many pieces have been handed out."""
        return len(self._parts)

    def since(self, piece: int) -> str:
        """Return the text from a piece on, without a half that is held."""
        return "".join(self._parts[piece:])

    def until(self, piece: int) -> str:
        """Return the text up to a piece; asked again it is not joined again."""
        joined, text = self._beginning
        if joined > piece:
            joined, text = 0, ""
        if joined < piece:
            text = "".join([text, *self._parts[joined:piece]])
        self._beginning = (piece, text)
        return text

    def mark(self) -> tuple[int, str]:
        """Return this point of the text, for `rewind`."""
        return len(self._parts), self._held

    def rewind(self, mark: tuple[int, str]) -> None:
        """Forget all that came after a mark."""
        pieces, self._held = mark
        del self._parts[pieces:]
        if pieces < self._beginning[0]:
            self._beginning = (0, "")

    def close(self) -> str:
        """Return the whole text; a half whose other half never came is U+FFFD."""
        if self._held:
            self._parts.append("\N{REPLACEMENT CHARACTER}")
            self._held = ""
        return "".join(self._parts)
