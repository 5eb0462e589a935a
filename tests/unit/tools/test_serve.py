"""The page's server gives what a static host would, and nothing else of the checkout."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tools.errors import ToolError
from tools.serve import PageServer, why_not

FILES = {
    "index.html": '<link rel="stylesheet" href="static/a.css">\n',
    "pyscript.toml": '[thalweg]\nendpoint = "http://a/v1"\n',
    "app/main.py": "python",
    "static/shell.js": "script",
    "static/module.mjs": "module",
    "static/engine.wasm": "wasm",
    "static/settings.toml": "toml",
    "static/icon.svg": "<svg/>",
    "static/a.css": "a {}",
    "static/a b.css": "space",
    ".git/config": "secret",
    ".venv/pyvenv.cfg": "secret",
    "build/setup.log": "secret",
    "Makefile": "secret",
    "static-of-others/x.js": "secret",
}


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    body: bytes


def ask(server: PageServer, path: str, method: str = "GET") -> Answer:
    connection = HTTPConnection(urlsplit(server.address).netloc, timeout=10)
    # As bytes on the wire: http.client and every proxy would make a kinder path of it.
    connection.putrequest(method, path, skip_accept_encoding=True)
    connection.endheaders()
    response = connection.getresponse()
    answer = Answer(response.status, response.headers.get_content_type(), response.read())
    connection.close()
    return answer


def checkout(folder: Path) -> Path:
    inside = folder / "checkout"
    (folder / "outside.txt").write_text("secret", encoding="utf-8")
    for name, content in FILES.items():
        path = inside / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return inside


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return checkout(tmp_path)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageServer]:
    """One for all that only ask."""
    started = PageServer(checkout(tmp_path_factory.mktemp("served")))
    yield started
    started.close()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("index.html", "text/html"),
        ("pyscript.toml", "text/plain"),
        ("app/main.py", "text/x-python"),
        ("static/shell.js", "text/javascript"),
        ("static/module.mjs", "text/javascript"),
        ("static/engine.wasm", "application/wasm"),
        ("static/settings.toml", "text/plain"),
        ("static/icon.svg", "image/svg+xml"),
        ("static/a.css", "text/css"),
    ],
)
def test_what_is_public_has_its_type(server: PageServer, path: str, kind: str) -> None:
    assert ask(server, f"/{path}") == Answer(200, kind, FILES[path].encode())


@pytest.mark.parametrize(
    "path",
    ["/", "/?theme=dark", "/index.html?a=b", "//", "/./", "/static/..", "/static/../index.html"],
)
def test_addresses_of_the_page(server: PageServer, path: str) -> None:
    assert ask(server, path).body == FILES["index.html"].encode()


def test_an_escaped_name_is_found(server: PageServer) -> None:
    assert ask(server, "/static/a%20b.css").body == b"space"


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config",
        "/.venv/pyvenv.cfg",
        "/build/setup.log",
        "/Makefile",
        "/static-of-others/x.js",
        "/static/../.git/config",
        "/app/../Makefile",
        "/static/../../outside.txt",
        "/../outside.txt",
        "/static/%2e%2e/.git/config",
        "/static/..%2f.git%2fconfig",
        "/static%2f..%2f.git/config",
        "/static/%252e%252e/.git/config",
        "/static/..\\.git\\config",
        "/static/..%5c.git%5cconfig",
        "//static/../.git/config",
        "//.git/config",
        "/%2e%67it/config",
        "/static//../.git/config",
        "/static/..;/.git/config",
        "/index.html/../.git/config",
        "http://127.0.0.1/.git/config",
        "/static",
        "/static/",
        "/app/",
        "/app",
        "/app/?",
        "/static/.",
        "/static/none.js",
        "/static/shell.js/",
        "/static/%00",
        "/static/shell.js%00.css",
        "/%ff%fe",
        "/none",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_nothing_else_is_served(server: PageServer, path: str, method: str) -> None:
    answer = ask(server, path, method)
    assert answer.status == 404
    assert b"secret" not in answer.body
    assert b"shell.js" not in answer.body


def test_nothing_can_be_written(server: PageServer) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert ask(server, "/index.html", method).status == 501


def test_the_service_worker_is_served_at_the_root(root: Path) -> None:
    server = PageServer(root)
    assert ask(server, "/keeper.js").status == 404
    (root / "keeper.js").write_text("built", encoding="utf-8")
    assert ask(server, "/keeper.js") == Answer(200, "text/javascript", b"built")
    (root / "static/keeper.js").write_text("source", encoding="utf-8")
    assert ask(server, "/keeper.js") == Answer(200, "text/javascript", b"source")
    server.close()


def test_the_head_of_a_made_file_has_no_body(server: PageServer) -> None:
    assert ask(server, "/", "HEAD") == Answer(200, "text/html", b"")


def test_the_settings_are_replaced(root: Path) -> None:
    server = PageServer(root, overrides={"endpoint": "http://b/v1"})
    assert b'"http://b/v1"' in ask(server, "/pyscript.toml").body
    server.close()


def test_an_override_that_the_file_lacks_is_found_at_the_start(root: Path) -> None:
    with pytest.raises(ToolError, match="no setting 'model'"):
        PageServer(root, overrides={"model": "x"})


def test_a_file_that_is_broken_meanwhile_says_so(root: Path) -> None:
    server = PageServer(root)
    (root / "pyscript.toml").write_bytes(b"\xff")
    answer = ask(server, "/")
    server.close()
    assert answer.status == 500
    assert b"invalid start byte" in answer.body


def test_a_test_replaces_single_files(root: Path) -> None:
    asked: list[str] = []

    def intercept(path: str) -> bytes | None:
        asked.append(path)
        return b"other" if path == "static/shell.js" else None

    server = PageServer(root, intercept=intercept)
    assert ask(server, "/static/shell.js") == Answer(200, "text/javascript", b"other")
    assert ask(server, "/static/../app/main.py").body == b"python"
    server.close()
    assert asked == ["static/shell.js", "app/main.py"]


def test_a_taken_port(root: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ToolError, match=rf"^Port {port} is taken\. Choose another one: "):
            PageServer(root, port)


def test_closing_gives_the_port_back(root: Path) -> None:
    first = PageServer(root)
    port = urlsplit(first.address).port
    assert port
    first.close()
    PageServer(root, port).close()


@pytest.mark.parametrize(("port", "other"), [(8000, 8001), (65535, 8000), (80, 8000), (1024, 1025)])
def test_the_other_port_is_one_that_may_be_had(port: int, other: int) -> None:
    assert why_not(port, PermissionError(13, "Permission denied")) == (
        f"Port {port} cannot be used (Permission denied). "
        f"Choose another one: make run PORT={other}."
    )
