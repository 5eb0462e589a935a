"""Every import rule finds its breach, and the app has none."""

from pathlib import Path

import pytest

from tools.import_rules import ALLOWED, FORBIDDEN_IN_SANS_IO, SANS_IO, problems
from tools.places import ROOT


def breaches(folder: Path, place: str, source: str) -> list[str]:
    path = folder / "app" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    return problems(folder / "app")


def test_the_app_has_none() -> None:
    assert problems(ROOT / "app") == []


def test_the_rules_know_every_room() -> None:
    rooms = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}
    assert rooms == set(ALLOWED)


@pytest.mark.parametrize("room", ALLOWED)
@pytest.mark.parametrize("other", ALLOWED)
@pytest.mark.parametrize(
    "form", ["from app.{0} import x", "import app.{0}.x", "from app import {0}"]
)
def test_a_room_reaches_only_what_it_may(tmp_path: Path, room: str, other: str, form: str) -> None:
    found = breaches(tmp_path, f"{room}/x.py", "\n" + form.format(other))
    allowed = other == room or other in ALLOWED[room][0]
    assert found == ([] if allowed else [f"app/{room}/x.py:2: {room} may not import {other}"])


def test_the_rooms_form_no_circle() -> None:
    order: list[str] = []
    for room, (others, _) in ALLOWED.items():
        assert others <= set(order)
        order.append(room)


@pytest.mark.parametrize("room", ALLOWED)
def test_the_browser_is_one_rooms_own(tmp_path: Path, room: str) -> None:
    source = "import js\nfrom pyodide.ffi import to_js\nimport pyscript\n"
    found = breaches(tmp_path, f"{room}/x.py", source)
    assert len(found) == (0 if room == "browser" else 3)


@pytest.mark.parametrize("room", ALLOWED)
def test_packages_of_others_have_their_room(tmp_path: Path, room: str) -> None:
    found = breaches(
        tmp_path, f"{room}/x.py", "from markdown_it.token import Token\nimport numpy\n"
    )
    assert [line.rpartition(" ")[2] for line in found] == (
        ["numpy"] if room == "markup" else ["markdown_it", "numpy"]
    )


@pytest.mark.parametrize("room", sorted(SANS_IO))
@pytest.mark.parametrize("module", sorted(FORBIDDEN_IN_SANS_IO))
def test_what_reaches_outside_is_handed_in(tmp_path: Path, room: str, module: str) -> None:
    parent, _, name = module.rpartition(".")
    forms = [
        f"import {module}",
        f"import {module} as m",
        f"from {module} import a, b",
        f"import {module}.c",
    ]
    forms += [f"from {parent} import {name}"] if parent else []
    found = breaches(tmp_path, f"{room}/x.py", "\n".join(forms))
    why = f"{room} is sans I/O: {module} is handed in, not imported"
    assert found == [f"app/{room}/x.py:{line}: {why}" for line in range(1, len(forms) + 1)]


@pytest.mark.parametrize("room", ["browser", "ui"])
def test_other_rooms_may_know_the_clock(tmp_path: Path, room: str) -> None:
    assert breaches(tmp_path, f"{room}/x.py", "import asyncio, time") == []


def test_the_rest_of_the_standard_library_is_free(tmp_path: Path) -> None:
    source = "import json, urllib.parse\nfrom urllib.parse import urlsplit\nimport collections.abc"
    assert breaches(tmp_path, "wire/x.py", source) == []


@pytest.mark.parametrize(
    "source", ["from . import y", "from .y import z", "from ..chat import turn"]
)
def test_relative_imports(tmp_path: Path, source: str) -> None:
    (found,) = breaches(tmp_path, "ui/deep/x.py", source)
    assert found.startswith("app/ui/deep/x.py:1: relative imports hide")


@pytest.mark.parametrize("source", ["import app", "from app import main", "from app import *"])
def test_the_whole_app_is_no_rooms_to_import(tmp_path: Path, source: str) -> None:
    (found,) = breaches(tmp_path, "ui/x.py", source)
    assert "ui may not import " in found


def test_an_import_inside_a_function_counts(tmp_path: Path) -> None:
    source = "def f():\n    if x:\n        import js\n"
    assert breaches(tmp_path, "chat/x.py", source) == ["app/chat/x.py:3: chat may not import js"]


def test_a_new_room_is_not_overlooked(tmp_path: Path) -> None:
    assert breaches(tmp_path, "cellar/x.py", "import js") == [
        "app/cellar/x.py:1: the rules know no room cellar"
    ]


def test_the_composition_root_may_import_all(tmp_path: Path) -> None:
    assert breaches(tmp_path, "main.py", "import js\nimport app.ui.x\nimport asyncio\n") == []
