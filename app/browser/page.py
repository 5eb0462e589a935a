"""The document as the components see it: elements, one listener per kind of event, the clock."""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Callable
from time import time
from typing import Any

import js
from pyodide.ffi import create_once_callable, create_proxy, jsnull, to_js

from app.browser import templates
from app.browser.anchoring import Anchoring
from app.browser.picture_frame import PictureFrames
from app.chat.steps import PageSignal

# Listeners that only look on; the browser need not ask them before it scrolls.
PASSIVE = frozenset({"wheel", "touchstart", "touchmove"})


class Page:
    """Finds and clones elements, and hands events on.

    Listeners live as long as the page, so their proxies are made once and never destroyed.

    Args:
        on_error: hears of every exception in a handler; without it the console alone would.
    """

    def __init__(self, on_error: Callable[[BaseException], None]) -> None:
        self.document = js.document
        self._on_error = on_error
        self._actions: dict[str, Callable[[Any], None]] = {}
        self._tasks: set[asyncio.Future[Any]] = set()
        self._pictures = PictureFrames()
        self.on(js.document, "click", self._on_click)

    def find(self, selector: str) -> Any:
        """Return the first element that matches.

        Raises:
            LookupError: there is none; index.html and the components have come apart.
        """
        return templates.find(selector)

    def clone(self, template_id: str) -> Any:
        """Return a copy of the first element of a template."""
        return templates.clone(template_id)

    def on(self, element: Any, event_name: str, handler: Callable[[Any], None]) -> None:
        """Listen to an event for as long as the page lives; scrolling never waits for it."""
        options = to_js({"passive": event_name in PASSIVE})
        element.addEventListener(event_name, self._guarded(handler), options)

    def on_action(self, name: str, handler: Callable[[Any], None]) -> None:
        """Listen to clicks on elements with `data-action="name"`, present and future."""
        self._actions[name] = handler

    def on_bottom(self, sentinel: Any, handler: Callable[[bool], None]) -> None:
        """Tell whenever the element comes into view or leaves it; nothing is measured for it."""

        def seen(entries: Any, _observer: Any) -> None:
            handler(bool(entries[len(entries) - 1].isIntersecting))

        options = to_js({"rootMargin": "0px 0px 48px 0px"})
        js.IntersectionObserver.new(self._guarded(seen), options).observe(sentinel)

    def on_resize(self, element: Any, handler: Callable[[], None]) -> None:
        """Tell whenever the size of an element has changed."""
        js.ResizeObserver.new(self._guarded(lambda *_: handler())).observe(element)

    def on_near(
        self, scroller: Any, spacer: Any, views: float, handler: Callable[[float, float], None]
    ) -> Callable[[], None]:
        """Tell when the spacer comes nearer to what the scroller shows than so many views of it.

        The handler gets how far below the spacer's top the view begins, and the view's height, in
        pixels. What is returned looks again, and tells if it is that near.
        """

        def seen(entries: Any, _observer: Any) -> None:
            entry = entries[len(entries) - 1]
            if entry.isIntersecting:
                around = entry.rootBounds  # the view and what counts as near
                view = around.height / (1 + 2 * views)
                handler(around.top + views * view - entry.boundingClientRect.top, view)

        options = to_js({"root": scroller, "rootMargin": f"{views * 100:g}% 0px"})
        observer = js.IntersectionObserver.new(self._guarded(seen), options)
        observer.observe(spacer)

        def look_again() -> None:
            # The browser tells only of a change, but always of what it begins to observe.
            observer.unobserve(spacer)
            observer.observe(spacer)

        return look_again

    def hold_place(self, scroller: Any) -> Callable[[Any], None]:
        """Let what the scroller shows stay when something above changes its height.

        What is returned takes each element of which that may be true.
        """
        return Anchoring(scroller).watch

    def height_of(self, element: Any) -> float:
        """Measure an element, in pixels; never in a frame."""
        return float(element.getBoundingClientRect().height)

    def reserve(self, element: Any, pixels: float) -> None:
        """Let an element be at least so high."""
        element.style.minBlockSize = f"{pixels:.6f}px" if pixels else ""

    def holds_focus(self, element: Any) -> bool:
        """Tell whether the keyboard's place is inside."""
        return bool(element.contains(js.document.activeElement))

    def holds_selection(self, element: Any) -> bool:
        """Tell whether something inside is selected."""
        selection = js.document.getSelection()
        return not selection.isCollapsed and bool(selection.containsNode(element, True))

    def now(self) -> float:
        """Return the time in milliseconds since 1970.

        Not the clock that never goes back: on some systems that one stands still in a sleep.
        """
        return time() * 1000

    def is_offline(self) -> bool:
        """Tell whether the device has no network; False does not mean that it has one."""
        return not js.navigator.onLine

    def prefers_calm(self) -> bool:
        """Tell whether the person wants as little motion as can be."""
        return bool(js.matchMedia("(prefers-reduced-motion: reduce)").matches)

    def chance(self) -> float:
        """Return a random number from 0 to 1, 1 excluded; Python's own is the same in each page."""
        return float(js.Math.random())

    def new_id(self) -> str:
        """Return a random name; the browser's own maker exists in secure contexts only."""
        return os.urandom(16).hex()

    def announce(self, text: str) -> None:
        """Say something politely to people who listen to the page."""
        self.find("#announcer").textContent = text

    def copy(self, text: str, done: Callable[[bool], None]) -> None:
        """Put plain text on the clipboard, and tell whether it worked."""

        async def write() -> None:
            try:
                await js.navigator.clipboard.writeText(text)
            except Exception:  # no clipboard outside secure contexts, or the person said no
                done(False)
            else:
                done(True)

        self._keep(asyncio.ensure_future(write()))

    def save_file(self, name: str, text: str) -> None:
        """Let the browser save a text as a file."""
        link = js.document.createElement("a")
        blob = js.Blob.new(to_js([text]), to_js({"type": "text/plain;charset=utf-8"}))
        link.href = js.URL.createObjectURL(blob)
        link.download = name
        link.click()
        # Not at once: the browser reads it after this click.
        js.setTimeout(create_once_callable(lambda: js.URL.revokeObjectURL(link.href)), 60_000)

    def open_address(self, address: str) -> None:
        """Open an address in another tab, which learns nothing of this one."""
        js.window.open(address, "_blank", "noopener,noreferrer")

    def show_picture(self, place: Any, address: str) -> None:
        """Load a picture into an element that stands in its place."""
        self._pictures.show(place, address)

    def every(self, milliseconds: int, handler: Callable[[], None]) -> Callable[[], None]:
        """Call a handler again and again; what is returned ends it."""
        proxy = self._guarded(lambda *_: handler())
        timer = js.setInterval(proxy, milliseconds)

        def end() -> None:
            js.clearInterval(timer)
            proxy.destroy()

        return end

    def after(self, milliseconds: float, handler: Callable[[], None]) -> Callable[[], None]:
        """Call a handler once, later; what is returned prevents it."""
        proxy = create_once_callable(self._careful(handler))
        # Up: browsers drop the fraction, and would call too early.
        timer = js.setTimeout(proxy, max(math.ceil(milliseconds), 0))

        def prevent() -> None:
            js.clearTimeout(timer)
            proxy.destroy()

        return prevent

    def on_signal(self, handler: Callable[[PageSignal], None]) -> None:
        """Tell what the browser does with the page, for as long as it lives."""

        def shown(event: Any) -> None:
            handler(PageSignal.RESTORED if event.persisted else PageSignal.VISIBLE)

        def changed(_event: Any) -> None:
            handler(PageSignal.HIDDEN if js.document.hidden else PageSignal.VISIBLE)

        self.on(js.document, "visibilitychange", changed)
        self.on(js.document, "freeze", lambda _: handler(PageSignal.FROZEN))
        self.on(js.document, "resume", lambda _: handler(PageSignal.RESUMED))
        self.on(js.window, "pageshow", shown)
        self.on(js.window, "pagehide", lambda _: handler(PageSignal.HIDDEN))
        self.on(js.window, "focus", lambda _: handler(PageSignal.VISIBLE))
        self.on(js.window, "online", lambda _: handler(PageSignal.ONLINE))
        self.on(js.window, "offline", lambda _: handler(PageSignal.OFFLINE))

    def query(self) -> dict[str, str]:
        """Return the parameters of the page's address; of a repeated one, the last."""
        parameters = js.URLSearchParams.new(js.location.search)
        # Not the object itself: Pyodide takes it for a map, and would give its keys alone.
        return {entry[0]: entry[1] for entry in parameters.entries()}

    def set_language(self, tag: str) -> None:
        """Say which language the page's own words are in."""
        js.document.documentElement.lang = tag

    def _on_click(self, event: Any) -> None:
        element = event.target.closest("[data-action]")
        if element is jsnull:
            return
        handler = self._actions.get(element.dataset.action)
        link = element.closest("a[href]")
        if link and link != element:
            event.preventDefault()  # a button inside a link is not the link
        if handler is not None:
            handler(element)

    def _guarded(self, handler: Callable[..., None]) -> Any:
        return create_proxy(self._careful(handler))

    def _careful(self, handler: Callable[..., None]) -> Callable[..., None]:
        def run(*arguments: Any) -> None:
            try:
                handler(*arguments)
            except Exception as error:
                self._on_error(error)

        return run

    def _keep(self, task: asyncio.Future[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
