"""Find WebKitGTK and what drives it, or get it.

Playwright's own WebKit is patched and cannot be had everywhere, so this is the distribution's:
MiniBrowser, WebKitWebDriver, a display without a screen, and the bindings that open a window which
keeps its data (tests/browser/webkit/window.py). On Debian as root what is missing is installed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.browsers import apt_install
from tools.errors import ToolError

# MiniBrowser comes with libwebkit2gtk-4.1-0, which the driver needs.
DEBIAN = ("webkit2gtk-driver", "xvfb", "gir1.2-webkit2-4.1", "python3-gi")
PROGRAMS = {"THALWEG_WEBKIT": "WebKitWebDriver", "THALWEG_XVFB": "Xvfb"}
MINI = "THALWEG_MINIBROWSER"
# Debian and Ubuntu, Fedora, Arch.
MINI_PLACES = (
    "usr/lib/*/webkit2gtk-4.1/MiniBrowser",
    "usr/libexec/webkit2gtk-4.1/MiniBrowser",
    "usr/lib/webkit2gtk-4.1/MiniBrowser",
)
WINDOW_PYTHON = Path("/usr/bin/python3")  # the only one that has the system's bindings
BINDINGS = "import gi; gi.require_version('Gtk', '3.0'); gi.require_version('WebKit2', '4.1')"


def find_webkit() -> dict[str, str]:
    """Return what the tests need to drive WebKit, by environment variable.

    Where it can be neither found nor installed, the one variable is THALWEG_NO_WEBKIT, and says
    why: a system without WebKitGTK can still run every other test.

    Raises:
        ToolError: a variable of the environment names what is not there.
    """
    missing = not_found()
    if missing and apt_install(*DEBIAN):
        missing = not_found()
    if not missing:
        return programs()
    why = f"{', '.join(missing)} of WebKitGTK is neither installed nor installable here"
    remedy = f"On Debian: apt-get install {' '.join(DEBIAN)}"
    print(f"thalweg: {why}; its tests are skipped. {remedy}", file=sys.stderr, flush=True)
    return {"THALWEG_NO_WEBKIT": f"{why}. {remedy}"}


def programs() -> dict[str, str]:
    """Return the programs that are here, by environment variable."""
    found = {}
    for variable, program in (*PROGRAMS.items(), (MINI, "MiniBrowser")):
        named = os.environ.get(variable)
        if named and not Path(named).is_file():
            raise ToolError(f"{variable}={named} is not a file. Name the executable {program}.")
        path = named or shutil.which(program) or (mini_browser() if variable == MINI else None)
        if path:
            found[variable] = path
    return found


def mini_browser() -> str | None:
    """Return MiniBrowser's path, which is not where programs are looked for."""
    return next((str(f) for place in MINI_PLACES for f in Path("/").glob(place)), None)


def not_found() -> list[str]:
    """Name what is missing."""
    here = programs()
    names = {**PROGRAMS, MINI: "MiniBrowser"}
    missing = [program for variable, program in names.items() if variable not in here]
    return missing if bindings_work() else [*missing, "the Python bindings"]


def bindings_work() -> bool:
    """Tell whether the system's Python can open a window of WebKitGTK."""
    if not WINDOW_PYTHON.is_file():
        return False
    done = subprocess.run([WINDOW_PYTHON, "-c", BINDINGS], capture_output=True, check=False)
    return done.returncode == 0
