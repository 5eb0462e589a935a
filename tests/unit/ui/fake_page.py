"""A page without a browser: the real index.html as plain objects, and events by hand."""

# ruff: noqa: N802, N803  the names are the browser's own
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

INDEX = Path(__file__).parents[3] / "index.html"
VOID = {"meta", "link", "br", "hr", "img", "input"}
SELECTOR = re.compile(
    r"(?P<tag>^[a-z0-9]+)|#(?P<id>[\w-]+)|\.(?P<class>[\w-]+)|\[(?P<has>[\w-]+)\]"
)
NOT_NEWEST = ":not([data-newest])"


class FakeElement:
    def __init__(self, tag: str, attributes: dict[str, str] | None = None) -> None:
        self.tag = tag
        self.attributes = attributes or {}
        self.nodes: list[FakeElement | str] = []
        self.parent: FakeElement | None = None
        self.value = ""
        self.scrollTop = 0.0
        self.scrollHeight = 400.0
        self.clientWidth = 300.0
        self.clientHeight = 400.0
        self.has_focus = False
        self.reserved = 0.0  # pixels
        self.is_open = False  # a dialog's
        self.nodeType = 1
        self.submit: Callable[[], None] = lambda: None

    @property
    def hidden(self) -> bool:
        return "hidden" in self.attributes

    @hidden.setter
    def hidden(self, is_hidden: bool) -> None:
        if is_hidden:
            self.attributes["hidden"] = ""
        else:
            self.attributes.pop("hidden", None)

    @property
    def textContent(self) -> str:
        return "".join(n if isinstance(n, str) else n.textContent for n in self.nodes)

    @textContent.setter
    def textContent(self, text: str) -> None:
        self.nodes = [text] if text else []

    @property
    def childNodes(self) -> list[Any]:
        texts = (
            SimpleNamespace(nodeType=3, textContent=n) for n in self.nodes if isinstance(n, str)
        )
        return [next(texts) if isinstance(n, str) else n for n in self.nodes]

    @property
    def nodeName(self) -> str:
        return self.tag.upper()

    def walk(self) -> Iterator[FakeElement]:
        for node in self.nodes:
            if isinstance(node, FakeElement):
                yield node
                if node.tag != "template":
                    yield from node.walk()

    def matches(self, selector: str) -> bool:
        if selector.endswith(NOT_NEWEST):
            is_newest = "data-newest" in self.attributes
            return not is_newest and self.matches(selector.removesuffix(NOT_NEWEST))
        found = list(SELECTOR.finditer(selector))
        assert "".join(m.group() for m in found) == selector, f"the fake cannot read {selector!r}"
        return all(self._has(m) for m in found)

    def _has(self, part: re.Match[str]) -> bool:
        match part.lastgroup:
            case "tag":
                return self.tag == part["tag"]
            case "id":
                return self.attributes.get("id") == part["id"]
            case "class":
                return part["class"] in self.attributes.get("class", "").split()
        return part["has"] in self.attributes

    def querySelector(self, selector: str) -> FakeElement | None:
        return next((e for e in self.walk() if e.matches(selector)), None)

    def querySelectorAll(self, selectors: str) -> list[FakeElement]:
        wanted = selectors.split(", ")
        return [e for e in self.walk() if any(map(e.matches, wanted))]

    def cloneNode(self, _deep: bool) -> FakeElement:
        return self.copy()

    def closest(self, selector: str) -> FakeElement | None:
        if self.matches(selector):
            return self
        return self.parent.closest(selector) if self.parent else None

    def getAttribute(self, name: str) -> str | None:
        return self.attributes.get(name)

    def hasAttribute(self, name: str) -> bool:
        return name in self.attributes

    def setAttribute(self, name: str, value: str) -> None:
        self.attributes[name] = value

    def removeAttribute(self, name: str) -> None:
        self.attributes.pop(name, None)

    def hasChildNodes(self) -> bool:
        return bool(self.nodes)

    def append(self, *nodes: FakeElement | str) -> None:
        for node in nodes:
            if isinstance(node, FakeElement):
                node.parent = self
            self.nodes.append(node)

    def insertBefore(self, node: FakeElement, place: FakeElement) -> None:
        node.parent = self
        self.nodes.insert(self.nodes.index(place), node)

    def replaceChildren(self, *nodes: FakeElement | str) -> None:
        self.nodes = []
        self.append(*nodes)

    def remove(self) -> None:
        assert self.parent is not None
        self.parent.nodes.remove(self)
        self.parent = None

    def focus(self, *, preventScroll: bool = False) -> None:
        self.has_focus = True

    def showModal(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def reset(self) -> None:
        for element in self.walk():
            element.value = ""

    def requestSubmit(self) -> None:
        self.submit()

    def copy(self) -> FakeElement:
        copy = FakeElement(self.tag, dict(self.attributes))
        copy.append(*(n if isinstance(n, str) else n.copy() for n in self.nodes))
        return copy


class _Builder(HTMLParser):
    def __init__(self, *, keeps_blanks: bool) -> None:
        super().__init__()
        self._keeps_blanks = keeps_blanks
        self.root = self.open = FakeElement("#document")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = FakeElement(tag, {name: value or "" for name, value in attrs})
        self.open.append(element)
        if tag not in VOID:
            self.open = element

    def handle_endtag(self, tag: str) -> None:
        assert self.open.tag == tag, f"</{tag}> closes <{self.open.tag}>"
        assert self.open.parent is not None
        self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        if self._keeps_blanks:
            self.open.append(data)
        elif data.strip():
            self.open.append(data.strip())


def parse(html: str, *, keeps_blanks: bool = False) -> FakeElement:
    builder = _Builder(keeps_blanks=keeps_blanks)
    builder.feed(html)
    builder.close()
    assert builder.open is builder.root, f"<{builder.open.tag}> is not closed"
    return builder.root


class FakePage:
    """Has the ports of `app.ui.dom.Page`; a test sends events with `fire` and `click`."""

    def __init__(self) -> None:
        self.ids = 0
        self.document = parse(INDEX.read_text(encoding="utf-8"))
        self.announced: list[str] = []
        self.on_end: Callable[[bool], None] = lambda _: None
        self.resize: Callable[[], None] = lambda: None
        self.near: dict[str, Callable[[float, float], None]] = {}
        self.looks: list[str] = []  # the spacers that were looked at again
        self.heights: dict[str, float] = {"thread": 800.0}
        self.held: list[Any] = []  # whose height may change
        self.selected: list[FakeElement] = []
        self._actions: dict[str, Callable[[Any], None]] = {}
        self._listeners: list[tuple[FakeElement, str, Callable[[Any], None]]] = []
        form = self.find("#composer")

        def submit() -> None:
            self.fire(form, "submit")

        form.submit = submit

    def find(self, selector: str) -> FakeElement:
        element = self.document.querySelector(selector)
        assert element is not None, f"index.html has no {selector}"
        return element

    def clone(self, template_id: str) -> FakeElement:
        template = self.find(f"template#{template_id}")
        return next(n for n in template.nodes if isinstance(n, FakeElement)).copy()

    def new_id(self) -> str:
        self.ids += 1
        return f"id-{self.ids}"

    def on(self, element: Any, event_name: str, handler: Callable[[Any], None]) -> None:
        self._listeners.append((element, event_name, handler))

    def on_action(self, name: str, handler: Callable[[Any], None]) -> None:
        self._actions[name] = handler

    def on_bottom(self, sentinel: Any, handler: Callable[[bool], None]) -> None:
        self.on_end = handler

    def on_resize(self, element: Any, handler: Callable[[], None]) -> None:
        self.resize = handler

    def on_near(
        self, scroller: Any, spacer: Any, views: float, handler: Callable[[float, float], None]
    ) -> Callable[[], None]:
        self.near[spacer.attributes["id"]] = handler
        return lambda: self.looks.append(spacer.attributes["id"])

    def hold_place(self, scroller: Any) -> Callable[[Any], None]:
        return self.held.append

    def height_of(self, element: FakeElement) -> float:
        return self.heights.get(element.attributes.get("class", ""), 100.0)

    def reserve(self, element: FakeElement, pixels: float) -> None:
        element.reserved = pixels

    def holds_focus(self, element: FakeElement) -> bool:
        return any(each.has_focus for each in element.walk())

    def holds_selection(self, element: FakeElement) -> bool:
        return element in self.selected

    def announce(self, text: str) -> None:
        self.announced.append(text)

    def fire(self, element: FakeElement, event_name: str, **fields: Any) -> SimpleNamespace:
        """Send an event to an element and let it bubble; returns the event."""
        event = SimpleNamespace(**{"target": element, "defaultPrevented": False, **fields})
        event.preventDefault = lambda: setattr(event, "defaultPrevented", True)
        at: FakeElement | None = element
        while at is not None:
            for listener, name, handler in self._listeners:
                if listener is at and name == event_name:
                    handler(event)
            at = at.parent
        return event

    def press(self, element: FakeElement, key: str, **fields: Any) -> SimpleNamespace:
        plain = {"shiftKey": False, "isComposing": False, "keyCode": 0}
        return self.fire(element, "keydown", key=key, **{**plain, **fields})

    def click(self, element: FakeElement, *, detail: int = 1, pointerType: str = "mouse") -> None:
        event = self.fire(element, "click", detail=detail, pointerType=pointerType)
        actor = element.closest("[data-action]")
        if actor is not None and actor.attributes["data-action"] in self._actions:
            self._actions[actor.attributes["data-action"]](actor)
        if (
            actor is None
            and element.getAttribute("type") == "submit"
            and not event.defaultPrevented
        ):
            form = element.closest("form")
            assert form is not None
            form.requestSubmit()
