"""The repository's own index.html, pyscript.toml and lock file say the same."""

import re
import tomllib

import pytest

from app.chat.settings import PYSCRIPT_KEYS, Settings, read_settings
from tests.unit.ui.fake_page import FakeElement, parse
from tools.page import with_policy
from tools.places import REQUIREMENTS, ROOT

SETTINGS_TEXT = (ROOT / "pyscript.toml").read_text(encoding="utf-8")
INDEX_TEXT = (ROOT / "index.html").read_text(encoding="utf-8")
TABLE = tomllib.loads(SETTINGS_TEXT)
INDEX = parse(INDEX_TEXT)


def elements(wanted: str) -> list[FakeElement]:
    return [element for element in INDEX.walk() if element.attributes.get("id") == wanted]


def test_the_settings_have_no_problem() -> None:
    settings = read_settings(SETTINGS_TEXT)
    assert isinstance(settings, Settings)
    assert settings.suggested_prompts


@pytest.mark.parametrize(
    "key",
    [
        "title",
        "greeting",
        "where",
        "model",
    ],
)
def test_the_words_are_the_same(key: str) -> None:
    (element,) = elements(key)
    assert element.textContent == TABLE["thalweg"][key]


def test_the_tabs_title_is_the_title() -> None:
    (element,) = [element for element in INDEX.walk() if element.tag == "title"]
    assert element.textContent == TABLE["thalweg"]["title"]


def test_the_prompts_are_the_same() -> None:
    (prompts,) = elements("prompts")
    painted = [element.textContent for element in prompts.walk() if element.tag == "button"]
    assert painted == TABLE["thalweg"]["suggested_prompts"]


def test_the_language_and_the_theme_are_the_same() -> None:
    (root,) = [element for element in INDEX.walk() if element.tag == "html"]
    assert root.attributes["lang"] == TABLE["thalweg"]["language"]
    assert root.attributes["data-theme"] == TABLE["thalweg"]["theme"]


def test_the_policy_is_the_one_that_the_settings_give() -> None:
    assert with_policy(INDEX_TEXT, TABLE["thalweg"]) == INDEX_TEXT


def test_every_wheel_is_locked_at_its_version() -> None:
    lock = (REQUIREMENTS / "page.txt").read_text(encoding="utf-8")
    locked = set(re.findall(r"^([\w-]+)==(\S+)", lock, re.MULTILINE))
    named = [path.removeprefix("./static/vendor/wheels/") for path in TABLE["packages"]]
    wheels = {
        (name.replace("_", "-"), version) for name, version, *_ in (n.split("-") for n in named)
    }
    assert wheels == locked


def test_the_shell_and_python_know_the_same_keys_of_pyscript() -> None:
    script = (ROOT / "static/settings.js").read_text(encoding="utf-8")
    kinds = script.partition("const KINDS = {")[2].partition("\n};")[0]
    assert sorted(re.findall(r"^  (\w+):", kinds, re.MULTILINE)) == sorted(PYSCRIPT_KEYS)
