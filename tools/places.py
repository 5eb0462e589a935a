"""Where things lie in a checkout."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"  # logs, stamps, downloads: never served, never committed
VENDOR = ROOT / "static" / "vendor"  # generated, served
NODE_MODULES = ROOT / "node_modules"
REQUIREMENTS = ROOT / "requirements"
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
