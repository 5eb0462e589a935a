"""The composer: where a question is written, sent, and its answer stopped.

The keys are those of shell.js, which serves the composer until Python is up. While an answer is
written the person may go on typing; only sending waits. Escape stops it wherever the focus is.
"""

from collections.abc import Callable
from typing import Any, Final

from app.ui.dom import Page

REFUSAL: Final = "Wait for the answer, or stop it."

# WebKit's key code for an Enter that ends a composition; `isComposing` is false there already.
_COMPOSITION: Final = 229


class Composer:
    """One field, and one button that sends or stops.

    It is one button with two modes, so that the focus stays where it is when the mode changes.

    Args:
        page: the document.
        on_send: hears a question that was sent, without blanks around it; tells whether it is
            taken.
        on_stop: hears that the answer is to stop.
    """

    def __init__(
        self, page: Page, on_send: Callable[[str], bool], on_stop: Callable[[], None]
    ) -> None:
        self._page = page
        self._on_send = on_send
        self._on_stop = on_stop
        self._is_writing = False
        self._form = page.find("#composer")
        self._field = page.find("#question")
        self._button = page.find("#send")
        self._label = page.find("#send-label")
        self._note = page.find("#note-said")
        page.on(self._form, "submit", self._on_submit)
        page.on(self._field, "keydown", self._on_key)
        page.on(page.document, "keydown", self._on_escape)
        page.on(self._button, "click", self._on_click)
        page.on(self._field, "input", self._on_input)

    def writing(self, is_writing: bool) -> None:
        """Tell the composer whether an answer is being written: the button stops, or sends."""
        self._is_writing = is_writing
        self._button.setAttribute("data-mode", "stop" if is_writing else "send")
        self._button.setAttribute("title", "Stop (Esc)" if is_writing else "Send (Enter)")
        self._label.textContent = "Stop" if is_writing else "Send"
        if not is_writing:
            self._say("")

    def refuse(self, words: str) -> None:
        """Say why something is not done now."""
        self._say(words)
        self._page.announce(words)

    def focus(self) -> None:
        """Put the cursor into the field."""
        self._field.focus()

    def _on_submit(self, event: Any) -> None:
        event.preventDefault()
        question = self._field.value.strip()
        if not question:
            return
        if self._is_writing:
            self.refuse(REFUSAL)
            return
        if self._on_send(question):
            self._form.reset()

    def _on_key(self, event: Any) -> None:
        if event.key == "Enter" and not event.shiftKey and not _composes(event):
            event.preventDefault()
            self._form.requestSubmit()

    def _on_escape(self, event: Any) -> None:
        # Something nearer to the person, such as an open menu or a dialog, has the key first.
        if event.key != "Escape" or event.defaultPrevented or _composes(event):
            return
        if self._is_writing and not event.target.closest("dialog"):
            event.preventDefault()
            self._on_stop()

    def _on_click(self, event: Any) -> None:
        # A mouse or a key goes on writing; a finger on the button must not raise the keyboard.
        if getattr(event, "pointerType", "mouse") != "touch":
            self._field.focus()
        if not self._is_writing:
            return  # the button submits
        event.preventDefault()
        # The second half of a double click on Send would stop the answer it has just asked for.
        if event.detail <= 1:
            self._on_stop()

    def _on_input(self, _event: Any) -> None:
        self._say("")

    def _say(self, words: str) -> None:
        if self._note.textContent != words:
            self._note.textContent = words


def _composes(event: Any) -> bool:
    """Tell whether a key belongs to an input method that is composing text."""
    return bool(event.isComposing) or event.keyCode == _COMPOSITION
