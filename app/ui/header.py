"""The header: the name, and where answers come from. The theme toggle belongs to shell.js."""

from app.ui.dom import Page


class Header:
    """Shows what the settings say about this place."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def show(self, title: str, model: str, where: str) -> None:
        """Put the words in place.

        Args:
            title: the name of the page, also of its tab.
            model: the model that answers.
            where: where it runs, such as "on this computer"; may be empty.
        """
        self._page.find("title").textContent = title
        self._page.find("#title").textContent = title
        self._page.find("#model").textContent = model
        self._page.find("#where").textContent = where
