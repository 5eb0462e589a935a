"""Text that a server sends in pieces and then once more in whole: verified, never appended."""

from app.wire.deltas import Malformed
from app.wire.ndjson import EXCERPT_CHARACTERS


def missing_end(pieces: list[str], whole: str) -> str | Malformed:
    """Return what the pieces lack of the whole, empty if nothing, or that they differ.

    Compared as UTF-16, since a piece may end between the two halves of a character.
    """
    streamed = _units("".join(pieces))
    repeated = _units(whole)
    if repeated.startswith(streamed):
        return repeated[len(streamed) :].decode("utf-16-le", "surrogatepass")
    return _differing(whole)


class RepeatedText:
    """One such text; a repetition costs as much as it is long, however much was streamed."""

    __slots__ = ("_length", "_pieces")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0

    def add(self, piece: str) -> None:
        """Take a piece that is streamed."""
        self._pieces.append(piece)
        self._length += len(piece)

    def missing_end(self, whole: str) -> str | Malformed:
        """Return what the pieces lack of the whole, which is streamed too from then on."""
        # No character has more than two units: a text so short need not be compared.
        if self._length > 2 * len(whole):
            return _differing(whole)
        self._pieces = ["".join(self._pieces)]
        rest = missing_end(self._pieces, whole)
        if isinstance(rest, str):
            self._pieces, self._length = [whole], len(whole)
        return rest


def _differing(whole: str) -> Malformed:
    return Malformed(whole[:EXCERPT_CHARACTERS], "the repeated text is not the one streamed")


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
