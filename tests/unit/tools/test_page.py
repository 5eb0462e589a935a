"""The page follows its settings: policy, words and the settings file, whatever the values hold."""

import html
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.errors import ToolError
from tools.page import origin, read_page, toml_text, with_setting

INDEX = """\
<html lang="en" data-theme="auto">
<meta http-equiv="Content-Security-Policy" content="connect-src 'self' http://old:1; img-src *">
<title>Old</title>
<link rel="stylesheet" href="static/a.css">
<link rel="stylesheet" href="static/b.css">
<h1 id="title" class="title">Old</h1>
<span id="model">Old</span> <span id="where">Old</span>
<h2 id="greeting">Old</h2>
<div id="prompts" class="prompts">
  <button class="prompt">One</button>
  <button class="prompt">Two</button>
</div>
"""
SETTINGS = """\
model = "not this one"
[thalweg]
# endpoint = "http://comment"
endpoint = "http://old:1/v1"  # where
protocol = "openai-chat"
model = "Old"
where = "Old"
title = "Old"
greeting = "Old"
allowed_origins = []
[thalweg.retry]
max_retries = 5
[other]
protocol = "not this one either"
"""
HOSTILE = [
    'a "quoted" word', "it's", "back\\slash", r"\1 \g<0> \\", "new\nline", "tab\there", "\x7f\x00",
    "<script>alert(1)</script>", "&amp;", '"; [thalweg]', "😀 ü 語", "${HOME} $(id) %s {0}", "",
]  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "static").mkdir()
    (tmp_path / "static/a.css").write_text("a {}", encoding="utf-8")
    (tmp_path / "static/b.css").write_text("b {}", encoding="utf-8")
    (tmp_path / "index.html").write_text(INDEX, encoding="utf-8")
    (tmp_path / "pyscript.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def add(root: Path, old: str, new: str) -> None:
    file = root / "pyscript.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def policy(index: str) -> str:
    (found,) = re.findall(r"connect-src ([^;]*);", index)
    return str(found)


def test_the_policy_follows_the_endpoint(root: Path) -> None:
    index = read_page(root, {"endpoint": "https://Models.Example:443/v1"}).index
    assert policy(index) == "'self' https://models.example"
    assert "; img-src *" in index


def test_the_policy_has_each_allowed_origin_once(root: Path) -> None:
    add(
        root, "origins = []", 'origins = ["https://a.example", "http://old:1", "https://b.example"]'
    )
    assert policy(read_page(root).index) == (
        "'self' http://old:1 https://a.example https://b.example"
    )


@pytest.mark.parametrize(
    "address",
    [
        "http://a; script-src *",
        "http://a b",
        'http://a">',
        r"http://\1",
        "ftp://a",
        "*",
        "",
        "http://",
    ],
)
def test_no_address_can_widen_the_policy(root: Path, address: str) -> None:
    with pytest.raises(ToolError, match="is not an endpoint"):
        origin(address)
    add(root, "origins = []", f"origins = [{toml_text(address)}]")
    assert policy(read_page(root).index) == "'self' http://old:1"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('endpoint = "http://old:1/v1"', "endpoint = 5"),
        ('endpoint = "http://old:1/v1"', ""),
        ('endpoint = "http://old:1/v1"', "endpoint = "),
        ("[thalweg]", "[[thalweg]]"),
        ("allowed_origins = []", "allowed_origins = 5"),
        ("allowed_origins = []", "allowed_origins = [5]"),
    ],
)
def test_a_page_with_wrong_settings_is_served_as_it_is(root: Path, old: str, new: str) -> None:
    add(root, old, new)  # the page itself shows what is wrong
    page = read_page(root)
    assert policy(page.index) == "'self' http://old:1"
    assert new in page.settings


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("key", ["title", "greeting", "model", "where"])
def test_words_are_painted_as_text(root: Path, key: str, value: str) -> None:
    page = read_page(root, {key: value})
    assert tomllib.loads(page.settings)["thalweg"][key] == value
    (painted,) = re.findall(rf'id="{key}"[^>]*>([^<]*)<', page.index)
    assert html.unescape(painted) == html.unescape(html.escape(value))
    assert page.index.count("<") == read_page(root).index.count("<")
    assert page.index.count('"') == read_page(root).index.count('"')


def test_the_title_is_the_tabs_too(root: Path) -> None:
    assert "<title>A &amp; B</title>" in read_page(root, {"title": "A & B"}).index


def test_prompts_can_be_sent_before_python_is_up(root: Path) -> None:
    add(root, "greeting =", r"""suggested_prompts = ["<b>?", 'back\1?', "c"]""" + "\ngreeting =")
    index = read_page(root).index
    assert re.findall(r'<button class="prompt">([^<]*)</button>', index) == [
        "&lt;b&gt;?", r"back\1?", "c",
    ]  # fmt: skip
    assert index.rstrip().endswith("</div>")


@pytest.mark.parametrize(("value", "count"), [("[]", 0), ('"text"', 2), ("[1]", 2)])
def test_no_prompts_and_wrong_prompts(root: Path, value: str, count: int) -> None:
    add(root, "greeting =", f"suggested_prompts = {value}\ngreeting =")
    assert read_page(root).index.count("<button") == count


def test_language_and_theme_are_there_before_python(root: Path) -> None:
    add(root, "greeting =", 'theme = "dark"\nlanguage = "de"\ngreeting =')
    assert '<html lang="de" data-theme="dark">' in read_page(root).index


def test_the_language_auto_keeps_the_pages_own(root: Path) -> None:
    add(root, "greeting =", 'theme = 1\nlanguage = "auto"\ngreeting =')
    assert '<html lang="en" data-theme="auto">' in read_page(root).index


def test_the_styles_become_one_sheet_in_their_order(root: Path) -> None:
    page = read_page(root)
    assert page.styles == "a {}\nb {}"
    assert re.findall(r'rel="stylesheet" href="([^"]+)"', page.index) == ["static/page.css"]


def test_an_override_replaces_one_line_of_its_table(root: Path) -> None:
    before = (root / "pyscript.toml").read_text(encoding="utf-8").splitlines()
    after = read_page(root, {"protocol": "x", "endpoint": "http://new/v1"}).settings.splitlines()
    changed = {b: a for b, a in zip(before, after, strict=True) if a != b}
    assert changed == {
        'protocol = "openai-chat"': 'protocol = "x"',
        'endpoint = "http://old:1/v1"  # where': 'endpoint = "http://new/v1"',
    }


@pytest.mark.parametrize("key", ["max_retries", "nonsense", "", ".*", "mode", "# endpoint"])
def test_a_key_that_is_not_in_the_table_is_an_error(key: str) -> None:
    with pytest.raises(ToolError, match=r"pyscript\.toml has no setting .* in \[thalweg\]"):
        with_setting(SETTINGS.replace("# endpoint", "#"), key, "value")


def test_a_remark_behind_the_tables_name_is_none_of_its_name() -> None:
    text = with_setting('[thalweg]  # ours\nmodel = "a"\n', "model", "b")
    assert text == '[thalweg]  # ours\nmodel = "b"\n'


@given(st.text())
def test_every_text_can_be_a_setting(value: str) -> None:
    assert tomllib.loads(f"key = {toml_text(value)}")["key"] == value


def test_bytes_of_the_environment_that_are_no_text() -> None:
    assert toml_text("a\udcff") == '"a?"'
