"""Where browsers are looked for, and in which order."""

import sys
from pathlib import Path

import pytest

from tools import browsers
from tools.browsers import CHROMIUM, FIREFOX, Engine, find_browser
from tools.errors import ToolError

WAYS = ("from_system", "from_playwright", "from_debian")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which ways were tried; none of them finds anything."""
    tried: list[str] = []
    for engine in (CHROMIUM, FIREFOX):
        monkeypatch.delenv(engine.variable, raising=False)
    for way in WAYS:

        def nothing(_engine: Engine, way: str = way) -> None:
            tried.append(way)

        monkeypatch.setattr(browsers, way, nothing)
    return tried


@pytest.mark.parametrize("engine", [CHROMIUM, FIREFOX])
def test_the_persons_own_comes_first(
    engine: Engine, asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "browser").touch()
    monkeypatch.setenv(engine.variable, str(tmp_path / "browser"))
    assert find_browser(engine) == str(tmp_path / "browser")
    assert asked == []


def test_a_wrong_path_is_said_not_replaced(
    asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THALWEG_CHROMIUM", str(tmp_path))
    with pytest.raises(ToolError, match=r"^THALWEG_CHROMIUM=.* is not a file\. Name a browser's"):
        find_browser(CHROMIUM)
    assert asked == []


@pytest.mark.parametrize("found", range(len(WAYS)))
def test_the_first_way_that_finds_one_ends_the_search(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, found: int
) -> None:
    monkeypatch.setattr(browsers, WAYS[found], lambda _engine: "/path/of/it")
    assert find_browser(FIREFOX) == "/path/of/it"
    assert asked == list(WAYS[:found])


def test_none_is_one_sentence(asked: list[str]) -> None:
    with pytest.raises(ToolError, match=r"^There is no Firefox here .* set THALWEG_FIREFOX to the"):
        find_browser(FIREFOX)
    assert asked == list(WAYS)


def test_the_preferred_program_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    engine = Engine("x", "X", ("first", "second"), (str(tmp_path / "App"),), "x", True)
    assert browsers.from_system(engine) is None
    for name in ("App", "second", "first"):  # the later, the more it is preferred
        (tmp_path / name).touch(mode=0o755)
        assert browsers.from_system(engine) == str(tmp_path / name)


def test_a_build_that_cannot_be_driven_is_not_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsers, "logged", pytest.fail)
    assert browsers.from_playwright(FIREFOX) is None


@pytest.mark.parametrize(("platform", "user"), [("darwin", 0), ("linux", 1000)])
def test_packages_are_installed_only_as_root_on_debian(
    monkeypatch: pytest.MonkeyPatch, platform: str, user: int
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.setattr(browsers, "logged", pytest.fail)
    assert not browsers.apt_install("chromium")
