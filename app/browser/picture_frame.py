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


def show_picture(place: Any, address: str) -> None:
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

    def told(event: Any) -> None:
        if event.source is jsnull or event.source != frame.contentWindow:
            return
        js.removeEventListener("message", told_proxy)
        told_proxy.destroy()
        size = _size(event.data)
        if size is None:
            frame.remove()
            place.querySelector(".picture-host").textContent = FAILED
            return
        frame.style.width = f"{size[0]}px"
        frame.style.aspectRatio = f"{size[0]} / {size[1]}"
        place.setAttribute("data-shown", "")

    told_proxy = create_proxy(told)
    js.addEventListener("message", told_proxy)
    place.appendChild(frame)


def _size(data: Any) -> tuple[int, int] | None:
    """Read what the frame says; what is no size of a picture is none."""
    try:
        width, height = data.picture
        size = int(width), int(height)
    except (AttributeError, TypeError, ValueError):
        return None
    return size if all(0 < side <= LARGEST for side in size) else None
