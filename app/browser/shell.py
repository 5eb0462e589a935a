"""The static shell's side of the start: what it kept for us, and how a failed start is shown."""

from __future__ import annotations

import js


def settings_text() -> str:
    """Give the text of the settings file, which PyScript has fetched for its own part."""
    return str(js.thalweg.settings())


def take_over() -> list[str]:
    """Give the questions that were sent before now, oldest first; the shell lets go of the page."""
    return [str(question) for question in js.thalweg.takeOver()]


def fail(happened: str, remedy: str, cause: str) -> None:
    """Show that the start failed; what was sent before stays kept."""
    js.thalweg.fail(happened, remedy, cause)


def site_theme(theme: str) -> None:
    """Tell the shell the site's theme; a person's own choice goes first."""
    js.thalweg.siteTheme(theme)
