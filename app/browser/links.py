"""Links and pictures of an answer: where they lead is shown, and nothing is asked for unasked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import js

from app.browser.dom_sink import Fitting, own_name
from app.browser.templates import clone
from app.markup.destinations import Link, read_link, read_picture
from app.markup.visible import visible

FOOTNOTE: Final = "#user-content-fn"
_REFERENCE: Final = "user-content-fnref"
_REL: Final = "noopener noreferrer nofollow ugc"


class Anchor:
    """A link. Its address may come after its text; until then, and if it is refused, it is text.

    Args:
        attributes: `href` and `title` as the markup has them.
        number: the sink's.
    """

    wants_text = False

    def __init__(self, attributes: Mapping[str, str], number: int) -> None:
        self.outer = self.inner = js.document.createElement("a")
        self._number = number
        self._address = attributes.get("href")
        self._title = attributes.get("title", "")
        self._host: Any = None
        if "class" in attributes:
            self.inner.className = attributes["class"]
        if "id" in attributes:
            self.inner.id = own_name(attributes["id"], number)

    def set_attribute(self, name: str, value: str | None) -> None:
        """Take an address or a title that comes later, or goes."""
        if name == "href":
            self._address = value
        elif name == "title":
            self._title = value or ""
        self._lead()

    def text_came(self, node: Any, text: str) -> None:
        """Its text is read at its end."""

    def closed(self) -> None:
        """Lead somewhere, now that it is known what the text says of that."""
        self._lead()

    def opened_again(self) -> None:
        """Wait for the rest of the text."""
        self._forget_host()

    def _lead(self) -> None:
        self._forget_host()
        element = self.inner
        for name in (
            "href", "data-action", "data-address", "role", "tabindex", "title", "aria-label",
        ):  # fmt: skip
            element.removeAttribute(name)
        if self._address is None:
            return
        if self._address.startswith(FOOTNOTE):
            self._lead_to_note(self._address[1:])
            return
        link = read_link(self._address, self._own_text())
        title = visible(self._title)
        if link.href is None:
            element.title = f"{visible(self._address)[:200]}\nThis address is not opened from here."
            return
        element.title = f"{link.href}\n{title}" if title else link.href
        if link.asks:
            # No address, so that nothing but the question can open it.
            for name, value in (
                ("data-action", "ask-link"), ("data-address", link.href),
                ("role", "link"), ("tabindex", "0"),
            ):  # fmt: skip
                element.setAttribute(name, value)
        else:
            self._open_elsewhere(link.href)
        if link.claim:
            self._show_host(link)

    def _own_text(self) -> str:
        """Give what the model wrote in it, without what is around pictures and notes in it."""
        if not self.inner.querySelector(".picture, sup"):
            return str(self.inner.textContent)
        bare = self.inner.cloneNode(True)
        for added in bare.querySelectorAll(".picture-host, button"):
            added.remove()
        for number in bare.querySelectorAll("sup"):
            number.replaceWith(" ")  # or it would be the end of the word before it
        return str(bare.textContent)

    def _lead_to_note(self, name: str) -> None:
        if self.inner.className in ("footnote-ref", "footnote-backref"):
            is_back = name.startswith(_REFERENCE)
            spoken = "Back to the text" if is_back else f"Footnote {self.inner.textContent}"
            self.inner.setAttribute("aria-label", spoken)
        self.inner.setAttribute("href", "#" + own_name(name, self._number))

    def _open_elsewhere(self, href: str) -> None:
        element = self.inner
        element.href = href
        element.rel = _REL
        element.target = "_blank"
        element.referrerPolicy = "no-referrer"

    def _show_host(self, link: Link) -> None:
        self._host = clone("link-host")
        self._host.textContent = f" (leads to {link.host})"
        self.inner.appendChild(self._host)

    def _forget_host(self) -> None:
        if self._host is not None:
            self._host.remove()
            self._host = None


class Picture:
    """A picture: its description and where it lies, and a button that loads it.

    Args:
        attributes: `src`, `alt` and `title` as the markup has them.
    """

    wants_text = False

    def __init__(self, attributes: Mapping[str, str]) -> None:
        self.outer = self.inner = clone("picture")
        self._attributes = dict(attributes)
        self._show()

    def set_attribute(self, name: str, value: str | None) -> None:
        """Take what comes later, or goes."""
        if value is None:
            self._attributes.pop(name, None)
        else:
            self._attributes[name] = value
        self._show()

    def text_came(self, node: Any, text: str) -> None:
        """There is none."""

    def closed(self) -> None:
        """It is complete."""

    def opened_again(self) -> None:
        """Nothing can be in it."""

    def _show(self) -> None:
        picture = read_picture(self._attributes.get("src", ""), self._attributes.get("alt", ""))
        find = self.outer.querySelector
        if not find("button"):
            self._begin_anew()
        find(".picture-alt").textContent = picture.alt or "Picture"
        # Where an address can carry much, all of it is read before the button is pressed.
        find(".picture-host").textContent = picture.source if picture.asks else picture.host
        button = find("button")
        button.hidden = picture.source is None
        if picture.source is not None:
            button.setAttribute("data-address", picture.source)
            self.outer.title = picture.source[:200]

    def _begin_anew(self) -> None:
        """Stand for a picture again: what was loaded here was another one."""
        fresh = clone("picture")
        self.outer.replaceChildren()
        while fresh.firstChild:
            self.outer.appendChild(fresh.firstChild)
        self.outer.removeAttribute("data-shown")


def make_picture(attributes: Mapping[str, str], _around: Fitting | None) -> Picture:
    """Make the fitting of an `img`."""
    return Picture(attributes)
