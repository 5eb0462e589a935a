"""The handle on the feeder's process."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any

from tools.places import ROOT

PATIENCE = 300.0  # seconds; only ends a wait without hope


@dataclass(frozen=True, slots=True)
class Fed:
    """An answer that was sent: how long it took, its tokens, and when each stamp went out."""

    seconds: float
    tokens: int
    stamps: dict[int, float]


class Feeding:
    """A running feeder, until `close()`.

    Attributes:
        address: scheme, host and port.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.render.feeder"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._said: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.address: str = self._hear("address")["address"]

    def order(self, name: str, size: int, rate: float, batch: int) -> None:
        """Say what the next request gets: a document, tokens a second, and tokens an event."""
        self._say({"document": name, "size": size, "rate": rate, "batch": batch})
        self._hear("ready")

    def wait_until_asked(self) -> None:
        """Wait for the request."""
        self._hear("asked")

    def go(self) -> None:
        """Let the answer begin."""
        self._say({"go": True})

    @property
    def has_ended(self) -> bool:
        """Whether the answer's last byte is out; `ended` does not wait then."""
        return not self._said.empty()

    def ended(self) -> Fed:
        """Wait until the answer's last byte is out."""
        said = self._hear("ended")
        return Fed(said["seconds"], said["tokens"], dict(said["stamps"]))

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.terminate()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _say(self, command: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    def _hear(self, what: str) -> dict[str, Any]:
        said = self._said.get(timeout=PATIENCE)
        assert what in said, f"the feeder said {said!r} where {what!r} was due"
        return said

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(json.loads(line))
