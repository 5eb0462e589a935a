"""Serves everything that the suite needs inside Pyodide: interpreter, packages, tests, vectors."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tools.inside import ensure_inside
from tools.places import ROOT

HERE = Path(__file__).parent
PYODIDE = ROOT / "static" / "vendor" / "pyodide"
VECTORS = ROOT.parent / "shared" / "vectors"
KINDS = {".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript"}


def suite() -> bytes:
    """Return the archive that is unpacked inside: the project, the packages, the vectors."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in project():
            archive.write(path, f"thalweg/{path.relative_to(ROOT)}")
        for wheel in ensure_inside().glob("*.whl"):
            with zipfile.ZipFile(wheel) as packed:
                for name in packed.namelist():
                    archive.writestr(f"packages/{name}", packed.read(name))
        for path in VECTORS.glob("*.json"):
            archive.write(path, f"shared/vectors/{path.name}")
    return buffer.getvalue()


def project() -> Iterator[Path]:
    """Yield the files of the project that the suite reads."""
    yield ROOT / "pyproject.toml"
    yield ROOT / "CONTRIBUTING.md"
    for folder in ("app", "tests"):
        yield from (ROOT / folder).rglob("*.py")


class SuiteServer:
    """Serves the suite on a free port until `close()`; `address` says where."""

    def __init__(self) -> None:
        archive = suite()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                """Serve one of the few files there are."""
                content = archive if self.path == "/suite.zip" else read(self.path)
                self.send_response(HTTPStatus.NOT_FOUND if content is None else HTTPStatus.OK)
                kind = KINDS.get(Path(self.path).suffix, "application/octet-stream")
                kind = "application/wasm" if self.path.endswith(".wasm") else kind
                self.send_header("Content-Type", "text/html" if self.path == "/" else kind)
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Take no more requests."""
        self._server.shutdown()
        self._server.server_close()


def read(path: str) -> bytes | None:
    """Return a served file, None if there is none of that name."""
    folder, _slash, name = path.removeprefix("/").rpartition("/")
    file = (PYODIDE if folder == "pyodide" else HERE) / (name or "page.html")
    return file.read_bytes() if folder in ("", "pyodide") and file.is_file() else None
