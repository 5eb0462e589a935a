"""Packages that must not mix with ours: each group in an environment of its own, from its lock."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tools.environment import (
    NPM_RETRIES,
    digest,
    ensure_venv,
    node,
    run_installer,
    stamped,
    step,
)
from tools.errors import ToolError
from tools.places import BUILD, REQUIREMENTS, ROOT, VENV_PYTHON

SERVERS_NPM = ROOT / "tests" / "servers"
BENCH_NPM = ROOT / "tests" / "bench"


def python_of(group: str) -> Path:
    """Return the interpreter of a group's environment."""
    return BUILD / group / "bin" / "python"


def aimock() -> Path:
    """Return the script that starts aimock."""
    return SERVERS_NPM / "node_modules" / "@copilotkit" / "aimock" / "dist" / "aimock-cli.js"


def ensure_servers() -> None:
    """Install what app/wire is held against: LiteLLM, llmock, pydantic-ai, and aimock.

    Raises:
        ToolError: no network, a wrong hash, a full disk, no wheel, or no Node.
    """
    ensure_apart("servers", "installing the test servers (about 170 MB, only this first time)")
    ensure_npm_folder("aimock", SERVERS_NPM)


def ensure_bench() -> None:
    """Install what app/wire is measured against: httpx-sse, openai, and eventsource-parser.

    Raises:
        ToolError: no network, a wrong hash, a full disk, no wheel, or no Node.
    """
    ensure_apart("bench", "installing the peers of the benchmark")
    ensure_npm_folder("eventsource-parser", BENCH_NPM)


def ensure_apart(group: str, what: str) -> None:
    """Install one lock file of `requirements/` into `build/<group>`, hashes required."""
    ensure_venv()
    python = python_of(group)
    lock = REQUIREMENTS / f"{group}.txt"
    wanted = f"{sys.version_info[:2]} {digest(lock)}"
    if stamped(group, wanted) and python.exists():
        return
    with step(group, wanted):
        bare = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(BUILD / group)]
        run_installer(bare, f"making build/{group}")
        run_installer(
            [str(VENV_PYTHON), "-m", "pip", "--python", str(python), "install", "--no-deps",
             "--only-binary", ":all:", "--require-hashes", "--no-input", "--no-compile",
             "--disable-pip-version-check", "-r", str(lock)],
            what,
        )  # fmt: skip


def ensure_npm_folder(name: str, folder: Path) -> None:
    """Install the locked npm packages of a folder of tests."""
    wanted = digest(folder / "package.json", folder / "package-lock.json")
    if stamped(name, wanted) and (folder / "node_modules").is_dir():
        return
    node()
    npm = shutil.which("npm")
    if npm is None:
        raise ToolError("npm is missing. It comes with Node.js 20 or newer; install that.")
    with step(name, wanted):
        install = [npm, "--prefix", str(folder), "ci", "--ignore-scripts", "--no-fund"]
        run_installer([*install, "--no-audit", *NPM_RETRIES], f"installing {name} (npm)")
