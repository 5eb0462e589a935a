"""`make notices`: write THIRD-PARTY-NOTICES.md from the lock files.

The licence of an npm package stands in package-lock.json, that of a PyPI package in its own
metadata. What the page ships has its licence texts in `static/vendor/licenses/`.
"""

from __future__ import annotations

import json
import os
import re
import sys
import zipfile
from collections.abc import Iterable
from email.message import Message
from email.parser import Parser
from importlib.metadata import distributions
from pathlib import Path

from tools.apart import BENCH_NPM, SERVERS_NPM, ensure_bench, ensure_servers
from tools.environment import ensure_pip
from tools.errors import run_tool
from tools.one_at_a_time import one_at_a_time
from tools.places import BUILD, REQUIREMENTS, ROOT, VENV, VENV_PYTHON
from tools.vendor import WHEELS, ensure_vendor

TARGET = ROOT / "THIRD-PARTY-NOTICES.md"
INTRODUCTION = """# Third-party notices

Written by `make notices` from the lock files; do not edit. Thalweg itself is under the Apache
License 2.0 (see LICENSE).

"""
# Inside Pyodide's one package; named because they ship with the page too.
INSIDE_PYODIDE = "CPython 3.14 (PSF-2.0) and its standard library, Emscripten's runtime (MIT)"
GROUPS = {
    "model": "What `make run` installs for the local model",
    "tools": "What the build uses",
    "test": "What the tests use",
}
# In environments of their own, with an npm package each.
APART = {
    "servers": ("What `make test-servers` holds the wire against", SERVERS_NPM),
    "bench": ("What the benchmarks measure it against", BENCH_NPM),
}

Row = tuple[str, str, str]  # name, version, licence


def npm_rows(folder: Path = ROOT, for_tests: bool = False) -> list[Row]:
    """Return what a folder's npm lock file holds, root left out: what ships, or what tests use."""
    lock = json.loads((folder / "package-lock.json").read_text())
    rows = []
    for path, entry in lock["packages"].items():
        name = path.rpartition("node_modules/")[2]
        if name and entry.get("dev", False) == for_tests:
            rows.append((name, entry["version"], entry.get("license", "see its files")))
    return sorted(set(rows))


def locked(group: str) -> list[tuple[str, str]]:
    """Return name and version of everything in a PyPI lock file."""
    text = (REQUIREMENTS / f"{group}.txt").read_text()
    return re.findall(r"^([\w.-]+)==([^ ;\\]+)", text, re.MULTILINE)


def licence(header: Message) -> str:
    """Read a licence out of a package's metadata, in the ways that there are."""
    expression = header.get("License-Expression")
    classifiers = [
        value.rpartition(" :: ")[2]
        for value in header.get_all("Classifier", [])
        if value.startswith("License ::")
    ]
    words = (header.get("License") or "").strip()
    short = words if words and "\n" not in words and len(words) < 60 else ""
    return expression or ", ".join(classifiers) or short or "see its files"


def wheel_rows() -> list[Row]:
    """Return the page's own Python packages, from their wheels."""
    rows = []
    for wheel in sorted(WHEELS.glob("*.whl")):
        name, version = wheel.name.split("-")[:2]
        with zipfile.ZipFile(wheel) as archive:
            text = archive.read(f"{name}-{version}.dist-info/METADATA").decode()
        rows.append((name, version, licence(Parser().parsestr(text, headersonly=True))))
    return rows


def installed_rows(group: str, *folders: str) -> list[Row]:
    """Return a lock file's packages with the licences that `.venv`, or folders, know."""
    rows = []
    for name, version in locked(group):
        found = next(iter(distributions(name=name, path=list(folders) or sys.path)), None)
        if found is None:
            continue  # for another platform
        text = found.read_text("METADATA") or ""
        header = Parser().parsestr(text, headersonly=True)
        rows.append((name, version, licence(header)))
    return rows


def table(rows: Iterable[Row]) -> str:
    """Lay rows out in Markdown."""
    lines = ["| package | version | licence |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def notices() -> str:
    """Return the whole text."""
    parts = [
        INTRODUCTION + "## What the page ships\n\nFrom npm (Pyodide holds " + INSIDE_PYODIDE + "):",
        table(npm_rows()),
        "From PyPI:",
        table(wheel_rows()),
    ]
    for group, title in GROUPS.items():
        npm = npm_rows(for_tests=True) if group == "test" else []
        parts += [f"## {title}", table([*npm, *installed_rows(group)])]
    for group, (title, folder) in APART.items():
        packages = [str(path) for path in (BUILD / group).glob("lib/python*/site-packages")]
        rows = [*npm_rows(folder), *installed_rows(group, *packages)]
        parts += [f"## {title} (never part of the page)", table(rows)]
    parts.append("The model's weights, SmolLM2-135M-Instruct, are under the Apache License 2.0.")
    return "\n\n".join(parts) + "\n"


def main() -> int:
    """Write the file."""
    with one_at_a_time():
        ensure_vendor()
        for group in GROUPS:
            ensure_pip(group, f"installing what `{group}` locks")
        ensure_servers()
        ensure_bench()
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), "-m", "tools.notices"])
    TARGET.write_text(notices())
    print(f"{TARGET.relative_to(ROOT)} is written.")
    return 0


if __name__ == "__main__":
    run_tool(main)
