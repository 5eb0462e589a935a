"""The wheels with which the tests run inside Pyodide: locked, and built for its platform."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tools.environment import digest, ensure_npm, ensure_venv, run_pip, stamped, step
from tools.places import BUILD, NODE_MODULES, REQUIREMENTS
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
        options = [
            "--python-version", PYTHON_IN_PAGE, "--abi", f"cp{PYTHON_IN_PAGE.replace('.', '')}",
            "--implementation", "cp", "--platform", f"pyemscripten_{abi}_wasm32",
            "-d", str(WHEELS),
        ]  # fmt: skip
        run_pip("download", [lock], "downloading the test runner for Pyodide", *options)
    return WHEELS
