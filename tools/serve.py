"""The page's own server for development and tests: static files, nothing else.

Serves only what a static host would have (index.html, pyscript.toml, keeper.js, app/, static/); the
two files that depend on the settings come from tools/page.py.
"""

from __future__ import annotations

import errno
import io
import mimetypes
import os
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tools.errors import ToolError
from tools.page import STYLES, Overrides, read_page

PUBLIC = ("index.html", "pyscript.toml", "app", "static")
MADE = ("index.html", "pyscript.toml", STYLES)
WORKER, WORKER_SOURCE = "keeper.js", "static/keeper.js"
CLOSING_SECONDS = 0.05
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/wasm", ".wasm")
mimetypes.add_type("text/plain", ".toml")

# Called with the address's path before a file is served; what it returns is served instead.
Intercept = Callable[[str], bytes | None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = os.name != "nt"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser that goes away in the middle of a file is no error."""


def made(root: Path, overrides: Overrides, path: str) -> bytes | None:
    """Give a file that is not served as it lies there; None if this one is."""
    if path == WORKER:  # a worker controls only what lies beside or below its address
        sources = (root / WORKER_SOURCE, root / WORKER)  # a built page has it at its root already
        return next((source.read_bytes() for source in sources if source.is_file()), None)
    if path not in MADE:
        return None
    page = read_page(root, overrides)
    files = {"index.html": page.index, "pyscript.toml": page.settings, STYLES: page.styles}
    return files[path].encode() or None


def _handler(
    root: Path, overrides: Overrides, intercept: Intercept | None
) -> type[SimpleHTTPRequestHandler]:
    class Handler(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else a body waits 40 ms for its header's receipt

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, directory=str(root), **kwargs)

        def send_head(self) -> io.BytesIO | Any:
            # The one reading of the address, `..` resolved: what is checked is what is served.
            file = self.translate_path(self.path)
            path = "index.html" if Path(file) == root else Path(file).relative_to(root).as_posix()
            try:
                content = self.made(path)
            except (ToolError, OSError, ValueError) as error:  # someone edits the two files
                self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR, explain=str(error))
                return None
            if content is not None:
                self.send_response(HTTPStatus.OK)
                self.send_header("Content-Type", self.guess_type(path))
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                return io.BytesIO(content)
            if path.split("/")[0] not in PUBLIC or not os.path.isfile(file):
                self.send_error(HTTPStatus.NOT_FOUND)
                return None
            return super().send_head()

        def made(self, path: str) -> bytes | None:
            content = intercept(path) if intercept else None
            return made(root, overrides, path) if content is None else content

        def end_headers(self) -> None:
            self.send_header("Cache-Control", "no-cache")  # asked for again, cheaply, at each load
            self.send_header("X-Content-Type-Options", "nosniff")
            super().end_headers()

        def log_message(self, *_args: Any) -> None:
            """Keep the terminal quiet: its one line is the address."""

    return Handler


def why_not(port: int, error: OSError) -> str:
    """Say why a port cannot be had, and which may be."""
    other = port + 1 if 1024 <= port < 65535 else 8000
    remedy = f"Choose another one: make run PORT={other}."
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken. {remedy}"
    return f"Port {port} cannot be used ({error.strerror}). {remedy}"


class PageServer:
    """Serve the page in a thread until `close()`.

    Args:
        root: the checkout, or a built `dist/`.
        port: 0 takes a free one.
        overrides: settings to replace, by key of `[thalweg]`.
        intercept: replaces single files; used by tests and benchmarks.

    Raises:
        ToolError: the port is taken, or the file of settings lacks one of the overrides.
    """

    def __init__(
        self,
        root: Path,
        port: int = 0,
        overrides: Overrides | None = None,
        intercept: Intercept | None = None,
    ) -> None:
        root = root.resolve()
        read_page(root, overrides)  # fails here and now, not when a browser asks
        handler = _handler(root, overrides or {}, intercept)
        try:
            self._server = _Server(("127.0.0.1", port), handler)
        except OSError as error:
            raise ToolError(why_not(port, error)) from error
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/"
        # Closing waits for the next look, which is half a second away if not told otherwise.
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(CLOSING_SECONDS,), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop serving and give the port back."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
