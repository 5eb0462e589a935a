"""A relay between the page and the model server that writes down what the server sent.

It passes bytes on as they come and knows nothing of HTTP, so what it kept is the server's own word.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Exchange:
    """What went through one connection, in bytes."""

    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)


class Relay:
    """Listens on a free port and passes everything on to a server, until `close()`.

    Args:
        target: the server's address, without a path.
    """

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        assert parts.hostname
        assert parts.port
        self._target = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.exchanges: list[Exchange] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def requests(self, path: str) -> list[bytes]:
        """Return the bodies that were posted to a path, oldest first."""
        found = []
        for exchange in self.exchanges:
            for part in bytes(exchange.sent).split(b"POST ")[1:]:
                if part.startswith(path.encode()):
                    found.append(part.partition(b"\r\n\r\n")[2])
        return found

    def bodies(self, path: str) -> list[bytes]:
        """Return the bodies that answered posts to a path, chunk by chunk put together again."""
        found = []
        for exchange in self.exchanges:
            if b"POST " + path.encode() in exchange.sent:
                answers = re.split(rb"HTTP/1\.1 \d+ [^\r]*\r\n", bytes(exchange.received))
                found += [
                    unchunked(a.partition(b"\r\n\r\n")[2])
                    for a in answers
                    if b"text/event-stream" in a
                ]
        return found

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            exchange = Exchange()
            self.exchanges.append(exchange)
            threading.Thread(target=self._pass_on, args=(client, exchange), daemon=True).start()

    def _pass_on(self, client: socket.socket, exchange: Exchange) -> None:
        with client, socket.create_connection(self._target) as server:
            back = threading.Thread(target=pump, args=(server, client, exchange.received))
            back.start()
            pump(client, server, exchange.sent)
            back.join()


def pump(source: socket.socket, sink: socket.socket, log: bytearray) -> None:
    """Pass bytes on in one direction until a side goes; then let the other hear of it."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            log += data
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def unchunked(body: bytes) -> bytes:
    """Join the chunks of a body in chunked transfer coding; a cut one gives what is whole."""
    whole = bytearray()
    at = 0
    while (end := body.find(b"\r\n", at)) >= 0:
        size = int(body[at:end].split(b";")[0] or b"0", 16)
        if size == 0:
            break
        whole += body[end + 2 : end + 2 + size]
        at = end + 2 + size + 2
    return bytes(whole)
