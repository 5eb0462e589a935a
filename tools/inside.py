"""The wheels with which the tests run inside Pyodide: locked, and built for its platform."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tools.environment import digest, ensure_npm, ensure_venv, run_installer, stamped, step
from tools.places import BUILD, NODE_MODULES, REQUIREMENTS, VENV_PYTHON
from tools.vendor import PYTHON_IN_PAGE

WHEELS = BUILD / "inside"


def ensure_inside() -> Path:
    """Download the wheels, each checked against its hash; return their folder.

    Raises:
        ToolError: no network, a wrong hash, a full disk, or no wheel for Pyodide.
    """
    ensure_venv()
    ensure_npm()
    lock = REQUIREMENTS / "inside.txt"
    described = NODE_MODULES / "pyodide" / "pyodide-lock.json"
    wanted = digest(lock, described)
    if stamped("inside", wanted) and WHEELS.is_dir():
        return WHEELS
    with step("inside", wanted):
        shutil.rmtree(WHEELS, ignore_errors=True)
        abi = json.loads(described.read_text())["info"]["abi_version"]
        run_installer(
            [str(VENV_PYTHON), "-m", "pip", "download", "--no-deps", "--only-binary", ":all:",
             "--require-hashes", "--no-input", "--disable-pip-version-check",
             "--implementation", "cp", "--python-version", PYTHON_IN_PAGE,
             "--abi", f"cp{PYTHON_IN_PAGE.replace('.', '')}",
             "--platform", f"pyemscripten_{abi}_wasm32", "-r", str(lock), "-d", str(WHEELS)],
            "downloading the test runner for Pyodide",
        )  # fmt: skip
    return WHEELS
