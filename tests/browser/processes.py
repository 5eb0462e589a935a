"""The processes of a browser that the tests started: which they are, and what they used."""

from __future__ import annotations

import os
import signal
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def _fields(pid: int) -> list[str]:
    """Return what /proc says after the process's name; nothing if it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def descendants(root: int) -> list[int]:
    """Return a process and all below it."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        if fields := _fields(int(folder.name)):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def processor_seconds(root: int) -> float:
    """Return the processor time of a process and all below it so far, in seconds."""
    every = [fields for pid in descendants(root) if (fields := _fields(pid))]
    return sum(int(fields[11]) + int(fields[12]) for fields in every) / TICKS


def process_of(profile: str) -> int:
    """Return the process of the browser that runs on a profile: the oldest that names it."""
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = command.read_bytes().split(b"\0")
        except OSError:
            continue
        if any(profile.encode() in argument for argument in arguments):
            found.append(int(command.parent.name))
    return min(found)


def kill(root: int) -> None:
    """Kill a process and all below it, without a chance to put anything in order."""
    for pid in descendants(root):
        os.kill(pid, signal.SIGKILL)
