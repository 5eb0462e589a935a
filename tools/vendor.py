"""Build `static/vendor/`: everything the page runs that is not ours, and the boot files.

    static/vendor/
      pyodide/       the interpreter (npm), with a lock file that knows only the wheels below
      pyscript/      the host (npm): the files this page loads, no editor, terminal or game
      smol-toml/     the parser of the settings file (npm)
      wheels/        pure Python (PyPI), for the plain boot
      icons/         the icons named in static/icons.txt (npm)
      app.zip        app/ as the interpreter unpacks it
      snapshot.bin   gzipped memory of an interpreter with wheels and app already imported
      manifest.js    what the loader must know of the snapshot: its address, hash and contents
      licenses/      the licence texts of all of it

Nothing here is committed; a change of a lock file, of app/ or of a tool makes it anew.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

from tools.environment import (
    FULL_DISK,
    LOG,
    digest,
    ensure_npm,
    ensure_venv,
    explain,
    node,
    run_pip,
    run_to_end,
    shown,
    stamped,
    step,
)
from tools.errors import ToolError
from tools.places import BUILD, NODE_MODULES, REQUIREMENTS, ROOT, VENDOR

WHEELS = BUILD / "wheels"
LOCKS = (REQUIREMENTS / "page.txt", REQUIREMENTS / "host.txt")
PYTHON_IN_PAGE = "3.14"

# A snapshot larger than the heap that the interpreter starts with cannot be loaded
# (shared knowledge of pyodide #6254; measured the same in Chromium, Firefox and WebKitGTK).
DEFAULT_HEAP_BYTES = 31_457_280

# Imported before the snapshot. Rooms that touch the browser are not: they hold its objects.
SNAPSHOT_MODULES = (
    "html", "json", "random", "shutil", "tomllib", "traceback", "urllib.parse", "zipfile",
    "markdown_it", "mdurl",
)  # fmt: skip
SNAPSHOT_ROOMS = ("wire", "chat", "markup", "ui")

PYODIDE_FILES = (
    "pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip",
)  # fmt: skip
# What this page never loads. PyScript's plugins stay: its MicroPython half loads them unasked.
PYSCRIPT_LEFT_OUT = re.compile(r"\.map$|^(codemirror|xterm|mpy-|zip-|storage|service-worker)")
LICENSED = (
    "pyodide", "@pyscript/core", "polyscript", "coincident", "reflected-ffi", "lucide-static",
    "smol-toml",
)  # fmt: skip


def ensure_vendor() -> None:
    """Bring `static/vendor/` up to date with the lock files and with app/.

    Raises:
        ToolError: a download or the snapshot failed; the text says what to do.
    """
    ensure_npm()
    ensure_wheels()
    icons = ROOT / "static/icons.txt"
    wanted = digest(ROOT / "package-lock.json", *LOCKS, icons, Path(__file__))
    if not stamped("vendor", wanted) or not VENDOR.is_dir():
        with step("vendor", wanted):
            shutil.rmtree(VENDOR, ignore_errors=True)
            copy_pyodide()
            copy_pyscript()
            copy_toml()
            copy_icons()
            copy_licenses()
    ensure_app(wanted)


def ensure_wheels() -> None:
    """Download the locked wheels of the page, each checked against its hash."""
    wanted = digest(*LOCKS)
    if stamped("wheels", wanted) and WHEELS.is_dir():
        return
    ensure_venv()
    with step("wheels", wanted):
        shutil.rmtree(WHEELS, ignore_errors=True)
        options = ["--python-version", PYTHON_IN_PAGE, "-d", str(WHEELS)]
        run_pip("download", list(LOCKS), "downloading the page's Python packages", *options)


def copy_pyodide() -> None:
    """Copy the interpreter, with a lock file that names only our wheels."""
    target = VENDOR / "pyodide"
    target.mkdir(parents=True)
    for name in PYODIDE_FILES:
        shutil.copy(NODE_MODULES / "pyodide" / name, target / name)
    lock = json.loads((NODE_MODULES / "pyodide" / "pyodide-lock.json").read_text())
    lock["packages"] = {}
    (VENDOR / "wheels").mkdir()
    for wheel in sorted(WHEELS.glob("*.whl")):
        shutil.copy(wheel, VENDOR / "wheels" / wheel.name)
        entry = lock_entry(wheel)
        lock["packages"][entry["name"]] = entry
    (target / "pyodide-lock.json").write_text(json.dumps(lock, indent=1))


def lock_entry(wheel: Path) -> dict[str, object]:
    """Describe a wheel as Pyodide's lock file does, so that it is checked by hash."""
    name, version = wheel.name.split("-")[:2]
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"{name}-{version}.dist-info/METADATA").decode()
        roots = {n.split("/")[0] for n in archive.namelist() if n.endswith("/__init__.py")}
    header = metadata.split("\n\n", 1)[0]
    needs = re.findall(r"^Requires-Dist: ([\w.-]+)(?![^\n]*extra ==)", header, re.MULTILINE)
    return {
        "depends": needs,
        "file_name": f"../wheels/{wheel.name}",
        "imports": sorted(roots),
        "install_dir": "site",
        "name": name.lower().replace("_", "-"),
        "package_type": "package",
        "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "unvendored_tests": False,
        "version": version,
    }


