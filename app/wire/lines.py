"""Bytes in, whole lines out: what both stream formats share."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# Longest unfinished event or line, in bytes. eventsource allows 100 MiB; an image
# inside one event takes about 10 MB.
MAX_EVENT_BYTES = 16 * 1024 * 1024

# Shorter pieces of a line are put together at once: an object for each would outweigh them.
SMALL_BYTES = 512


class LineBuffer:
    """Cuts a stream at its line feeds and keeps the one line that is unfinished.

    Exactly one byte order mark is dropped, and only at the very start. Each byte is
    searched once and copied a fixed number of times, however the stream is chunked.
    """

    __slots__ = ("_start", "_unfinished", "pending_bytes")

    def __init__(self) -> None:
        self.pending_bytes = 0  # length of the unfinished line
        self._start: bytes | None = b""
        self._unfinished: list[bytes | bytearray] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept, not even what may begin a byte order mark."""
        return self._start is None and not self._unfinished

    def feed(self, chunk: bytes) -> bytes:
        """Return the lines that this chunk finishes in one piece, each with its line feed."""
        chunk = self.begin(chunk)
        end = chunk.rfind(b"\n") + 1
        whole = chunk[:end]
        if end and self._unfinished:
            # Joined once, however many pieces there are.
            whole = b"".join([*self._unfinished, whole])
            self._unfinished.clear()
            self.pending_bytes = 0
        if end < len(chunk):
            self._keep(chunk[end:])
        return whole

    def begin(self, chunk: bytes) -> bytes:
        """Return a chunk without a byte order mark; what may yet become one is held back."""
        return chunk if self._start is None else self._without_mark(self._start + chunk)

    def _keep(self, rest: bytes) -> None:
        self.pending_bytes += len(rest)
        last = self._unfinished[-1] if self._unfinished else b""
        if isinstance(last, bytearray) and len(last) < SMALL_BYTES:
            last += rest
        else:
            self._unfinished.append(bytearray(rest) if len(rest) < SMALL_BYTES else rest)

    def close(self) -> bytes:
        """Return the line that never got its line feed, and forget it."""
        rest = b"".join(self._unfinished)
        self._unfinished.clear()
        self.pending_bytes = 0
        return rest

    def _without_mark(self, head: bytes) -> bytes:
        # The mark may come byte by byte, after empty chunks; it is held until it is sure.
        if len(head) < len(BYTE_ORDER_MARK) and BYTE_ORDER_MARK.startswith(head):
            self._start = head
            return b""
        self._start = None
        return head.removeprefix(BYTE_ORDER_MARK)
