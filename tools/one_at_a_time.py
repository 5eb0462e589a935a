"""One set-up of a checkout at a time: two at once would write into each other's folders."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TextIO

from tools.places import BUILD

if sys.platform != "win32":
    import fcntl

FILE = BUILD / "set-up.lock"


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other process sets this checkout up, then let others wait.

    The system takes the lock back when its holder ends, in whichever way.
    """
    with ExitStack() as held:
        # Where nothing can be locked, as in a read-only folder, the set-up goes on without.
        with suppress(OSError):
            FILE.parent.mkdir(exist_ok=True)
            take(held.enter_context(FILE.open("a", encoding="utf-8")))
        yield


def take(file: TextIO) -> None:
    """Lock a file until it is closed; say so if that means waiting.

    Raises:
        OSError: the file system has no locks.
    """
    if sys.platform == "win32":
        return  # it has none of this kind
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        text = "thalweg: Waiting for another set-up in this folder to end."
        print(text, file=sys.stderr, flush=True)
        fcntl.flock(file, fcntl.LOCK_EX)
