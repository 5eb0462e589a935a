"""Find the browsers that the tests drive, or get them.

In this order: an environment variable (THALWEG_CHROMIUM, THALWEG_FIREFOX), one that the system
has, Playwright's own download, and on Debian as root the distribution's package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.environment import LOG, shown
from tools.errors import ToolError
from tools.places import BUILD, VENV_PYTHON

DOWNLOAD_SECONDS = 600
APT_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Engine:
    """A browser to look for.

    Attributes:
        name: Playwright's name of its type.
        variable: the environment variable that names an executable.
        programs: what systems call it, the preferred first.
        applications: where it lies on systems that do not put it on the path.
        debian: its package in Debian.
        own_build_works: whether Playwright's own build of it is driven the same way.
    """

    name: str
    variable: str
    programs: tuple[str, ...]
    applications: tuple[str, ...]
    debian: str
    own_build_works: bool


CHROMIUM = Engine(
    "chromium",
    "THALWEG_CHROMIUM",
    ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"),
    ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",),
    "chromium",
    own_build_works=True,
)
FIREFOX = Engine(
    "firefox",
    "THALWEG_FIREFOX",
    ("firefox-esr", "firefox"),
    ("/Applications/Firefox.app/Contents/MacOS/firefox",),
    "firefox-esr",
    own_build_works=False,  # it is patched, and not driven over WebDriver BiDi
)


def find_browser(engine: Engine) -> str:
    """Return the path of a browser's executable, getting the browser if need be.

    Raises:
        ToolError: there is none and none can be got; the text says what to do.
    """
    named = os.environ.get(engine.variable)
    if named:
        if not Path(named).is_file():
            raise ToolError(
                f"{engine.variable}={named} is not a file. Name a browser's executable."
            )
        return named
    ways: list[Callable[[Engine], str | None]] = [from_system, from_playwright, from_debian]
    for way in ways:
        found = way(engine)
        if found:
            return found
    raise ToolError(
        f"There is no {engine.name.capitalize()} here and none can be installed. Install it, or "
        f"set {engine.variable} to the path of its executable, then run the same command again."
    )


def from_system(engine: Engine) -> str | None:
    """Look for a browser that is installed."""
    found = next(filter(None, map(shutil.which, engine.programs)), None)
    return found or next((path for path in engine.applications if Path(path).is_file()), None)


def from_playwright(engine: Engine) -> str | None:
    """Let Playwright download its own build, if the tests can drive that."""
    if not engine.own_build_works:
        return None
    install = [str(VENV_PYTHON), "-m", "playwright", "install", engine.name]
    if not logged(install, f"downloading {engine.name} (Playwright)", DOWNLOAD_SECONDS):
        return None
    ask = (
        "from playwright.sync_api import sync_playwright as s\n"
        f"with s() as p: print(p.{engine.name}.executable_path)"
    )
    done = subprocess.run([VENV_PYTHON, "-c", ask], capture_output=True, text=True, check=False)
    path = done.stdout.strip()
    return path if path and Path(path).is_file() else None


def from_debian(engine: Engine) -> str | None:
    """Install the distribution's package, if this is Debian and we may."""
    return from_system(engine) if apt_install(engine.debian) else None


def apt_install(*packages: str) -> bool:
    """Install Debian packages; false where that is not possible."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    apt = ["apt-get", "-y", "-q", "-o", "Dpkg::Use-Pty=0"]
    logged([*apt, "update"], "asking Debian for its packages", APT_SECONDS)
    install = [*apt, "install", "--no-install-recommends", *packages]
    return logged(install, f"installing {', '.join(packages)} (Debian)", APT_SECONDS)


def logged(command: list[str], what: str, seconds: int) -> bool:
    """Run a command with its output in the set-up log; tell whether it succeeded."""
    print(f"thalweg: {what} …", file=sys.stderr, flush=True)
    BUILD.mkdir(exist_ok=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(command)}\n")
        log.flush()
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                timeout=seconds, env=environment, check=False,
            )  # fmt: skip
        except (subprocess.TimeoutExpired, OSError) as error:
            log.write(f"{error}\n")
            return False
    if done.returncode:
        print(f"thalweg: … did not work (details: {shown(LOG)})", file=sys.stderr, flush=True)
    return done.returncode == 0


def find_nginx() -> str | None:
    """Return the path of nginx, installing Debian's package if it may; None where there is none."""
    places = os.environ.get("PATH", "") + os.pathsep + "/usr/sbin"
    found = shutil.which("nginx", path=places)
    if found is None and apt_install("nginx-light"):
        found = shutil.which("nginx", path=places)
    return found
