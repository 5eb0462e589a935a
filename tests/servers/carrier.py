"""The real turn on real sockets and the real clock: what the page does, without a page."""

from __future__ import annotations

import contextlib
import http.client
import queue
import socket
import threading
import time
from urllib.parse import urlsplit

from app.chat.commands import Abort, Open, Release, Wake
from app.chat.patience import Patience
from app.chat.plan import AnswerPlan
from app.chat.steps import Begin, Chunk, Ended, Failed, Responded, Step, Tick
from app.chat.turn import Turn
from app.wire import Prompt, Request, dialect

CHUNK_BYTES = 65_536


class _Connection:
    """One request, whose steps come out of a queue until it is closed."""

    def __init__(self, request: Request, steps: queue.Queue[tuple[_Connection, Step]]) -> None:
        self._request = request
        self._steps = steps
        url = urlsplit(request.url)
        self._http = http.client.HTTPConnection(url.hostname or "", url.port, timeout=60)
        self._socket: socket.socket | None = None
        self._target = url.path + (f"?{url.query}" if url.query else "")
        threading.Thread(target=self._run, daemon=True).start()

    def close(self) -> None:
        """Break the connection off, whoever waits for it."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        try:
            request = self._request
            self._http.request(request.method, self._target, request.body, dict(request.headers))
            self._socket = self._http.sock  # the response takes it away from its connection
            response = self._http.getresponse()
            self._steps.put((self, Responded(response.status, dict(response.getheaders()))))
            while chunk := response.read1(CHUNK_BYTES):
                self._steps.put((self, Chunk(chunk)))
            self._steps.put((self, Ended()))
        except (http.client.HTTPException, OSError, AttributeError, ValueError) as error:
            self._steps.put((self, Failed(f"{type(error).__name__}: {error}")))
        finally:
            if self._socket is not None:
                self._socket.close()
            self._http.close()


class Carrier:
    """Carries one turn from its question to its end.

    Args:
        protocol: name of the protocol.
        endpoint: base address of the server.
        prompt: what is asked.
        patience: how long is waited for what.
    """

    def __init__(self, protocol: str, endpoint: str, prompt: Prompt, patience: Patience) -> None:
        self.requests: list[Request] = []
        self.turn = Turn(dialect(protocol), patience=patience, chance=lambda: 0.9)
        self._plan = AnswerPlan(dialect(protocol), endpoint, prompt, "turn-1", resume="none")
        self._steps: queue.Queue[tuple[_Connection, Step]] = queue.Queue()
        self._connection: _Connection | None = None
        self._wake_at = 0.0

    def run(self) -> Turn:
        """Live through the turn; return it when it has ended."""
        self.tell(Begin(self._plan))
        while not self.turn.has_ended:
            left = max(self._wake_at - now(), 0.0) / 1000
            try:
                connection, step = self._steps.get(timeout=left)
            except queue.Empty:
                self.tell(Tick())
                continue
            if connection is self._connection:
                if isinstance(step, Ended | Failed):
                    self._let_go()
                self.tell(step)
        self._let_go()
        return self.turn

    def tell(self, step: Step) -> None:
        """Tell the turn, and carry out what it wants."""
        for command in self.turn.handle(step, now()):
            match command:
                case Open(request):
                    self.requests.append(request)
                    self._connection = _Connection(request, self._steps)
                case Abort() | Release():
                    self._let_go()
                case Wake(at):
                    self._wake_at = at

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def now() -> float:
    """Return the time in milliseconds since 1970."""
    return time.time() * 1000
