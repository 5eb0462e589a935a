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
        """Show them below those that are there, each on a line of its own."""
        said = "\n".join(sentences)
        if not said:
            return
        words = "" if self._place.hidden else f"{self._words.textContent}\n"
        self._words.textContent = words + said
        self._place.hidden = False
        self._page.announce(said)

    def _put_away(self) -> None:
        self._place.hidden = True
        self._page.find("#question").focus()
