"""Which tab owns a conversation: one at a time writes it, the others look on (Web Locks).

A lock is held until its page is gone, however it goes; the browser gives it to the next one then.
"""

from __future__ import annotations

import asyncio
from typing import Any

import js
from pyodide.ffi import JsException, create_once_callable, jsnull, to_js

REMEMBERED = "thalweg.conversation"


def remember(conversation_id: str) -> None:
    """Let this tab, and no other, come back to a conversation after a reload."""
    try:
        js.sessionStorage.setItem(REMEMBERED, conversation_id)
    except JsException:  # blocked storage: the last conversation of any tab has to do
        return


def remembered() -> str:
    """Return the conversation that this tab had, empty if it is new."""
    try:
        name = js.sessionStorage.getItem(REMEMBERED)
    except JsException:
        return ""
    return name if isinstance(name, str) else ""


def _name(conversation_id: str) -> str:
    return f"thalweg.{conversation_id}"


def _forever() -> Any:
    """Give a promise that never settles: the lock is kept for as long as the page is there."""
    return js.Promise.new(create_once_callable(lambda _resolve, _reject: None))


async def claim(conversation_id: str) -> bool:
    """Take a conversation if no other tab has it; tell whether it is ours.

    Without locks (no secure context) it always is.
    """
    locks = getattr(js.navigator, "locks", None)
    if not locks:
        return True
    future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def granted(lock: Any) -> Any:
        is_ours = lock is not jsnull and lock is not None
        future.set_result(is_ours)
        return _forever() if is_ours else None

    options = to_js({"ifAvailable": True})
    locks.request(_name(conversation_id), options, create_once_callable(granted))
    return await future


async def is_claimed(conversation_id: str) -> bool:
    """Tell whether a tab has a conversation now."""
    state = await js.navigator.locks.query()
    return any(lock.name == _name(conversation_id) for lock in state.held)
