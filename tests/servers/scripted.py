"""A model server that plays a script: bytes, waits and cuts, on a raw socket.

    ScriptedServer([ok(), said("Hel"), 0.5, said("lo"), CUT])

Each connection plays the next script of the list, the last one again and again.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Sequence
from typing import Final

CUT: Final = "cut"  # the connection is reset here
Script = Sequence[bytes | float | str]

CORS = (
    b"Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: *\r\n"
    b"Access-Control-Allow-Methods: GET, POST, DELETE, OPTIONS\r\n"
)
PREFLIGHT = b"HTTP/1.1 204 No Content\r\n" + CORS + b"Connection: close\r\n\r\n"


def ok(content_type: str = "text/event-stream") -> bytes:
    """Give the head of a good answer whose body ends with the connection."""
    kind = f"Content-Type: {content_type}\r\nConnection: close\r\n\r\n".encode()
    return b"HTTP/1.1 200 OK\r\n" + CORS + kind


def refused(status: int, body: str, content_type: str = "application/json") -> bytes:
    """Give a whole answer that says no."""
    kind = f"Content-Type: {content_type}\r\nConnection: close\r\n\r\n{body}".encode()
    return f"HTTP/1.1 {status} No\r\n".encode() + CORS + kind


def said(text: str) -> bytes:
    """Give one event with this text."""
    return event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})


def finished() -> bytes:
    """Give the events that end an answer."""
    end = event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    return end + b"data: [DONE]\n\n"


def event(payload: object) -> bytes:
    """Give one event with this payload."""
    return f"data: {json.dumps(payload)}\n\n".encode()


class ScriptedServer:
    """Plays scripts until `close()`.

    Attributes:
        address: scheme, host and port.
        requests: the raw requests, oldest first, preflights left out.
    """

    def __init__(self, *scripts: Script) -> None:
        self._scripts = list(scripts)
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.was_left = threading.Event()  # a client went away before its script had ended
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
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            request = read_request(client)
            if request.startswith(b"OPTIONS"):
                client.sendall(PREFLIGHT)
            elif request:
                self._play(client, request)

    def _play(self, client: socket.socket, request: bytes) -> None:
        with self._lock:
            self.requests.append(request)
            script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        try:
            for step in script:
                if isinstance(step, bytes):
                    client.sendall(step)
                elif isinstance(step, str):
                    reset = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # linger on, zero seconds
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
                    return
                else:
                    time.sleep(step)
        except OSError:
            self.was_left.set()


def read_request(client: socket.socket) -> bytes:
    """Read one request, its body included."""
    request = b""
    while b"\r\n\r\n" not in request:
        data = client.recv(65536)
        if not data:
            return b""
        request += data
    head, _, body = request.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        data = client.recv(65536)
        if not data:
            break
        body += data
    return head + b"\r\n\r\n" + body
