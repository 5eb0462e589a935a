"""What a person does with the parts of an answer: code, tables, links and pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Protocol

from app.ui.cell_markdown import cell_markdown
from app.ui.dom import Page
from app.ui.table_text import to_csv, to_markdown

NOT_COPIED: Final = "Not copied: the browser did not allow it"


class Ports(Page, Protocol):
    """What of the browser these actions need."""

    def copy(self, text: str, done: Callable[[bool], None], /) -> None:
        """Put text on the clipboard, and tell whether that worked."""

    def save_file(self, name: str, text: str, /) -> None:
        """Let the browser save a text as a file."""

    def open_address(self, address: str, /) -> None:
        """Open an address in another tab, which learns nothing of this one."""

    def show_picture(self, place: Any, address: str, /) -> None:
        """Load a picture into an element that stands in its place."""


class ProseActions:
    """Listens to the buttons inside answers.

    Args:
        ports: the browser.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._question = ports.find("#leave")
        self._address = ""
        for name, handler in {
            "copy-code": self._copy_code,
            "save-code": self._save_code,
            "wrap-code": self._wrap_code,
            "fold-code": self._fold_code,
            "copy-csv": self._copy_as_csv,
            "copy-table": self._copy_as_markdown,
            "load-picture": self._load_picture,
            "ask-link": self._ask,
            "leave": self._leave,
            "stay": lambda _button: self._question.close(),
        }.items():
            ports.on_action(name, handler)
        ports.on(ports.find("#exchanges"), "keydown", self._press)

    def _copy_code(self, button: Any) -> None:
        self._copy(_code_of(button))

    def _save_code(self, button: Any) -> None:
        extension = button.closest(".code").getAttribute("data-extension") or "txt"
        self._ports.save_file(f"code.{extension}", _code_of(button))

    def _wrap_code(self, button: Any) -> None:
        is_wrapped = _toggle(button, "data-wraps")
        button.setAttribute("aria-pressed", "true" if is_wrapped else "false")

    def _fold_code(self, button: Any) -> None:
        is_folded = _toggle(button, "data-folded")
        button.textContent = "Unfold" if is_folded else "Fold"
        button.setAttribute("aria-expanded", "false" if is_folded else "true")

    def _copy_as_csv(self, button: Any) -> None:
        rows = [[_text_of(cell) for cell in row] for row in _cells_around(button)]
        self._copy(to_csv(rows))

    def _copy_as_markdown(self, button: Any) -> None:
        rows = _cells_around(button)
        sides = [str(cell.getAttribute("align") or "") for cell in rows[0]]
        self._copy(to_markdown([[cell_markdown(cell) for cell in row] for row in rows], sides))

    def _copy(self, text: str) -> None:
        self._ports.copy(
            text, lambda is_done: self._ports.announce("Copied" if is_done else NOT_COPIED)
        )

    def _load_picture(self, button: Any) -> None:
        place = button.closest(".picture")
        self._ports.show_picture(place, button.getAttribute("data-address"))

    def _ask(self, link: Any) -> None:
        self._address = link.getAttribute("data-address")
        self._question.querySelector(".leave-address").textContent = self._address
        self._question.showModal()
        self._question.querySelector(".stay").focus()

    def _leave(self, _button: Any) -> None:
        self._question.close()
        self._ports.open_address(self._address)

    def _press(self, event: Any) -> None:
        # An element that is a link without an address takes no key by itself.
        if event.key == "Enter" and event.target.getAttribute("data-action") == "ask-link":
            event.preventDefault()  # or the same key presses the button that has the focus then
            self._ask(event.target)


def _cells_around(button: Any) -> list[list[Any]]:
    table = button.closest(".table").querySelector("table")
    return [list(row.querySelectorAll("th, td")) for row in table.querySelectorAll("tr")]


def _text_of(cell: Any) -> str:
    """Give what a cell of a table says: of a formula its source, of a picture its description."""
    words = cell.cloneNode(True)
    for drawn in words.querySelectorAll("math, button, sup, .picture-host, .link-host"):
        drawn.remove()
    return str(words.textContent).strip()


def _code_of(button: Any) -> str:
    return str(button.closest(".code").querySelector("code").textContent)


def _toggle(button: Any, attribute: str) -> bool:
    """Switch a state of the block of code around a button; tell whether it is on now."""
    block = button.closest(".code")
    is_on = not block.hasAttribute(attribute)
    if is_on:
        block.setAttribute(attribute, "")
    else:
        block.removeAttribute(attribute)
    return is_on
