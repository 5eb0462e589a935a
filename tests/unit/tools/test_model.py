"""Starting the local model: whatever goes wrong, nothing of it stays behind."""

import signal
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from tools import model
from tools.errors import ToolError


class Interpreter:
    """A stand-in for the interpreter in `.venv`: real processes, made from a line of shell."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.started: list[subprocess.Popen[str]] = []

    def runs(self, script: str) -> None:
        self.path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        self.path.chmod(0o755)


@pytest.fixture
def interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Interpreter:
    made = Interpreter(tmp_path / "python")
    start = subprocess.Popen

    def noted(*arguments: Any, **options: Any) -> Any:
        made.started.append(start(*arguments, **options))
        return made.started[-1]

    monkeypatch.setattr(model, "BUILD", tmp_path)
    monkeypatch.setattr(model, "LOG", tmp_path / "model.log")
    monkeypatch.setattr(model, "VENV_PYTHON", made.path)
    monkeypatch.setattr(subprocess, "Popen", noted)
    return made


def test_a_model_that_starts_stays_until_it_is_stopped(interpreter: Interpreter) -> None:
    interpreter.runs("echo http://127.0.0.1:1; exec cat")
    server = model.start()
    assert server.address == "http://127.0.0.1:1"
    assert server.process.poll() is None
    server.stop()
    assert server.process.returncode == 0


def test_the_end_of_a_model_is_noticed(interpreter: Interpreter) -> None:
    interpreter.runs("echo http://127.0.0.1:1; exit 3")
    server = model.start()
    server.wait()
    assert server.process.returncode == 3
    server.stop()


def test_a_model_that_does_not_start(interpreter: Interpreter) -> None:
    interpreter.runs("exit 3")
    with pytest.raises(ToolError, match=r"did not start\. Its log is .*model\.log\.$"):
        model.start()


def test_a_model_that_says_something_else_is_ended(interpreter: Interpreter) -> None:
    interpreter.runs("echo hello; exec sleep 20")
    with pytest.raises(ToolError, match=r"did not start\. Its log is .*model\.log\.$"):
        model.start()
    assert interpreter.started[0].returncode == -signal.SIGKILL


def test_a_model_that_never_answers_is_ended(
    interpreter: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    interpreter.runs("exec sleep 20")
    monkeypatch.setattr(model, "START_SECONDS", 0.2)
    with pytest.raises(ToolError, match=r"within 0\.2 seconds\. Its log is .*model\.log\.$"):
        model.start()
    assert interpreter.started[0].returncode == -signal.SIGKILL


def test_ctrl_c_ends_a_model_that_has_not_started(interpreter: Interpreter) -> None:
    interpreter.runs("exec sleep 20")
    # What a shell runs in the background ignores it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main = threading.main_thread().ident
    assert main is not None
    threading.Timer(0.3, signal.pthread_kill, (main, signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        model.start()
    assert interpreter.started[0].returncode == -signal.SIGKILL
