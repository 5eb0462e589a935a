"""`make dist`: the whole app as static files in `dist/`, for any static host and any sub-path.

All addresses are relative. What may be cached for ever carries a hash of its content in its name:
single files their own, folders (pyodide, pyscript, …) one of all their files. Only index.html,
pyscript.toml, keeper.js, static/thalweg.js and static/picture.html keep their names, since others
link to them or the browser knows them by that. Beside every file that gets smaller lie a `.br` and
a `.gz`, for hosts that serve precompressed files.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.environment import ensure_pip
from tools.errors import ToolError, run_tool
from tools.one_at_a_time import one_at_a_time
from tools.page import STYLES, read_page
from tools.places import BUILD, ROOT, VENDOR, VENV, VENV_PYTHON
from tools.run import asked_settings
from tools.serve import WORKER, WORKER_SOURCE
from tools.vendor import ensure_vendor

DIST = ROOT / "dist"
COMPRESSED = BUILD / "compressed"  # by content: Brotli at its best takes half a minute here
HASH_LENGTH = 10

# In this order: a file comes after those whose names stand in it.
FOLDERS = ("pyodide", "pyscript", "smol-toml", "icons")
LEAVES = (
    "app/main.py", "static/vendor/app.zip", "static/vendor/snapshot.bin", "static/*.svg",
    "static/*.png",
)  # fmt: skip
REFERRING = (
    "static/vendor/manifest.js",
    "static/interpreter.js",
    "static/settings.js",
    "static/requests.js",
    "static/start.js",
    "static/shell.js",
)
KEPT = (
    "static/thalweg.js",
    "static/picture.*",
    "static/vendor/wheels/*",
    "static/vendor/licenses/*",
)
ROOT_FILES = ("LICENSE", "THIRD-PARTY-NOTICES.md")
TEXT = frozenset({".js", ".mjs", ".css", ".html", ".toml", ".py", ".json", ".svg", ".md", ".txt"})
COMPRESSIBLE = TEXT | {".wasm"}
SMALLEST_WORTH = 256  # bytes; below, a header costs more than compression saves

Renames = dict[str, str]  # old path to new, from the site's root; folders end with a slash


def content_hash(contents: Iterable[bytes]) -> str:
    """Return the short hash that goes into a name."""
    total = hashlib.sha256()
    for content in contents:
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()[:HASH_LENGTH]


def folder_hash(folder: Path) -> str:
    """Return the short hash of a folder: of what its files are called, and what they hold."""
    paths = sorted(folder.iterdir())
    return content_hash(part for path in paths for part in (path.name.encode(), path.read_bytes()))


def renamed(text: str, place: str, renames: Renames) -> str:
    """Replace the old paths in a text by the new ones.

    Args:
        text: what a file holds.
        place: the file's folder, from the site's root; its paths are relative to that.
        renames: what is called otherwise now.
    """
    for old, new in renames.items():
        before = os.path.relpath(old, place or ".") + ("/" if old.endswith("/") else "")
        after = os.path.relpath(new, place or ".") + ("/" if new.endswith("/") else "")
        text = re.sub(rf"(?<![\w/-]){re.escape(before)}(?![\w-])" if not before.endswith("/")
                      else rf"(?<![\w/-]){re.escape(before)}", after, text)  # fmt: skip
        text = text.replace(f"./{before}", f"./{after}")
    return text


def with_hash(path: str, digest: str) -> str:
    """Put a hash into a file's name: static/base.css becomes static/base-1234567890.css."""
    stem, dot, suffix = path.rpartition(".")
    return f"{stem}-{digest}{dot}{suffix}"


def copy_folders(renames: Renames) -> None:
    """Copy the folders of other people's files, under names that carry a hash."""
    for name in FOLDERS:
        source = VENDOR / name
        digest = folder_hash(source)
        renames[f"static/vendor/{name}/"] = f"static/vendor/{name}-{digest}/"
        shutil.copytree(source, DIST / f"static/vendor/{name}-{digest}")


def copy_files(patterns: Iterable[str], renames: Renames) -> None:
    """Copy single files under hashed names, their references brought up to date."""
    for pattern in patterns:
        for source in sorted(ROOT.glob(pattern)):
            path = source.relative_to(ROOT).as_posix()
            content = source.read_bytes()
            if source.suffix in TEXT:
                folder = path.rpartition("/")[0]
                content = renamed(content.decode(), folder, renames).encode()
            target = with_hash(path, content_hash([content]))
            renames[path] = target
            write(target, content)


def copy_kept() -> None:
    """Copy what keeps its name."""
    for pattern in (*KEPT, *ROOT_FILES):
        for source in sorted(ROOT.glob(pattern)):
            write(source.relative_to(ROOT).as_posix(), source.read_bytes())
    write(WORKER, (ROOT / WORKER_SOURCE).read_bytes())


