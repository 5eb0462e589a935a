"""A tool that gives up says one sentence and exits with a code."""

import errno

import pytest

from tools.errors import ToolError, run_tool, sentence_for

FULL = "The disk is full. Free about 1 GB, then run the same command again."


def outcome(error: BaseException | int | None) -> object:
    def main() -> int | None:
        if isinstance(error, BaseException):
            raise error
        return error

    with pytest.raises(SystemExit) as caught:
        run_tool(main)
    return caught.value.code


@pytest.mark.parametrize(("result", "code"), [(None, 0), (0, 0), (3, 3)])
def test_the_result_is_the_exit_code(result: int | None, code: int) -> None:
    assert outcome(result) == code


@pytest.mark.parametrize(
    "error",
    [
        ToolError("Port 1 is taken."),
        OSError(errno.ENOSPC, "No space"),
        FileNotFoundError(2, "No", "x"),
    ],
)
def test_what_a_person_can_mend(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(error) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith("thalweg: ")
    assert line.endswith(".")


def test_ctrl_c_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(KeyboardInterrupt()) == 130
    assert capsys.readouterr() == ("", "")


def test_our_own_mistakes_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        run_tool(lambda: 1 // 0)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, ""), FULL),
        (OSError(errno.EDQUOT, ""), FULL),
        (PermissionError(errno.EACCES, "no", "build"),
         "No permission to write build. Make the folder writable, then run again."),
        (OSError(errno.EROFS, "no", "build"),
         "No permission to write build. Make the folder writable, then run again."),
        (FileNotFoundError(errno.ENOENT, "No such file", "build/x"),
         "No such file: build/x. Run the same command again; if it stays, run `make clean` first."),
        (OSError("odd"), "odd. Run the same command again; if it stays, run `make clean` first."),
    ],
)  # fmt: skip
def test_the_systems_errors(error: OSError, sentence: str) -> None:
    assert sentence_for(error) == sentence
