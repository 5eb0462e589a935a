"""Hold every module of app/ to the import rules: who may import whom.

The table is the architecture's. A room that breaks it can no longer be tested without a browser,
or baked into the snapshot.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from tools.places import ROOT

# room: (rooms of ours, packages of others); the standard library is free to all.
ALLOWED: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "wire": (frozenset(), frozenset()),
    "chat": (frozenset({"wire"}), frozenset()),
    "markup": (frozenset(), frozenset({"markdown_it", "mdurl"})),
    "browser": (frozenset({"wire", "chat", "markup"}), frozenset({"js", "pyodide", "pyscript"})),
    "ui": (frozenset({"wire", "chat", "markup", "browser"}), frozenset()),
}
# What reaches outside, or differs from run to run, is handed in to the rooms without I/O.
FORBIDDEN_IN_SANS_IO = frozenset(
    {"asyncio", "datetime", "http", "os", "pathlib", "random", "secrets", "shutil", "socket",
     "ssl", "subprocess", "tempfile", "threading", "time", "urllib.request", "uuid"}
)  # fmt: skip
SANS_IO = frozenset({"wire", "chat", "markup"})


def imported(tree: ast.AST) -> list[tuple[int, str]]:
    """Return the line and the full name of everything a module imports.

    What comes `from` a module counts with it: `from urllib import request` is urllib.request.
    """
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            name = "." * node.level + (node.module or "")
            found += [(node.lineno, f"{name}.{alias.name}") for alias in node.names]
    return sorted(set(found))


def with_parents(name: str) -> list[str]:
    """Return a dotted name and all that hold it: a, a.b, a.b.c."""
    parts = name.split(".")
    return [".".join(parts[: end + 1]) for end in range(len(parts))]


def complaint(room: str, name: str) -> str | None:
    """Say why a room may not import this, or None if it may."""
    rooms, packages = ALLOWED[room]
    if name.startswith("."):
        return "relative imports hide which room they reach into"
    top = name.partition(".")[0]
    if top == "app":
        target = name.partition(".")[2].partition(".")[0]
        return None if target in rooms | {room} else f"{room} may not import {target or 'app'}"
    outside = FORBIDDEN_IN_SANS_IO.intersection(with_parents(name))
    if room in SANS_IO and outside:
        return f"{room} is sans I/O: {min(outside)} is handed in, not imported"
    if top in sys.stdlib_module_names or top in packages:
        return None
    return f"{room} may not import {top}"


def problems(app: Path) -> list[str]:
    """Return every breach under a folder `app/`, as `file:line: why`."""
    found: list[str] = []
    for path in sorted(app.rglob("*.py")):
        room, place = path.relative_to(app).parts[0], path.relative_to(app.parent)
        if room == path.name:
            continue  # main.py puts everything together, and may import all
        if room not in ALLOWED:
            found.append(f"{place}:1: the rules know no room {room}")
            continue
        for line, name in imported(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            why = complaint(room, name)
            if why:
                found.append(f"{place}:{line}: {why}")
    return list(dict.fromkeys(found))


def main() -> int:
    """Print the breaches; the exit code tells whether there are any."""
    found = problems(ROOT / "app")
    print("\n".join(found), end="\n" if found else "")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
