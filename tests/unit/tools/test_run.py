"""`make run`: what it is asked for, and that it ends what it started."""

import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tools import model, one_at_a_time, run
from tools.errors import ToolError
from tools.serve import PageServer

KEYS = ("PORT", "ENDPOINT", "MODEL", "PROTOCOL")


@pytest.fixture(autouse=True)
def nothing_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setattr(one_at_a_time, "FILE", tmp_path / "set-up.lock")
    for key in KEYS:
        monkeypatch.setenv(key, "")
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(("text", "port"), [("", 8000), ("0", 0), ("8080", 8080), ("65535", 65535)])
def test_a_port(monkeypatch: pytest.MonkeyPatch, text: str, port: int) -> None:
    monkeypatch.setenv("PORT", text)
    assert run.asked_port() == port


@pytest.mark.parametrize(
    "text", ["65536", "-1", "x", "80 80", "8080\n", "0x50", "٨٠٨٠", "²", "1e3", "9" * 5000]
)
def test_no_port(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(ToolError, match=r"is not a port\. Give a number from 1024 to 65535"):
        run.asked_port()


def test_nothing_asked() -> None:
    assert run.asked_settings() == {}


def test_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENDPOINT", "https://models.example:8443/v1")
    monkeypatch.setenv("MODEL", "m")
    monkeypatch.setenv("PROTOCOL", "openai-chat")
    assert run.asked_settings() == {
        "endpoint": "https://models.example:8443/v1",
        "model": "m",
        "protocol": "openai-chat",
        "where": "models.example:8443",
        "resume": "auto",
    }


@pytest.mark.parametrize(
    "address",
    [
        "localhost:8080",
        "ftp://a",
        "http://",
        "http://a:99999",
        "http://me:secret@a/v1",
        "http://a b",
    ],
)
def test_no_endpoint(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("ENDPOINT", address)
    with pytest.raises(ToolError, match=r"is not an endpoint\. It looks like http://127"):
        run.asked_settings()


def test_a_model_without_its_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL", "x")
    with pytest.raises(ToolError, match="MODEL goes with ENDPOINT"):
        run.asked_settings()


def test_the_local_model_speaks_three_protocols(monkeypatch: pytest.MonkeyPatch) -> None:
    for protocol in run.LOCAL_PROTOCOLS:
        monkeypatch.setenv("PROTOCOL", protocol)
        assert run.asked_settings() == {"protocol": protocol}
    monkeypatch.setenv("PROTOCOL", "gemini")
    with pytest.raises(ToolError, match=r"does not speak gemini\. Give the ENDPOINT .* anthropic"):
        run.asked_settings()


def test_a_protocol_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENDPOINT", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("PROTOCOL", "foo")
    with pytest.raises(ToolError, match=r"^There is no protocol 'foo'\. .* one of: .*openai-chat"):
        run.asked_settings()


class FakeModel:
    """Writes down what is done with it; a second signal comes while it is being ended."""

    address = "http://127.0.0.1:1"

    def __init__(self, done: list[str]) -> None:
        self.done = done

    def wait(self) -> None:
        threading.Event().wait()

    def stop(self) -> None:
        signal.raise_signal(signal.SIGTERM)
        self.done.append("stop")


class DyingModel(FakeModel):
    """Ends by itself as soon as it is up."""

    def wait(self) -> None:
        self.done.append("end")

    def stop(self) -> None:
        self.done.append("stop")


@pytest.fixture
def patience() -> float:
    """Seconds from when the page is served until Ctrl-C."""
    return 0.2


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch, patience: float) -> Iterator[list[str]]:
    """What a run did, with the costly parts left out, and Ctrl-C some time after it serves."""
    steps: list[str] = []
    presses: list[threading.Timer] = []

    def start() -> FakeModel:
        steps.append("start")
        return FakeModel(steps)

    def serve(root: Path, port: int, settings: dict[str, str]) -> PageServer:
        if "vendor" in steps:
            main = threading.main_thread().ident
            assert main is not None
            press = threading.Timer(patience, signal.pthread_kill, (main, signal.SIGINT))
            press.start()
            presses.append(press)
        return PageServer(root, port, settings)

    monkeypatch.setenv("PORT", "0")
    monkeypatch.setattr(run, "ensure_vendor", lambda: steps.append("vendor"))
    monkeypatch.setattr(model, "install", lambda: steps.append("install"))
    monkeypatch.setattr(model, "start", start)
    monkeypatch.setattr(run, "PageServer", serve)
    yield steps
    for press in presses:
        press.cancel()


def test_ctrl_c_ends_the_model_even_when_pressed_twice(
    done: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    run.main()
    assert done == ["vendor", "install", "start", "stop"]
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Thalweg is at http://127.0.0.1:")


@pytest.mark.parametrize("patience", [10.0])
def test_the_end_of_the_model_ends_the_page(
    done: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(model, "start", lambda: DyingModel(done))
    with pytest.raises(ToolError, match=r"^The local model ended, .* build/model\.log; run"):
        run.main()
    assert done == ["vendor", "install", "end", "stop"]
    address = capsys.readouterr().out.split()[3]
    with pytest.raises(URLError):
        urlopen(address)


def test_another_server_means_no_local_one(
    done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENDPOINT", "http://127.0.0.1:1/v1")
    run.main()
    assert done == ["vendor"]


def test_a_taken_port_costs_no_set_up(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_: object) -> None:
        raise ToolError("Port 1 is taken.")

    monkeypatch.setattr(run, "PageServer", taken)
    with pytest.raises(ToolError):
        run.main()
    assert done == []
