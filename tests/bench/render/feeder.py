"""The model server of `make bench-render`, a process of its own that is told when to speak.

It takes commands, one JSON object a line, on standard input, and answers on standard output:

    ← {"address": "http://127.0.0.1:…"}
    → {"document": "mixed", "size": 40000, "rate": 500, "batch": 5}    what the next request gets
    ← {"ready": true}
    ← {"asked": true}                                      a request came; nothing is sent yet
    → {"go": true}
    ← {"ended": true, "seconds": …, "tokens": …, "stamps": [[number, ms], …]}

So whoever measures begins just before the answer's first byte. Every event is a write of its own
and holds `batch` tokens; they go out at an even rate, and where the machine is late, it catches up.
The clock of the stamps is the machine's, in milliseconds since 1970.
"""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import sys
import threading
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.bench.render.corpus import document, stamps_in, tokens
from tests.bench.streams import chat
from tests.servers.scripted import PREFLIGHT, finished, ok, read_request


@dataclass(frozen=True, slots=True)
class Event:
    """Some tokens on the wire, with the stamps among them."""

    data: bytes
    stamps: tuple[int, ...]


@cache
def recorded(name: str, size: int, batch: int) -> tuple[Event, ...]:
    """Return an answer as OpenAI's servers send it, with so many tokens an event."""
    every = tokens(document(name, size))
    texts = ["".join(every[at : at + batch]) for at in range(0, len(every), batch)]
    return tuple(
        Event(chat(number, text), tuple(stamps_in(text))) for number, text in enumerate(texts)
    )


def say(message: dict[str, Any]) -> None:
    """Answer whoever started this process."""
    print(json.dumps(message), flush=True)


def play(client: socket.socket, events: tuple[Event, ...], rate: float) -> list[tuple[int, float]]:
    """Send an answer, so many events a second; return when each stamp went out."""
    stamps: list[tuple[int, float]] = []
    client.sendall(ok())
    start = time.monotonic()
    for number, event in enumerate(events):
        wait = start + number / rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        now = time.time() * 1000
        stamps += [(stamp, now) for stamp in event.stamps]
        client.sendall(event.data)
    client.sendall(finished())
    return stamps


class Feeder:
    """Answers one request at a time, with what was ordered last."""

    def __init__(self) -> None:
        self._order: dict[str, Any] = {}
        self._go: queue.Queue[None] = queue.Queue()

    def command(self, line: str) -> None:
        """Take a command."""
        order = json.loads(line)
        if "go" in order:
            self._go.put(None)
        else:
            self._recording(order)  # made now, not while someone measures
            self._order = order
            say({"ready": True})

    def serve(self, client: socket.socket) -> None:
        """Answer one request."""
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with client:
            request = read_request(client)
            if not request.startswith(b"POST"):
                client.sendall(PREFLIGHT)
                return
            order = self._order
            events = self._recording(order)
            say({"asked": True})
            self._go.get()
            started = time.monotonic()
            stamps: list[tuple[int, float]] = []
            with contextlib.suppress(OSError):  # a page that was closed early
                stamps = play(client, events, order["rate"] / order["batch"])
        say({
            "ended": True, "seconds": time.monotonic() - started,
            "tokens": len(tokens(document(order["document"], order["size"]))), "stamps": stamps,
        })  # fmt: skip

    @staticmethod
    def _recording(order: dict[str, Any]) -> tuple[Event, ...]:
        return recorded(order["document"], order["size"], order["batch"])


def main() -> None:
    """Serve until the input ends."""
    feeder = Feeder()
    listener = socket.create_server(("127.0.0.1", 0))
    say({"address": f"http://127.0.0.1:{listener.getsockname()[1]}"})

    def accept() -> None:
        while True:
            client, _ = listener.accept()
            threading.Thread(target=feeder.serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    for line in sys.stdin:
        feeder.command(line)


if __name__ == "__main__":
    main()
