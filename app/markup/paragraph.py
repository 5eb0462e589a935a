"""A paragraph, which may turn out to begin with a checkbox, link definitions or a table's head.

Plan: what begins with `[` is held as lines until it is clear that it is no definition. It is
shown meanwhile, except where it has the form of one; a definition is never shown. A first line
that begins with a pipe is shown as the head of a table until the next line says otherwise.
"""

import re
from typing import Final

from app.markup import elements
from app.markup.definitions import Open, looks_like_one, read_definition
from app.markup.events import Event
from app.markup.page import Page
from app.markup.tables import Table
from app.markup.text_leaf import TextLeaf

_BLANKS: Final = " \t\n"
_CHECKBOX: Final = re.compile(r"\[([ xX])\](?=[ \t]+[^ \t])")
_HALF_CHECKBOX: Final = re.compile(r"\[(?:[ xX](?:\][ \t]*)?)?\Z")
# The longest definition. CommonMark sets no limit; an address or title of that length is none.
_MAX_HELD: Final = 16_384  # characters


class Paragraph:
    """An open paragraph. Its element is made when it has something to show.

    `awaits_title`: what is held is a definition to which the next line may add a title.
    `is_over`: it was all definitions, and what follows is no part of it.
    """

    def __init__(self, page: Page, in_item: bool) -> None:
        self._page = page
        self._text: TextLeaf | None = None
        self._prefix: tuple[Event, ...] = ()
        self._may_be_checkbox = in_item
        self._head: Table | None = None
        # What may still be a definition, or None when nothing can be.
        self._held: str | None = ""
        self._open: Open | None = None
        self._line: list[str] = []
        self._last_line = ""
        self.awaits_title = False
        self.is_over = False

    def add(self, text: str) -> None:
        """Take more of the current line."""
        self._line.append(text)
        if self._begins_table(text) or self._held is None:
            self._show(text)
            return
        self._held += text
        if self._may_be_checkbox and self._waits_for_checkbox(self._held):
            return
        if not self._held.lstrip(_BLANKS).startswith("["):
            if self._held.strip(_BLANKS):
                self._give_up()
        elif looks_like_one(self._held):
            self._hide()
        else:
            self._show_held(text)

    def end_line(self) -> None:
        """Take the end of the current line."""
        line = "".join(self._line)
        self._line.clear()
        self._last_line = line
        self._may_be_checkbox = False
        if self._head is not None:
            self._head.end_line()
            return
        if self._held is None:
            self._show("\n")
            return
        self._held += "\n"
        if self._text is not None:
            self._text.add("\n")
        end = self._open.end if self._open else None
        if end is None or end.match(line) or len(self._held) > _MAX_HELD:
            self._read_definitions(final=False)

    def become(self, tag: str) -> bool:
        """Make a heading of it, if it has text at all; return whether it had."""
        self._read_definitions(final=True)
        self._show_head_as_text()
        if self._text is None:
            return False
        self._text.become(tag)
        return True

    @property
    def last_line(self) -> str:
        """The line that end_line() ended last, as it was added."""
        return self._last_line

    def close_as_table(self, columns: tuple[str, ...]) -> Table:
        """Make the last line the head of a table, and end with the line before it."""
        table, self._head = self._head, None
        if table is None:
            source = self._held if self._held is not None or self._text is None else None
            source = source or (self._text.source if self._text else "")
            rest = source.rstrip(_BLANKS)[: -len(self._last_line.strip(_BLANKS))].rstrip(_BLANKS)
            self._hide()
            self._held = None
            if rest:
                self._show(rest)
            self.close()
            table = Table(self._page)
            table.add(self._last_line)
            table.end_line()
        table.confirm(columns)
        return table

    def close(self) -> None:
        """Show what was held, take the definitions, and close the element."""
        self._read_definitions(final=True)
        self._show_head_as_text()
        if self._text is not None:
            self._text.close()

    def _begins_table(self, text: str) -> bool:
        """Show the first line as the head of a table if it looks like one; tell whether it does."""
        if self._held == "" and self._text is None and text.lstrip(_BLANKS).startswith("|"):
            self._held = None
            self._head = Table(self._page)
        return self._head is not None

    def _show_head_as_text(self) -> None:
        if self._head is not None:
            self._head.withdraw()
            self._head = None
            self._show(self._last_line + "\n")

    def _waits_for_checkbox(self, held: str) -> bool:
        checkbox = _CHECKBOX.match(held)
        if checkbox is None:
            self._may_be_checkbox = _HALF_CHECKBOX.match(held) is not None
            return self._may_be_checkbox
        self._prefix = elements.checkbox(is_checked=checkbox.group(1) != " ")
        self._may_be_checkbox = False
        self._held = None
        self._show(held[checkbox.end() :])
        return True

    def _show(self, text: str) -> None:
        if self._head is not None:
            if not self._last_line:
                self._head.add(text)
                return
            # A second line that is text: the first was no head.
            self._show_head_as_text()
        if self._text is None:
            text = text if self._prefix else text.lstrip(_BLANKS)
            self._text = TextLeaf(self._page, self._page.open("p"), prefix=self._prefix)
        self._text.add(text)

    def _show_held(self, text: str) -> None:
        """Show what may still be a definition; all of it if nothing was shown before."""
        self._show(self._held or "" if self._text is None else text)

    def _give_up(self) -> None:
        """Find that no definition begins here."""
        held, self._held = self._held or "", None
        if self._text is None and held.strip(_BLANKS):
            self._show(held)

    def _hide(self) -> None:
        if self._text is not None:
            self._text.withdraw()
            self._text = None

    def _read_definitions(self, final: bool) -> None:
        """Take the definitions that are certain off what is held."""
        self.awaits_title = False
        while self._held is not None:
            held = self._held
            found = read_definition(held, final or len(held) > _MAX_HELD)
            self._open = found if isinstance(found, Open) else None
            if isinstance(found, Open):
                return
            if found is None:
                self._give_up()
                return
            rest = held[found.end :]
            if not rest and not found.target.title and not final:
                self.awaits_title = True
                return
            self._hide()
            self._page.references.define(found.label, found.target)
            self._held = rest
            if not rest.strip(_BLANKS):
                self.is_over = True
                self._held = None
