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
    return Malformed(whole[:EXCERPT_CHARACTERS], "the repeated text is not the one streamed")


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")
