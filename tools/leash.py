"""Run a command that ends, with everything it started, once standard input is closed.

    python -m tools.leash COMMAND …

Whoever holds the other end may go in any way, SIGKILL included: the system closes the pipe then,
and no installer stays behind. To be started in a session of its own, which is what it ends.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading


def end_with_the_holder() -> None:
    """Wait until nobody holds standard input, then end the whole process group."""
    os.read(0, 1)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=end_with_the_holder, daemon=True).start()
    done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, check=False)
    sys.exit(done.returncode if done.returncode >= 0 else 1)
