"""Newline-delimited JSON: one value a line. Source: github.com/ndjson/ndjson-spec."""

from app.wire.deltas import Malformed
from app.wire.json_text import BLANKS, MalformedJson, parse_json
from app.wire.lines import MAX_EVENT_BYTES, LineBuffer

# How much of an unreadable line is kept to show, in characters.
EXCERPT_CHARACTERS = 200


class LineTooLargeError(ValueError):
    """A line is longer than the decoder allows; the stream cannot be read on.

    `limit` is in bytes; `values` are those that the same call finished before it.
    """

    def __init__(self, limit: int, values: tuple[object, ...] = ()) -> None:
        super().__init__(f"The server sent a line longer than {limit} bytes.")
        self.limit = limit
        self.values = values


class JsonLinesDecoder:
    """Turns the bytes of a JSON Lines stream into values, whatever the chunks.

    A line that is not JSON becomes a `Malformed` among the values. Blank lines are skipped.
    """

    def __init__(self, *, max_line_bytes: int = MAX_EVENT_BYTES) -> None:
        self._max_line_bytes = max_line_bytes
        self._lines = LineBuffer()
        self._is_closed = False
        self._has_overflowed = False

    def feed(self, chunk: bytes) -> list[object]:
        """Return the values of the lines that this chunk finishes.

        Raises:
            LineTooLargeError: a line passes the limit; so does every later call.
            RuntimeError: the decoder is closed.
        """
        if self._is_closed:
            raise RuntimeError("feed() after close()")
        if self._has_overflowed:
            raise LineTooLargeError(self._max_line_bytes)
        values: list[object] = []
        for line in self._lines.feed(chunk).split(b"\n"):
            self._check_size(len(line), values)
            text = line.decode("utf-8", "replace").strip(BLANKS)
            if text:
                values.append(_value(text))
        self._check_size(self._lines.pending_bytes, values)
        return values

    def close(self, *, is_whole: bool = False) -> list[object]:
        """Return the value of a last line without line feed; a line cut short is none.

        Args:
            is_whole: the stream ended in good order; what is not JSON then was not cut short.
        """
        self._is_closed = True
        text = self._lines.close().decode("utf-8", "replace").strip(BLANKS)
        values = [_value(text)] if text else []
        return [each for each in values if is_whole or not isinstance(each, Malformed)]

    def _check_size(self, line_bytes: int, values: list[object]) -> None:
        if line_bytes > self._max_line_bytes:
            self._has_overflowed = True
            self._lines.close()
            raise LineTooLargeError(self._max_line_bytes, tuple(values))


def _value(text: str) -> object:
    try:
        return parse_json(text)
    except MalformedJson as error:
        return Malformed(text[:EXCERPT_CHARACTERS], str(error))
