"""Answers that are produced at their own pace into a log, whether or not anybody reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence


class LostError(Exception):
    """The answer is gone while it was being read."""


class Produced:
    """An answer in the making: pieces come one by one, and stay.

    Args:
        pieces: what the answer will be; a server with events makes each a whole event.
        seconds_per_piece: pause before each piece.

    Attributes:
        log: the pieces so far.
        is_done: whether nothing more will come.
    """

    def __init__(self, pieces: Sequence[bytes], seconds_per_piece: float) -> None:
        self._pieces = pieces
        self._pause = seconds_per_piece
        self._changed = asyncio.Event()
        self.log: list[bytes] = []
        self.is_done = False
        self._is_lost = False

    @property
    def body(self) -> bytes:
        """All bytes so far."""
        return b"".join(self.log)

    async def run(self) -> None:
        """Produce, to the end or until `stop`."""
        for piece in self._pieces:
            await asyncio.sleep(self._pause)
            if self.is_done:
                return
            self.log.append(piece)
            self._tell()
        self.stop()

    def stop(self) -> None:
        """Produce no more."""
        self.is_done = True
        self._tell()

    def lose(self) -> None:
        """Produce no more, and break off whoever reads."""
        self._is_lost = True
        self.stop()

    async def pieces(self, start: int = 0) -> AsyncIterator[bytes]:
        """Read from a piece on, those to come included.

        Raises:
            LostError: the answer is gone.
        """
        at = start
        while True:
            changed = self._changed
            while at < len(self.log):
                at += 1
                yield self.log[at - 1]
            if self._is_lost:
                raise LostError
            if self.is_done:
                return
            await changed.wait()

    async def bytes(self, start: int = 0) -> AsyncIterator[bytes]:
        """Read from a byte on, those to come included."""
        passed = 0
        async for piece in self.pieces():
            rest = piece[max(0, start - passed) :]
            passed += len(piece)
            if rest:
                yield rest

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
