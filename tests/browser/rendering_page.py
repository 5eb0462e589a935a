"""The page with one more thing in it: a function that renders markup without asking a server.

A story that has thousands of texts gives them to the page's own sink, in the page's own document,
under its own policy. The app has no such door: the story serves it a longer `app/main.py`.
"""

from __future__ import annotations

from typing import Final

from tools.places import ROOT

_DOOR: Final = """

from pyodide.ffi import create_proxy as _create_proxy
from app.markup import MarkdownStream as _MarkdownStream

_sinks = SinkMaker()


def _render(place, pieces):
    markup = _MarkdownStream(_sinks.new(place))
    for piece in pieces.to_py():
        markup.feed(piece)
    markup.close()


js.renderMarkup = _create_proxy(_render)
"""

# See the file.
INSPECT: Final = (ROOT / "tests/browser/inspect.js").read_text()


def with_door(path: str) -> bytes | None:
    """Serve the app's main module with the function in it."""
    if path != "app/main.py":
        return None
    return ((ROOT / path).read_text() + _DOOR).encode()
