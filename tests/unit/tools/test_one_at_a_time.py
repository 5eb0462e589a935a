"""Two set-ups in one checkout: the second waits, and does not wait for a dead one."""

import fcntl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tools import dist, notices, one_at_a_time, run, test
from tools.one_at_a_time import one_at_a_time as guarded
from tools.places import ROOT

HOLD = """
import sys
from pathlib import Path
from tools import one_at_a_time
one_at_a_time.FILE = Path(sys.argv[1])
with one_at_a_time.one_at_a_time():
    print("held", flush=True)
    sys.stdin.read()
"""
LINE = "thalweg: Waiting for another set-up in this folder to end.\n"


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "build/set-up.lock"
    monkeypatch.setattr(one_at_a_time, "FILE", path)
    return path


@pytest.fixture
def other(file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process, in the middle of a set-up."""
    command = [sys.executable, "-c", HOLD, str(file)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def close_input(process: subprocess.Popen[bytes]) -> None:
    """Let it end its set-up."""
    assert process.stdin is not None
    process.stdin.close()


@pytest.mark.parametrize("end", [close_input, subprocess.Popen.kill])
def test_the_second_waits_until_the_first_ends_or_dies(
    other: subprocess.Popen[bytes],
    capsys: pytest.CaptureFixture[str],
    end: Callable[[subprocess.Popen[bytes]], None],
) -> None:
    ending = threading.Event()

    def end_it() -> None:
        ending.set()
        end(other)

    threading.Timer(0.3, end_it).start()
    with guarded():
        assert ending.is_set()
    assert capsys.readouterr() == ("", LINE)


def test_one_after_the_other_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        with guarded():
            pass
    assert capsys.readouterr() == ("", "")


def test_where_nothing_can_be_locked_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(one_at_a_time, "FILE", tmp_path / "file/set-up.lock")
    done = []
    with guarded():
        done.append("set-up")
    assert done == ["set-up"]


class HeldError(Exception):
    """The set-up was begun, and no other could begin one meanwhile."""


@pytest.mark.parametrize(
    ("tool", "begin"),
    [
        (run, lambda: run.set_up(with_model=True)),
        (test, test.install_tools),
        (test, test.prepare_browsers),
        (dist, dist.main),
        (notices, notices.main),
    ],
)
def test_every_tool_sets_up_alone(
    file: Path, monkeypatch: pytest.MonkeyPatch, tool: ModuleType, begin: Callable[[], object]
) -> None:
    def look(*_: object) -> None:
        with file.open("a", encoding="utf-8") as second:
            try:
                fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HeldError from None
        raise AssertionError("another set-up could have begun")

    monkeypatch.setattr(tool, "ensure_vendor", look)
    monkeypatch.setattr(tool, "ensure_pip", look, raising=False)
    with pytest.raises(HeldError):
        begin()
