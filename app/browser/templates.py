"""What index.html has ready to be copied into the page."""

from __future__ import annotations

from typing import Any

import js
from pyodide.ffi import jsnull


def find(selector: str) -> Any:
    """Return the first element of the document that matches.

    Raises:
        LookupError: there is none; index.html and the components have come apart.
    """
    element = js.document.querySelector(selector)
    if element is jsnull:
        raise LookupError(f"index.html has no element {selector!r}")
    return element


def clone(template_id: str) -> Any:
    """Return a copy of the first element of a template."""
    return find(f"template#{template_id}").content.firstElementChild.cloneNode(True)
