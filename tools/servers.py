"""The servers that app/wire is held against: installed apart from everything else, from locks."""

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

SERVERS_VENV = BUILD / "servers"
PYTHON = SERVERS_VENV / "bin" / "python"
NPM_FOLDER = ROOT / "tests" / "servers"


def ensure_servers() -> None:
    """Install LiteLLM, llmock and pydantic-ai in an environment of their own, and aimock.

    Raises:
        ToolError: no network, a wrong hash, a full disk, or no wheel for this platform.
    """
    ensure_venv()
    lock = REQUIREMENTS / "servers.txt"
    wanted = f"{sys.version_info[:2]} {digest(lock)}"
    if not (stamped("servers", wanted) and PYTHON.exists()):
        with step("servers", wanted):
            bare = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(SERVERS_VENV)]
            run_installer(bare, "making an environment for the test servers")
            run_installer(
                [str(VENV_PYTHON), "-m", "pip", "--python", str(PYTHON), "install", "--no-deps",
                 "--only-binary", ":all:", "--require-hashes", "--no-input", "--no-compile",
                 "--disable-pip-version-check", "-r", str(lock)],
                "installing the test servers (about 170 MB, only this first time)",
            )  # fmt: skip
    ensure_aimock()


def ensure_aimock() -> None:
    """Install aimock beside its tests.

    Raises:
        ToolError: Node is missing or too old, no network, a wrong hash, or a full disk.
    """
    wanted = digest(NPM_FOLDER / "package.json", NPM_FOLDER / "package-lock.json")
    if stamped("aimock", wanted) and aimock().is_file():
        return
    node()
    npm = shutil.which("npm")
    if npm is None:
        raise ToolError("npm is missing. It comes with Node.js 20 or newer; install that.")
    with step("aimock", wanted):
        install = [npm, "--prefix", str(NPM_FOLDER), "ci", "--ignore-scripts", "--no-fund"]
        run_installer([*install, "--no-audit", *NPM_RETRIES], "installing aimock (npm)")


def aimock() -> Path:
    """Return the script that starts aimock."""
    return NPM_FOLDER / "node_modules" / "@copilotkit" / "aimock" / "dist" / "aimock-cli.js"
