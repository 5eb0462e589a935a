"""Servers as processes: started on a free port, waited for, and ended with all they started."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.places import BUILD, ROOT

# LiteLLM needs ten to twenty seconds on two busy cores; this only ends a wait without hope.
START_SECONDS = 180.0


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def log_of(port: int) -> Path:
    """Return where a running server's output is."""
    return BUILD / f"server-{port}.log"


@contextmanager
def running(
    command: Sequence[str], port: int, ready: str, environment: Mapping[str, str] | None = None
) -> Iterator[str]:
    """Run a server; give its address once `ready` (a path) answers.

    Raises:
        AssertionError: it ended, or did not answer in time; with the end of its log.
    """
    address = f"http://127.0.0.1:{port}"
    log = log_of(port)
    BUILD.mkdir(exist_ok=True)
    with log.open("w") as output:
        # On a leash: it ends with us, however we end, and so does what it started.
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.leash", *command], cwd=ROOT, stdin=subprocess.PIPE,
            stdout=output, stderr=output, env={**os.environ, **(environment or {})},
            start_new_session=True,
        )  # fmt: skip
    try:
        wait_for(process, address + ready, log)
        yield address
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()
    log.unlink()


def wait_for(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Wait until an address answers, with whatever status."""
    give_up = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < give_up:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{process.args!r} does not answer:\n{log.read_text()[-4_000:]}")