def write(path: str, content: bytes) -> None:
    """Write a file of the site."""
    target = DIST / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def write_entry(renames: Renames) -> None:
    """Write the two files that everything starts from."""
    page = read_page(ROOT, asked_settings())
    styles = renamed(page.styles, "static", renames).encode()
    renames[STYLES] = with_hash(STYLES, content_hash([styles]))
    write(renames[STYLES], styles)
    write("index.html", renamed(page.index, "", renames).encode())
    write("pyscript.toml", renamed(page.settings, "", renames).encode())


def compress_all() -> None:
    """Put compressed twins beside the files that get smaller."""
    import brotli  # noqa: PLC0415  only `.venv` has it

    methods: dict[str, Callable[[bytes], bytes]] = {
        "br": lambda content: bytes(brotli.compress(content, quality=11)),
        "gz": lambda content: gzip.compress(content, 9, mtime=0),
    }
    COMPRESSED.mkdir(parents=True, exist_ok=True)
    for path in sorted(DIST.rglob("*")):
        if path.suffix not in COMPRESSIBLE or path.stat().st_size < SMALLEST_WORTH:
            continue
        content = path.read_bytes()
        for kind, compress in methods.items():
            smaller = remembered(content, kind, compress)
            if len(smaller) < len(content):
                path.with_name(f"{path.name}.{kind}").write_bytes(smaller)


def remembered(content: bytes, kind: str, compress: Callable[[bytes], bytes]) -> bytes:
    """Compress, or take what was compressed at an earlier time."""
    place = COMPRESSED / f"{hashlib.sha256(content).hexdigest()}.{kind}"
    if not place.is_file():
        # Whoever is broken off in the middle leaves no half file under the name that is trusted.
        beside = place.with_name(f"{place.name}.{os.getpid()}")
        beside.write_bytes(compress(content))
        beside.replace(place)
    return place.read_bytes()


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: sizes in bytes."""

    name: str
    plain: int
    gz: int
    br: int


def sizes() -> list[Row]:
    """Return the sizes of every file or folder of the site, the largest first."""
    groups: dict[str, Row] = {}
    for path in DIST.rglob("*"):
        if path.is_dir() or path.suffix in (".br", ".gz"):
            continue
        relative = path.relative_to(DIST)
        name = str(relative) if len(relative.parts) < 4 else "/".join(relative.parts[:3]) + "/"
        plain = path.stat().st_size
        gz, br = (twin_size(path, kind, plain) for kind in ("gz", "br"))
        old = groups.get(name, Row(name, 0, 0, 0))
        groups[name] = Row(name, old.plain + plain, old.gz + gz, old.br + br)
    return sorted(groups.values(), key=lambda row: -row.plain)


def twin_size(path: Path, kind: str, plain: int) -> int:
    """Return the size of a file's compressed twin, or its own where there is none."""
    twin = path.with_name(f"{path.name}.{kind}")
    return twin.stat().st_size if twin.is_file() else plain


def table(rows: list[Row]) -> str:
    """Lay the sizes out for a terminal."""
    total = Row("all", sum(r.plain for r in rows), sum(r.gz for r in rows), sum(r.br for r in rows))
    width = max(len(row.name) for row in rows)
    lines = [f"{'':{width}}  {'bytes':>12}  {'gzip':>12}  {'brotli':>12}"]
    lines += [
        f"{row.name:{width}}  {row.plain:>12,}  {row.gz:>12,}  {row.br:>12,}"
        for row in [*rows, total]
    ]
    return "\n".join(lines)


def main() -> int:
    """Build `dist/` and print its sizes."""
    with one_at_a_time():
        ensure_vendor()
        ensure_pip("tools", "installing the build tools")
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), "-m", "tools.dist"])
    shutil.rmtree(DIST, ignore_errors=True)
    renames: Renames = {}
    copy_folders(renames)
    copy_files(LEAVES, renames)
    copy_files(REFERRING, renames)
    copy_kept()
    write_entry(renames)
    left = unreferenced(renames)
    if left:
        raise ToolError(f"Old names of files still stand in dist/: {', '.join(left)}.")
    compress_all()
    print(table(sizes()))
    print(f"\ndist/ is ready: {DIST.relative_to(ROOT)}/index.html works on any static host.")
    return 0


def unreferenced(renames: Renames) -> list[str]:
    """Return the files in which an old name still stands; there must be none."""
    ours = [DIST / "index.html", DIST / "pyscript.toml", DIST / WORKER, *DIST.glob("static/*.js")]
    return [
        path.name
        for path in ours
        if renamed(path.read_text(), path.parent.relative_to(DIST).as_posix(), renames)
        != path.read_text()
    ]


if __name__ == "__main__":
    run_tool(main)
