"""The page and its style sheets keep their own rules."""

import base64
import hashlib
import re

import pytest

from tests.unit.ui.fake_page import INDEX, FakeElement, parse

STATIC = INDEX.parent / "static"
SHEETS = sorted(STATIC.glob("*.css"))
CSS = {sheet.name: sheet.read_text(encoding="utf-8") for sheet in SHEETS}
VENDOR_ICON = re.compile(r'url\("vendor/icons/([\w-]+)\.svg"\)')


def everything(element: FakeElement) -> list[FakeElement]:
    found = []
    for node in element.nodes:
        if isinstance(node, FakeElement):
            found += [node, *everything(node)]
    return found


ELEMENTS = everything(parse(INDEX.read_text(encoding="utf-8")))


def test_every_style_sheet_is_linked_once() -> None:
    linked = [e.attributes["href"] for e in ELEMENTS if e.attributes.get("rel") == "stylesheet"]
    assert sorted(linked) == [f"static/{sheet.name}" for sheet in SHEETS]
    assert linked[0] == "static/tokens.css"


def test_nothing_is_inline_and_every_address_is_relative() -> None:
    for element in ELEMENTS:
        assert "style" not in element.attributes
        assert element.tag != "style"
        assert not any(name.startswith("on") for name in element.attributes)
        if element.tag == "script":
            assert element.attributes["src"]
            assert not element.textContent
        address = element.attributes.get("src", element.attributes.get("href", ""))
        assert not re.match(r"/|\w+:", address), address


def test_the_page_of_a_picture_runs_its_own_script_and_no_other() -> None:
    page = (STATIC / "picture.html").read_text(encoding="utf-8")
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in page


def test_ids_are_unique() -> None:
    ids = [e.attributes["id"] for e in ELEMENTS if "id" in e.attributes]
    assert len(ids) == len(set(ids))


def test_every_button_has_a_type_and_a_name() -> None:
    templates = [e for e in ELEMENTS if e.tag == "template"]
    prompt = next(t for t in templates if t.attributes["id"] == "prompt")
    for element in ELEMENTS:
        if element.tag == "button" and element.parent is not prompt:
            assert element.attributes["type"] in {"button", "submit"}
            assert element.textContent.strip() or element.attributes["aria-label"]


def test_the_thread_is_a_log_that_is_not_read_token_by_token() -> None:
    thread = next(e for e in ELEMENTS if e.attributes.get("id") == "thread")
    assert (thread.attributes["role"], thread.attributes["aria-live"]) == ("log", "off")


@pytest.mark.parametrize("name", CSS)
def test_colours_come_from_the_tokens(name: str) -> None:
    if name != "tokens.css":
        assert not re.search(r"#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|oklab)a?\(", CSS[name])


@pytest.mark.parametrize("name", CSS)
def test_names_used_are_defined(name: str) -> None:
    defined = set(re.findall(r"(--[\w-]+):", CSS["tokens.css"]))
    assert set(re.findall(r"var\((--[\w-]+)\)", CSS[name])) <= defined


@pytest.mark.parametrize("name", CSS)
def test_no_sheet_waits_for_another(name: str) -> None:
    assert "@import" not in CSS[name]


def test_an_older_attempt_gives_no_advice_and_has_no_button_for_it() -> None:
    rules = re.findall(r"([^{}]+)\{\s*display: none;\s*\}", CSS["message.css"])
    hidden = ",".join(rules)
    for part in ('[data-action="retry"]', ".trouble-remedy"):
        assert f".answer:not(:last-child) {part}" in hidden


def test_the_icons_used_are_the_icons_listed() -> None:
    listed = (STATIC / "icons.txt").read_text(encoding="utf-8").split()
    used = {icon for text in CSS.values() for icon in VENDOR_ICON.findall(text)}
    assert listed == sorted(used)


def test_every_icon_in_the_page_has_its_mask() -> None:
    classes = {c for e in ELEMENTS for c in e.attributes.get("class", "").split()}
    icons = {c for c in classes if c.startswith("icon-")}
    assert icons
    assert all(f".{icon} {{" in CSS["icons.css"] for icon in icons)
