"""Text in, operations on a tree of elements out: Markdown that is drawn while it grows."""

from app.markup.html import HtmlSink
from app.markup.sink import Sink
from app.markup.stream import MarkdownStream

__all__ = ["HtmlSink", "MarkdownStream", "Sink"]