def copy_pyscript() -> None:
    """Copy the parts of PyScript that this page loads."""
    target = VENDOR / "pyscript"
    target.mkdir()
    for path in (NODE_MODULES / "@pyscript/core/dist").iterdir():
        if not PYSCRIPT_LEFT_OUT.search(path.name):
            text = path.read_text().split("\n//# sourceMappingURL=")[0]  # the maps stay behind
            (target / path.name).write_text(text)


def copy_toml() -> None:
    """Copy the parser of the settings file."""
    target = VENDOR / "smol-toml"
    target.mkdir()
    for path in (NODE_MODULES / "smol-toml/dist").glob("*.js"):
        shutil.copy(path, target / path.name)


def copy_icons() -> None:
    """Copy the icons that static/icons.txt names.

    Raises:
        ToolError: a name is not in the set.
    """
    target = VENDOR / "icons"
    target.mkdir()
    for name in (ROOT / "static/icons.txt").read_text().split():
        source = NODE_MODULES / "lucide-static/icons" / f"{name}.svg"
        if not source.is_file():
            raise ToolError(f"static/icons.txt names {name!r}, which lucide-static does not have.")
        shutil.copy(source, target / source.name)


def copy_licenses() -> None:
    """Copy the licence texts of everything in the folder."""
    target = VENDOR / "licenses"
    target.mkdir()
    for package in LICENSED:
        for path in (NODE_MODULES / package).glob("LICENSE*"):
            shutil.copy(path, target / f"{package.strip('@').replace('/', '-')}.txt")
    for wheel in WHEELS.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if re.search(r"dist-info/(licenses/)?LICENSE[^/]*$", name):
                    (target / f"{wheel.name.split('-')[0]}.txt").write_bytes(archive.read(name))


def app_files() -> list[Path]:
    """Return the app's Python files, in a fixed order."""
    return sorted((ROOT / "app").rglob("*.py"))


def ensure_app(vendored: str) -> None:
    """Pack app/ and make the snapshot, if either would differ from what is there."""
    maker = ROOT / "tools/snapshot.mjs"
    names = [path.relative_to(ROOT).as_posix() for path in app_files()]
    wanted = vendored + digest(*app_files(), maker) + " ".join(names)
    if stamped("app", wanted) and (VENDOR / "snapshot.bin").is_file():
        return
    print("thalweg: building the memory snapshot …", file=sys.stderr, flush=True)
    with step("app", wanted):
        pack_app(VENDOR / "app.zip")
        write_manifest(make_snapshot())


def pack_app(target: Path) -> None:
    """Zip app/ so that the same sources give the same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in app_files():
            if path.name == "main.py":
                continue  # PyScript fetches it by its own address
            info = zipfile.ZipInfo(path.relative_to(ROOT).as_posix(), (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())


def snapshot_modules() -> list[str]:
    """Return what is imported before the snapshot: libraries, then our rooms without a browser."""
    ours = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for room in SNAPSHOT_ROOMS
        for path in sorted((ROOT / "app" / room).rglob("*.py"))
    ]
    return [*SNAPSHOT_MODULES, *ours]


def make_snapshot() -> dict[str, int]:
    """Make the snapshot in Node, and boot it there once.

    Returns:
        Its sizes in bytes, as tools/snapshot.mjs prints them.

    Raises:
        ToolError: it is too large, does not boot, or a module cannot be imported without a browser.
    """
    wheels = [str(w) for w in sorted(WHEELS.glob("*.whl")) if not w.name.startswith("micropip")]
    plan = {
        "pyodide": str(VENDOR / "pyodide"),
        "wheels": wheels,
        "sources": str(VENDOR / "app.zip"),
        "modules": snapshot_modules(),
        "output": str(VENDOR / "snapshot.bin"),
        "expectedBytes": DEFAULT_HEAP_BYTES,
    }
    plan_file = BUILD / "snapshot-plan.json"
    plan_file.write_text(json.dumps(plan, indent=1))
    done = run_to_end([node(), str(ROOT / "tools/snapshot.mjs"), str(plan_file)])
    if done.returncode:
        if any(sign in done.stdout for sign in FULL_DISK):
            raise explain("building the memory snapshot", done.stdout)
        reason = next((x for x in done.stdout.splitlines()[::-1] if "Error:" in x), "")
        raise ToolError(
            f"The memory snapshot could not be made. {reason[:300]} Details: {shown(LOG)}."
        )
    sizes: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return sizes


def write_manifest(sizes: dict[str, int]) -> None:
    """Tell the loader where the snapshot is, how to verify it, and what it holds."""
    content = (VENDOR / "snapshot.bin").read_bytes()
    integrity = "sha256-" + base64.b64encode(hashlib.sha256(content).digest()).decode()
    version = json.loads((NODE_MODULES / "pyodide/package.json").read_text())["version"]
    snapshot = {
        "address": "./snapshot.bin",
        "integrity": integrity,
        "bytes": sizes["bytes"],
        "pyodide": version,
        "wheels": sorted(w.name for w in WHEELS.glob("*.whl")),
    }
    (VENDOR / "manifest.js").write_text(
        "// Written by tools/vendor.py.\n"
        f"export const snapshot = {json.dumps(snapshot, indent=2)};\n"
    )
