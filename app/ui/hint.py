"""What an empty thread shows: a greeting and prompts to begin with."""

from collections.abc import Callable, Iterable
from typing import Any

from app.ui.dom import Page


class Hint:
    """The invitation. The thread hides it when the first question comes.

    Args:
        page: the document.
        on_prompt: hears the text of a suggested prompt that was chosen.
    """

    def __init__(self, page: Page, on_prompt: Callable[[str], None]) -> None:
        self._page = page
        self._on_prompt = on_prompt
        self._prompts = page.find("#prompts")
        page.on(self._prompts, "click", self._on_click)

    def show(self, greeting: str, prompts: Iterable[str]) -> None:
        """Put the words of the settings in place."""
        self._page.find("#greeting").textContent = greeting
        self._prompts.replaceChildren(*(self._button(prompt) for prompt in prompts))

    def _button(self, prompt: str) -> Any:
        button = self._page.clone("prompt")
        button.textContent = prompt
        return button

    def _on_click(self, event: Any) -> None:
        button = event.target.closest("button")
        if not button:
            return
        self._on_prompt(button.textContent)
        # The button is gone with the hint; a finger there must not raise the keyboard.
        if getattr(event, "pointerType", "mouse") != "touch":
            self._page.find("#question").focus()
