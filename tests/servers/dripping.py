"""A model server that says what the test tells it to, when the test tells it to.

server = DrippingServer()
exchange = server.next_exchange()   # waits for a request
exchange.send(b"data: ...")
exchange.end()                      # or cut()
"""

from __future__ import annotations

import queue
import socket
import struct
import threading

from tests.servers.scripted import CORS, PREFLIGHT, read_request

SECONDS = 60.0  # nothing that is waited for takes longer, unless it never comes


class Exchange:
    """One request, and its answer, in chunks of HTTP so that a cut is not taken for an end."""

    def __init__(self, client: socket.socket, request: bytes) -> None:
        self._client = client
        self.request = request
        self.headers = {
            name.decode().lower(): value.strip().decode()
            for name, _, value in (
                line.partition(b":") for line in request.split(b"\r\n\r\n")[0].split(b"\r\n")[1:]
            )
        }
        self.body = request.partition(b"\r\n\r\n")[2]

    def respond(self, status: str = "200 OK", content_type: str = "text/event-stream") -> None:
        """Send the head of the answer."""
        head = f"Content-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n\r\n"
        seen = b"X-Seen: yes\r\nAccess-Control-Expose-Headers: X-Seen\r\n"
        self._client.sendall(f"HTTP/1.1 {status}\r\n".encode() + CORS + seen + head.encode())

    def send(self, data: bytes) -> None:
        """Send more of the body."""
        self._client.sendall(b"%x\r\n%b\r\n" % (len(data), data))

    def end(self) -> None:
        """End the answer as HTTP says it should."""
        self._client.sendall(b"0\r\n\r\n")
        self._client.close()

    def cut(self) -> None:
        """Reset the connection."""
        self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._client.close()

    def wait_until_left(self) -> None:
        """Wait until the client has closed the connection."""
        self._client.settimeout(SECONDS)
        try:
            while self._client.recv(65536):
                pass
        except ConnectionError:
            pass


class DrippingServer:
    """Takes requests until `close()`.

    Attributes:
        address: scheme, host and port.
        count: requests so far, preflights left out.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._exchanges: queue.Queue[Exchange] = queue.Queue()
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.count = 0
        self.preflights: list[bytes] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def next_exchange(self) -> Exchange:
        """Wait for the next request."""
        return self._exchanges.get(timeout=SECONDS)

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._receive, args=(client,), daemon=True).start()

    def _receive(self, client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        request = read_request(client)
        if request.startswith(b"OPTIONS"):
            self.preflights.append(request)
            client.sendall(PREFLIGHT)
            client.close()
        elif request:
            self.count += 1
            self._exchanges.put(Exchange(client, request))
