"""Quiet words to the person about the page itself, above the thread, until they are put away."""

from collections.abc import Iterable

from app.ui.dom import Page


class Notices:
    """Sentences that nobody has to act upon.

    Args:
        page: the document.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._place = page.find("#notices")
        self._words = page.find("#notices-words")
        page.on_action("put-away", lambda _button: self._put_away())

    def show(self, sentences: Iterable[str]) -> None:
        """Show them, each on a line of its own; none shows nothing."""
        words = "\n".join(sentences)
        self._words.textContent = words
        self._place.hidden = not words
        if words:
            self._page.announce(words)

    def _put_away(self) -> None:
        self.show(())
        self._page.find("#question").focus()
