"""The page's turn without its page: sockets, threads and the real clock in place of a browser."""

from __future__ import annotations

import contextlib
import http.client
import queue
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from app.chat.commands import Abort, Command, Open, Release, Replace, Wake, Write
from app.chat.patience import Patience
from app.chat.plan import AnswerPlan
from app.chat.steps import Begin, Chunk, Ended, Failed, Responded, Step, Tick
from app.chat.turn import Turn
from app.wire import Prompt, Request, dialect


class _Connection:
    """One request, carried out in a thread of its own; tells its steps until it is closed."""

    def __init__(self, request: Request, tell: Callable[[_Connection, Step], None]) -> None:
        self._request = request
        self._tell = tell
        parts = urlsplit(request.url)
        self._http = http.client.HTTPConnection(parts.hostname or "", parts.port)
        self._target = parts.path + (f"?{parts.query}" if parts.query else "")
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close it, so that the server hears of it."""
        if sock := self._http.sock:
            with contextlib.suppress(OSError):  # it has ended
                sock.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _run(self) -> None:
        request = self._request
        try:
            self._http.request(request.method, self._target, request.body, dict(request.headers))
            response = self._http.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            self._tell(self, Responded(response.status, headers))
            while data := response.read1(65_536):
                self._tell(self, Chunk(data))
            self._tell(self, Ended())
        except (http.client.HTTPException, OSError) as error:
            self._tell(self, Failed(f"{type(error).__name__}: {error}"))
        finally:
            self._http.close()


class TurnClient:
    """Asks one question, and carries out what the turn wants until it has ended.

    Attributes:
        turn: the turn.
        text: what a person would have on the screen.
    """

    def __init__(self, protocol: str, endpoint: str, prompt: Prompt, patience: Patience) -> None:
        # Always a late try within its bounds: what chance does to them is for other tests.
        self.turn = Turn(dialect(protocol), patience=patience, chance=lambda: 0.8)
        self.text = ""
        self._plan = AnswerPlan(dialect(protocol), endpoint, prompt, "turn-1", "conversation-1")
        self._heard: queue.Queue[tuple[_Connection, Step]] = queue.Queue()
        self._connection: _Connection | None = None
        self._all: list[_Connection] = []
        self._wake_at: float | None = None

    def run(self) -> None:
        """Do it."""
        self._take(Begin(self._plan))
        while not self.turn.has_ended:
            assert self._wake_at is not None, "a turn under way always wants to be woken"
            try:
                wait = max(self._wake_at - time.time() * 1000, 0) / 1000
                connection, step = self._heard.get(timeout=wait)
            except queue.Empty:
                self._take(Tick())
                continue
            if connection is self._connection:
                self._take(step)
        for connection in self._all:
            connection.close()

    def _take(self, step: Step) -> None:
        for command in self.turn.handle(step, time.time() * 1000):
            self._carry_out(command)

    def _carry_out(self, command: Command) -> None:
        match command:
            case Open(request):
                self._connection = _Connection(request, lambda *told: self._heard.put(told))
                self._all.append(self._connection)
            case Abort() if self._connection is not None:
                self._connection.close()
                self._connection = None
                # A server hears of it a little later; llmock takes requests that overlap for two
                # questions, and not for one that is asked again.
                time.sleep(0.3)
            case Release():
                self._connection = None
            case Wake(at):
                self._wake_at = at
            case Write(text):
                self.text += text
            case Replace():
                self.text = ""
