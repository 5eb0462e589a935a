"""Packages that must not mix with ours: each group in an environment of its own, from its lock."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.environment import (
    digest,
    ensure_npm_folder,
    ensure_venv,
    run_installer,
    run_pip,
    stamped,
    step,
)
from tools.places import BUILD, REQUIREMENTS, ROOT

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
    ensure_npm_folder("aimock", SERVERS_NPM, aimock().is_file(), "installing aimock (npm)")


def ensure_bench() -> None:
    """Install what app/wire is measured against: httpx-sse, openai, and eventsource-parser.

    Raises:
        ToolError: no network, a wrong hash, a full disk, no wheel, or no Node.
    """
    ensure_apart("bench", "installing the peers of the benchmark")
    ensure_bench_npm()


def ensure_bench_npm() -> None:
    """Install what our page and app/wire are measured against in JavaScript.

    Raises:
        ToolError: no network, a wrong hash, a full disk, or no Node.
    """
    is_there = (BENCH_NPM / "node_modules").is_dir()
    what = "installing the benchmarks' peers (npm, about 50 MB)"
    ensure_npm_folder("bench-npm", BENCH_NPM, is_there, what)


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
        run_pip("install", [lock], what, "--no-compile", python=str(python))
