"""`make lock`: write the lock files of `requirements/` from their `.in` files, with hashes.

For maintainers, after a version in an `.in` file or in package.json was changed. Needs `uv`, the
one resolver that locks for another Python and another platform than it runs on.
"""

from __future__ import annotations

import shutil
import subprocess

from tools.apart import BENCH_NPM, SERVERS_NPM
from tools.errors import ToolError, run_tool
from tools.places import REQUIREMENTS, ROOT
from tools.vendor import PYTHON_IN_PAGE

OLDEST_PYTHON = "3.11"
# The model's package asks for another server than ours, so its dependencies are left out.
OPTIONS = {
    "page": ["--python-version", PYTHON_IN_PAGE],
    "host": ["--python-version", PYTHON_IN_PAGE],
    "model": ["--universal", "--no-deps", "--python-version", OLDEST_PYTHON],
    "tools": ["--universal", "--python-version", OLDEST_PYTHON],
    "test": ["--universal", "--python-version", OLDEST_PYTHON],
    "servers": ["--universal", "--python-version", OLDEST_PYTHON],
    "bench": ["--universal", "--python-version", OLDEST_PYTHON],
    "inside": ["--python-version", PYTHON_IN_PAGE],
}


def main() -> None:
    """Lock every group, then the npm packages."""
    uv, npm = shutil.which("uv"), shutil.which("npm")
    if uv is None or npm is None:
        raise ToolError("Locking needs uv and npm. Install them (pip install uv), then run again.")
    for group, options in OPTIONS.items():
        subprocess.run(
            [uv, "pip", "compile", "--quiet", "--generate-hashes", "--no-header", "--no-annotate",
             "--no-emit-index-url", "--upgrade", *options,
             str(REQUIREMENTS / f"{group}.in"), "-o", str(REQUIREMENTS / f"{group}.txt")],
            check=True,
        )  # fmt: skip
    for folder in (ROOT, SERVERS_NPM, BENCH_NPM):
        subprocess.run([npm, "install", "--package-lock-only"], cwd=folder, check=True)


if __name__ == "__main__":
    run_tool(main)
