"""Colours for code, line by line."""

from app.markup.highlight.grammar import Kind
from app.markup.highlight.languages import PLAIN, Language, language_named
from app.markup.highlight.scanner import START, Span, State, highlight_line

__all__ = [
    "PLAIN",
    "START",
    "Kind",
    "Language",
    "Span",
    "State",
    "highlight_line",
    "language_named",
]
