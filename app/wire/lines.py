"""Bytes in, whole lines out: what both stream formats share."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# Longest unfinished event or line, in bytes. eventsource allows 100 MiB; an image
# inside one event takes about 10 MB.
MAX_EVENT_BYTES = 16 * 1024 * 1024


class LineBuffer:
    """Cuts a stream at its line feeds and keeps the one line that is unfinished.

    Exactly one byte order mark is dropped, and only at the very start. Each byte is
    searched once and copied a fixed number of times, however the stream is chunked.
    """

    __slots__ = ("_start", "_unfinished")

    def __init__(self) -> None:
        self._start: bytes | None = b""
        self._unfinished = bytearray()

    @property
    def pending_bytes(self) -> int:
        """Length of the unfinished line."""
        return len(self._unfinished)

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the lines that this chunk finishes, without their line feeds."""
        if self._start is not None:
            chunk = self._without_mark(self._start + chunk)
        lines = chunk.split(b"\n")
        rest = lines.pop()
        if lines and self._unfinished:
            self._unfinished += lines[0]
            lines[0] = bytes(self._unfinished)
            self._unfinished.clear()
        self._unfinished += rest
        return lines

    def close(self) -> bytes:
        """Return the line that never got its line feed, and forget it."""
        rest = bytes(self._unfinished)
        self._unfinished.clear()
        return rest

    def _without_mark(self, head: bytes) -> bytes:
        # The mark may come byte by byte, after empty chunks; it is held until it is sure.
        if len(head) < len(BYTE_ORDER_MARK) and BYTE_ORDER_MARK.startswith(head):
            self._start = head
            return b""
        self._start = None
        return head.removeprefix(BYTE_ORDER_MARK)
