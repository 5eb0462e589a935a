"""The page as it is served: index.html and pyscript.toml made to agree with the settings.

The repository's two files already agree (a test holds them to it). Whoever serves or builds the
page may point it at another endpoint; then the settings file, the page's content security policy
and the texts that are painted before Python is up follow from here, in one place.
"""

from __future__ import annotations

import html
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.chat.origins import origin_of
from tools.errors import ToolError

# In the folder of the style sheets it joins, so that their addresses stay right.
STYLES = "static/page.css"

Overrides = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """The files that are made for serving: two depend on the settings, one joins the styles."""

    index: str
    settings: str
    styles: str


def origin(address: str) -> str:
    """Return scheme, host and port of an endpoint.

    Raises:
        ToolError: it is not an http(s) address that the page takes.
    """
    found = origin_of(address)
    if found is None:
        raise ToolError(
            f"{address!r} is not an endpoint. It looks like http://127.0.0.1:8080/v1; "
            "give the whole address."
        )
    return found


def read_page(root: Path, overrides: Overrides | None = None) -> Page:
    """Read index.html and pyscript.toml, with some settings replaced.

    Args:
        root: where the two files lie.
        overrides: keys of `[thalweg]` with their new text; a key that the file lacks is an error.

    Raises:
        ToolError: a key is unknown.
    """
    settings = (root / "pyscript.toml").read_text(encoding="utf-8")
    for key, value in (overrides or {}).items():
        settings = with_setting(settings, key, value)
    index, styles = with_joined_styles((root / "index.html").read_text(encoding="utf-8"), root)
    try:
        table: dict[str, Any] = tomllib.loads(settings)["thalweg"]
        return Page(with_words(with_policy(index, table), table), settings, styles)
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return Page(index, settings, styles)  # the page itself shows what is wrong with them


def with_joined_styles(index: str, root: Path) -> tuple[str, str]:
    """Let the page link one style sheet instead of one for each component, for its first paint.

    Returns:
        The page, and the joined style sheet that is served as STYLES; empty if the page links
        no more than one (a built page does).
    """
    links = re.findall(r' *<link rel="stylesheet" href="([^"]+)">\n', index)
    if len(links) < 2:
        return index, ""
    first = f'  <link rel="stylesheet" href="{STYLES}">\n'
    block = re.compile(r'( *<link rel="stylesheet" href="[^"]+">\n)+')
    styles = "\n".join((root / link).read_text(encoding="utf-8") for link in links)
    return block.sub(first, index, count=1), styles


def with_setting(settings: str, key: str, value: str) -> str:
    """Replace one text value of the `[thalweg]` table.

    Raises:
        ToolError: the table has no such key.
    """
    # Every line up to the key's, none of which begins the next table.
    line = re.compile(
        rf"(^\[thalweg\][^\n]*\n(?:(?!\[)[^\n]*\n)*?{re.escape(key)}[ \t]*=[ \t]*)[^\n]*",
        re.MULTILINE,
    )
    new, count = line.subn(lambda m: m[1] + toml_text(value), settings, count=1)
    if not count:
        raise ToolError(f"pyscript.toml has no setting {key!r} in [thalweg]. Add it there.")
    return new


def toml_text(value: str) -> str:
    """Write a text as TOML, which is JSON but for two things.

    JSON writes 😀 as two surrogates, and DEL as it is; TOML has neither. What is no text at all
    (the environment may hold any bytes) becomes a question mark.
    """
    whole = value.encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def with_policy(index: str, table: Mapping[str, Any]) -> str:
    """Let the page connect to the configured endpoint and the allowed origins, nowhere else.

    What is no address is left out here; the page says so when it reads its settings.
    """
    allowed = map(origin_of, [table["endpoint"], *table.get("allowed_origins", [])])
    sources = " ".join(["'self'", *dict.fromkeys(filter(None, allowed))])
    return re.sub(r"connect-src [^;\"]*", f"connect-src {sources}", index, count=1)


def with_words(index: str, table: Mapping[str, Any]) -> str:
    """Paint the configured words, language and theme before Python is up."""
    for name in ("title", "greeting", "model", "where"):
        index = with_text(index, rf'id="{name}"[^>]*>', table.get(name))
    index = with_text(index, r"<title[^>]*>", table.get("title"))
    index = with_prompts(index, table.get("suggested_prompts"))
    index = with_attribute(index, "data-theme", table.get("theme"))
    language = table.get("language")
    return index if language == "auto" else with_attribute(index, "lang", language)


def with_text(index: str, start_tag: str, text: object) -> str:
    """Replace the text right after a start tag, given as a pattern; other types change nothing."""
    if not isinstance(text, str):
        return index
    written = html.escape(text)
    return re.sub(rf"({start_tag})[^<]*", lambda m: m[1] + written, index, count=1)


def with_attribute(index: str, name: str, text: object) -> str:
    """Replace an attribute of the root element; other types change nothing."""
    if not isinstance(text, str):
        return index
    written = html.escape(text)
    return re.sub(rf'(<html[^>]* {name}=")[^"]*', lambda m: m[1] + written, index, count=1)


def with_prompts(index: str, prompts: object) -> str:
    """Replace the suggested prompts, which can be sent before Python is up."""
    if not isinstance(prompts, list) or not all(isinstance(prompt, str) for prompt in prompts):
        return index
    return re.sub(
        r'(id="prompts"[^>]*>)(\s*<button[^>]*>)[^<]*</button>(?:\s*<button[^>]*>[^<]*</button>)*',
        lambda m: m[1] + "".join(f"{m[2]}{html.escape(text)}</button>" for text in prompts),
        index,
        count=1,
    )
