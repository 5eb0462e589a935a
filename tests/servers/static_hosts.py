"""Static hosts that know nothing of Thalweg: Python's own, and nginx with precompressed files."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 10

NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
  types {{
    text/html html; text/css css; text/javascript js mjs; image/svg+xml svg;
    application/json json; application/wasm wasm; text/plain toml py;
  }}
  default_type application/octet-stream;
  access_log off;
  gzip_static on;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    root {root};
  }}
}}
"""


def free_port() -> int:
    """Give a port that nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def python_host(root: Path) -> Iterator[str]:
    """Serve a folder as `python -m http.server` does."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "http.server",
        str(port),
        "--bind",
        "127.0.0.1",
        "-d",
        str(root),
    ]
    with running(command, port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def nginx_host(root: Path) -> Iterator[str]:
    """Serve a folder with nginx, which sends the `.gz` beside a file in the file's place."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "nginx.conf"
        config.write_text(NGINX.format(folder=folder, port=port, root=root))
        if os.geteuid() == 0:
            config.write_text("user root;\n" + config.read_text())
        with running([os.environ["THALWEG_NGINX"], "-c", str(config), "-p", folder], port):
            yield f"http://127.0.0.1:{port}"


@contextmanager
def running(command: list[str], port: int) -> Iterator[None]:
    """Run a server until the block ends."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + START_SECONDS
        while not is_listening(port):
            assert process.poll() is None, f"{command[0]} ended at once"
            assert time.monotonic() < until, f"{command[0]} does not listen"
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


def is_listening(port: int) -> bool:
    """Tell whether somebody takes connections on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
