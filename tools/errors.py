"""The one way a tool gives up: a sentence for the person, and a non-zero exit."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable


class ToolError(Exception):
    """Something a person can mend; its text says what happened and what to do."""


def sentence_for(error: OSError) -> str:
    """Say what an operating system error means for the person.

    Args:
        error: what the system reported.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Free about 1 GB, then run the same command again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"No permission to write {error.filename}. Make the folder writable, then run again."
    what = f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")
    return f"{what}. Run the same command again; if it stays, run `make clean` first."


def run_tool(main: Callable[[], int | None]) -> None:
    """Run a tool's main function, and turn what a person can mend into one sentence.

    Args:
        main: returns the exit code; None is 0.
    """
    try:
        code = main()
    except ToolError as error:
        print(f"thalweg: {error}", file=sys.stderr)
        code = 1
    except OSError as error:
        print(f"thalweg: {sentence_for(error)}", file=sys.stderr)
        code = 1
    except KeyboardInterrupt:
        code = 130
    sys.exit(code or 0)
