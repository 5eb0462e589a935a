"""Another host on the web: what it is asked is written down, and some of it is a picture."""

from __future__ import annotations

import struct
import zlib
from typing import Final

from tests.servers.journal import Entry
from tests.servers.raw_http import Exchange, RawServer

COOKIE: Final = ("Set-Cookie", "seen=before; Path=/")


def picture(width: int, height: int) -> bytes:
    """Give a grey PNG of this size, in pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    lines = zlib.compress((b"\0" + b"\x99" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


class Elsewhere(RawServer):
    """Answers `/picture.png` with a picture of 120 by 60 pixels, all else with a page.

    It gives every visitor a cookie.
    """

    def asked(self) -> list[Entry]:
        """Give what was asked, but not what browsers ask of every host for a tab's icon."""
        return [entry for entry in self.journal if entry.path != "/favicon.ico"]

    def wait_for(self, count: int) -> None:
        """Wait until so many things were asked.

        Raises:
            AssertionError: that did not come.
        """
        self.journal.wait(lambda _journal: len(self.asked()) >= count)

    async def serve(self, exchange: Exchange) -> None:
        """Answer."""
        if exchange.entry.path == "/picture.png":
            await exchange.answer(200, picture(120, 60), "image/png", [COOKIE])
        else:
            await exchange.answer(200, b"<title>Elsewhere</title>", "text/html", [COOKIE])
