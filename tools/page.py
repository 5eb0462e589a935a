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
from urllib.parse import urlsplit

from tools.errors import ToolError

Overrides = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """The two files that depend on the settings."""

    index: str
    settings: str


def origin(address: str) -> str:
    """Return scheme, host and port of an address.

    Raises:
        ToolError: it is not an http(s) address.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ToolError(
            f"{address!r} is not an endpoint. It looks like http://127.0.0.1:8080/v1; "
            "give the whole address."
        )
    return f"{parts.scheme}://{parts.netloc}"


def read_page(root: Path, overrides: Overrides | None = None) -> Page:
    """Read index.html and pyscript.toml, with some settings replaced.

    Args:
        root: where the two files lie.
        overrides: keys of `[thalweg]` with their new text; a key that the file lacks is an error.

    Raises:
        ToolError: a key is unknown, or the endpoint is no address.
    """
    settings = (root / "pyscript.toml").read_text()
    for key, value in (overrides or {}).items():
        settings = with_setting(settings, key, value)
    index = (root / "index.html").read_text()
    try:
        table: dict[str, Any] = tomllib.loads(settings)["thalweg"]
        return Page(with_texts(with_policy(index, table), table), settings)
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        return Page(index, settings)  # the page itself shows what is wrong with its settings


def with_setting(settings: str, key: str, value: str) -> str:
    """Replace one text value of the `[thalweg]` table.

    Raises:
        ToolError: the table has no such key.
    """
    line = re.compile(
        rf"(^\[thalweg\]$.*?^{re.escape(key)}\s*=\s*)[^\n]*", re.MULTILINE | re.DOTALL
    )
    new, count = line.subn(lambda m: m[1] + json.dumps(value), settings, count=1)
    if not count:
        raise ToolError(f"pyscript.toml has no setting {key!r} in [thalweg].")
    return new


def with_policy(index: str, table: Mapping[str, Any]) -> str:
    """Let the page connect to the configured endpoint and the allowed origins, nowhere else."""
    allowed = [origin(table["endpoint"]), *map(origin, table.get("allowed_origins", []))]
    sources = " ".join(["'self'", *dict.fromkeys(allowed)])
    return re.sub(r"connect-src [^;\"]*", f"connect-src {sources}", index, count=1)


def with_texts(index: str, table: Mapping[str, Any]) -> str:
    """Paint the configured texts before Python is up: title, greeting, model and where it runs."""
    texts = {
        "title": table.get("title"),
        "greeting": table.get("greeting"),
        "model": table.get("model"),
        "where": table.get("where"),
    }
    for name, text in texts.items():
        index = with_text(index, rf'id="{name}"[^>]*>', text)
    return with_text(index, r"<title[^>]*>", table.get("title"))


def with_text(index: str, start_tag: str, text: object) -> str:
    """Replace the text right after a start tag, given as a pattern; other types change nothing."""
    if not isinstance(text, str):
        return index
    written = html.escape(text)
    return re.sub(rf"({start_tag})[^<]*", lambda m: m[1] + written, index, count=1)
