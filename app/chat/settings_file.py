"""The settings file as TOML: parsed with guards, and every complaint with its line."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from app.chat.setting_values import UnfitError, did_you_mean, shown
from app.chat.toml_lines import Path, line_nested_too_deep, line_of

T = TypeVar("T")

# Longest settings file, in characters. The shipped one has about 1,000.
MAX_TEXT = 256 * 1024


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the settings; `line` counts from 1, None if it cannot be told."""

    key: str
    line: int | None
    message: str


class SettingsError(Exception):
    """The settings cannot be used; `problems` holds every reason, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(_in_words(problem) for problem in self.problems))


class Problems:
    """Collects what is wrong and knows the line of each key."""

    def __init__(self, lines: Mapping[Path, int]) -> None:
        self.found: list[Problem] = []
        self._lines = lines

    def add(self, path: Path, message: str) -> None:
        """Complain of what stands in the file at this path."""
        self.found.append(Problem(".".join(path), line_of(self._lines, path), message))

    def in_order(self) -> list[Problem]:
        """Give the problems in the order of the file, those without a line last."""
        return sorted(self.found, key=lambda problem: (problem.line is None, problem.line or 0))


class Table:
    """One table of the file, from which checked values are taken."""

    def __init__(self, path: Path, held: dict[str, Any], problems: Problems) -> None:
        self._path = path
        self._held = held
        self._problems = problems

    def take(self, key: str, check: Callable[[object], T], default: T) -> T:
        """Give the value of a key, or the default when it is absent or wrong."""
        if key not in self._held:
            return default
        try:
            return check(self._held[key])
        except UnfitError as unfit:
            self.complain(key, f'The key "{key}" {unfit}')
            return default

    def complain(self, key: str, message: str) -> None:
        """Complain of one key of this table."""
        self._problems.add((*self._path, key), message)

    def refuse_unknown(self, known: Iterable[str]) -> None:
        """Complain of each key that is not among the known ones."""
        names = tuple(known)
        for key in self._held:
            if key not in names:
                suggestion = did_you_mean(key, names)
                words = f"The key {shown(key)} is not known in [{'.'.join(self._path)}]."
                self.complain(key, words + (suggestion or " Remove it or correct its name."))

    def require(self, keys: Iterable[str]) -> None:
        """Complain of each of these keys that is absent."""
        for key in keys:
            if key not in self._held:
                words = f'The key "{key}" is missing. Add it to [{".".join(self._path)}].'
                self.complain(key, words)


def parse(text: str) -> dict[str, Any]:
    """Parse the file.

    Raises `SettingsError` with the one problem that makes it unreadable.
    """
    if len(text) > MAX_TEXT:
        raise _unreadable(None, f"is longer than {MAX_TEXT // 1024} KiB. Shorten it.")
    line = line_nested_too_deep(text)
    if line is not None:
        raise _unreadable(line, "nests too deeply. Write it with fewer brackets and dots.")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise _unreadable(None, "nests too deeply. Write it with fewer brackets.") from None
    except tomllib.TOMLDecodeError as error:
        reason, line = _reason_and_line(str(error), text)
        raise _unreadable(line, f"is not valid TOML: {reason}.") from None
    except ValueError:
        # int() refuses more than 4,300 digits, and tomllib lets that pass through.
        raise _unreadable(None, "holds a number that is too long. Shorten it.") from None


def _unreadable(line: int | None, message: str) -> SettingsError:
    return SettingsError([Problem("", line, f"The file {message}")])


def _reason_and_line(words: str, text: str) -> tuple[str, int | None]:
    reason, _, place = words.partition(" (at ")
    # tomllib repeats the offending character or key; a key can be long.
    reason = reason[:1].lower() + reason[1:200]
    if place.startswith("end of document"):
        return reason, text.count("\n") + 1
    number = re.match(r"line (\d+)", place)
    return reason, int(number[1]) if number else None


def _in_words(problem: Problem) -> str:
    return problem.message if problem.line is None else f"line {problem.line}: {problem.message}"
