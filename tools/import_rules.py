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
    "chat": (frozenset({"wire"}), frozenset({"reaktiv"})),
    "markup": (frozenset(), frozenset({"markdown_it", "mdurl"})),
    "browser": (frozenset({"wire", "chat", "markup"}), frozenset({"js", "pyodide", "pyscript"})),
    "ui": (frozenset({"wire", "chat", "markup", "browser"}), frozenset({"reaktiv"})),
}
# What reaches outside, or differs from run to run, is handed in to the rooms without I/O.
FORBIDDEN_IN_SANS_IO = frozenset(
    {"asyncio", "datetime", "http", "os", "pathlib", "random", "secrets", "shutil", "socket",
     "ssl", "subprocess", "tempfile", "threading", "time", "urllib.request", "uuid"}
)  # fmt: skip
SANS_IO = frozenset({"wire", "chat", "markup"})


def imported(tree: ast.AST) -> list[tuple[int, str]]:
    """Return the line and the full name of everything a module imports."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            name = "." * node.level + (node.module or "")
            names = [f"{name}.{alias.name}" for alias in node.names]
            found += [(node.lineno, name) if name != "app" else (node.lineno, n) for n in names]
    return sorted(set(found))


def complaint(room: str, name: str) -> str | None:
    """Say why a room may not import this, or None if it may."""
    rooms, packages = ALLOWED[room]
    if name.startswith("."):
        return "relative imports hide which room they reach into"
    top = name.partition(".")[0]
    if top == "app":
        target = name.partition(".")[2].partition(".")[0]
        return None if target in rooms | {room} else f"{room} may not import {target or 'app'}"
    if room in SANS_IO and name in FORBIDDEN_IN_SANS_IO:
        return f"{room} is sans I/O: {name} is handed in, not imported"
    if top in sys.stdlib_module_names or top in packages:
        return None
    return f"{room} may not import {top}"


def problems(app: Path) -> list[str]:
    """Return every breach under a folder `app/`, as `file:line: why`."""
    found: list[str] = []
    for path in sorted(app.rglob("*.py")):
        room = path.relative_to(app).parts[0]
        if room not in ALLOWED:
            continue  # main.py puts everything together, and may import all
        for line, name in imported(ast.parse(path.read_text(), str(path))):
            why = complaint(room, name)
            if why:
                found.append(f"{path.relative_to(app.parent)}:{line}: {why}")
    return found


def main() -> int:
    """Print the breaches; the exit code tells whether there are any."""
    found = problems(ROOT / "app")
    print("\n".join(found), end="\n" if found else "")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
