"""A picture from another host, once a person wants it: in a sandboxed frame of its own.

The page's policy lets no picture of others in, so that nothing in it can ever ask for one; the
frame's own page may load this one, without credentials where the browser knows how, and without
telling where it stands.
"""

from __future__ import annotations

from typing import Any, Final

import js
from pyodide.ffi import create_proxy, jsnull

PAGE: Final = "static/picture.html"
# Longest side that is believed, in CSS pixels.
LARGEST: Final = 20_000
FAILED: Final = "The picture could not be loaded."


class PictureFrames:
    """Loads pictures; made once."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Any, Any]] = []  # frames that have told nothing yet, their places
        js.addEventListener("message", create_proxy(self._told))

    def show(self, place: Any, address: str) -> None:
        """Load a picture and put it into an element.

        Args:
            place: the element that has stood for it; its button goes.
            address: absolute, http or https.
        """
        frame = js.document.createElement("iframe")
        frame.className = "picture-frame"
        frame.setAttribute("sandbox", "allow-scripts")
        frame.setAttribute("credentialless", "")
        frame.referrerPolicy = "no-referrer"
        frame.title = place.querySelector(".picture-alt").textContent
        frame.src = f"{js.URL.new(PAGE, js.location.href).href}#{js.encodeURIComponent(address)}"
        place.querySelector("button").remove()
        place.setAttribute("tabindex", "-1")
        place.focus()  # the button had the keyboard
        # Those that were taken away tell nothing any more.
        self._waiting = [each for each in self._waiting if each[0].isConnected]
        self._waiting.append((frame, place))
        place.appendChild(frame)

    def _told(self, event: Any) -> None:
        for frame, place in self._waiting:
            if event.source is not jsnull and event.source == frame.contentWindow:
                self._waiting.remove((frame, place))
                _fit(frame, place, _size(event.data))
                return


def _fit(frame: Any, place: Any, size: tuple[int, int] | None) -> None:
    if size is None:
        frame.remove()
        words = place.querySelector(".picture-host")
        words.setAttribute("role", "status")
        words.textContent = FAILED
        return
    frame.style.width = f"{size[0]}px"
    frame.style.aspectRatio = f"{size[0]} / {size[1]}"
    place.setAttribute("data-shown", "")


def _size(data: Any) -> tuple[int, int] | None:
    """Read what the frame says; what is no size of a picture is none."""
    try:
        width, height = data.picture
        size = int(width), int(height)
    except (AttributeError, TypeError, ValueError):
        return None
    return size if all(0 < side <= LARGEST for side in size) else None
