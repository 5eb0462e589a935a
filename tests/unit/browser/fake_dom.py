"""As much of a document as the sink of markup needs, on CPython."""

# ruff: noqa: N802  the names are the browser's own
from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any


class Null:
    """JavaScript's null, as Pyodide gives it."""

    def __bool__(self) -> bool:
        return False


NULL = Null()


class FakeNode:
    """An element, or a text if it has no tag."""

    def __init__(self, tag: str = "", data: str = "") -> None:
        self.tag = tag
        self.data = data
        self.nodes: list[FakeNode] = []
        self.parentNode: Any = NULL
        self.className = ""

    def remove(self) -> None:
        if self.parentNode:
            self.parentNode.nodes.remove(self)
            self.parentNode = NULL

    def appendChild(self, child: FakeNode) -> None:
        self.insertBefore(child, NULL)

    def insertBefore(self, child: FakeNode, place: Any) -> None:
        child.remove()
        index = self.nodes.index(place) if place else len(self.nodes)
        self.nodes.insert(index, child)
        child.parentNode = self

    def replaceChildren(self) -> None:
        for child in [*self.nodes]:
            child.remove()

    def appendData(self, data: str) -> None:
        self.data += data

    def deleteData(self, offset: int, count: int) -> None:
        units = self.data.encode("utf-16-le", "surrogatepass")
        assert 0 <= offset <= len(units) // 2
        assert count >= 0
        kept = units[: 2 * offset] + units[2 * (offset + count) :]
        self.data = kept.decode("utf-16-le", "surrogatepass")

    def setAttribute(self, _name: str, _value: str) -> None: ...

    def removeAttribute(self, _name: str) -> None: ...

    def shown(self) -> str:
        """Write what is in it; an empty part, which is hidden, is nothing."""
        if not self.tag:
            return self.data
        inside = "".join(node.shown() for node in self.nodes)
        return f"<{self.tag}>{inside}</{self.tag}>" if inside or self.tag != "div" else ""


def install() -> None:
    """Let `js` and `pyodide.ffi` be this document, for a room that cannot be imported else."""
    js, ffi, pyodide = ModuleType("js"), ModuleType("pyodide.ffi"), ModuleType("pyodide")
    document = SimpleNamespace(
        createElement=FakeNode,
        createTextNode=lambda data: FakeNode("", data),
        hidden=False,
        addEventListener=lambda _name, _handler: None,
    )
    vars(js)["document"] = document
    vars(ffi)["jsnull"] = NULL
    vars(ffi)["create_proxy"] = lambda handler: handler
    vars(pyodide)["ffi"] = ffi
    sys.modules.update({"js": js, "pyodide": pyodide, "pyodide.ffi": ffi})
