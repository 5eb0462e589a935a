"""Which tab owns a conversation: one at a time writes it, the others look on (Web Locks).

A lock is held until its page is gone, however it goes; the browser gives it to the next one then.
WebKit also takes it from a page that it puts aside, which may come back by the "back" button.
"""

from __future__ import annotations

import asyncio
from typing import Any

import js
from pyodide.ffi import JsException, create_once_callable, create_proxy, jsnull, to_js

REMEMBERED = "thalweg.conversation"
_tasks: set[asyncio.Task[None]] = set()  # the loop itself would let go of them


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

    Where locks cannot be had (no secure context) it always is.
    """
    locks = getattr(js.navigator, "locks", None)
    if not locks:
        return True
    future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def granted(lock: Any) -> Any:
        is_ours = lock is not jsnull and lock is not None
        future.set_result(is_ours)
        return _forever() if is_ours else None

    def lost(_why: str) -> None:
        if not future.done():
            future.set_result(True)
        elif remembered() == conversation_id:
            task = asyncio.ensure_future(_claim_again(conversation_id))
            _tasks.add(task)
            task.add_done_callback(_tasks.discard)

    options = to_js({"ifAvailable": True})
    taken = create_once_callable(granted)
    name = _name(conversation_id)
    js.thalwegRequests.start(create_proxy(lost), locks, "request", name, options, taken)
    return await future


async def _claim_again(conversation_id: str) -> None:
    """Take back what the page had before it was put aside; else look on, as after any reload."""
    if not await claim(conversation_id):
        js.location.reload()


async def is_claimed(conversation_id: str) -> bool:
    """Tell whether a tab has a conversation now."""
    state = await js.navigator.locks.query()
    return any(lock.name == _name(conversation_id) for lock in state.held)
