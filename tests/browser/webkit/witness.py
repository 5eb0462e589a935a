"""The proxy that WebKit is told to ask for everything that is not on this machine.

Nothing goes out: each connection is written down and closed.
"""

from __future__ import annotations

import socket
import threading


class Witness:
    """Listens on a free port until `close()`.

    Attributes:
        place: host and port.
        seen: the first line of each request, oldest first.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.seen: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client:
                try:
                    line = client.recv(4096).split(b"\r\n")[0]
                except OSError:
                    line = b""
                self.seen.append(line.decode("latin-1"))
