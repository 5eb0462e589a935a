"""Records in IndexedDB: what outlives the page.

Goals: a write never waits and never fails loudly; whoever wants to know when all is safe is told.
Plan: one database, one object store a kind, texts by name. Each write is a transaction; the last
one to complete calls those who wait.
Weak: where storage is blocked (some private windows, some frames) nothing outlives the page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsException, create_once_callable, create_proxy, jsnull

DATABASE = "thalweg"
VERSION = 1
KINDS = ("conversation", "turn", "latest")


class BrowserStore:
    """Puts records away and finds them again.

    Args:
        on_failure: hears, once, that something could not be put away, with the technical text.
    """

    def __init__(self, on_failure: Callable[[str], None]) -> None:
        self._on_failure = on_failure
        self._has_failed = False
        self._database: Any = None
        self._open = 0  # transactions under way
        self._waiting: list[Callable[[], None]] = []
        # Live as long as the page: one for all transactions.
        self._completed = create_proxy(lambda *_: self._complete(is_safe=True))
        self._aborted = create_proxy(self._abort)

    async def open(self) -> None:
        """Open the database, or go on without one."""
        try:
            request = js.indexedDB.open(DATABASE, VERSION)
            request.onupgradeneeded = create_once_callable(_make_stores)
            self._database = await _result(request)
        except (JsException, OSError, AttributeError) as error:
            self._fail(str(error))

    async def get(self, kind: str, name: str) -> str:
        """Return a record, or an empty text if there is none."""
        if self._database is None:
            return ""
        try:
            store = self._database.transaction(kind).objectStore(kind)
            record = await _result(store.get(name))
        except (JsException, OSError) as error:
            self._fail(str(error))
            return ""
        return record if isinstance(record, str) else ""

    def put(self, kind: str, name: str, record: str) -> None:
        """Put a record in the place of the one with that name; without waiting."""
        if self._database is None:
            return
        try:
            transaction = self._database.transaction(kind, "readwrite")
            transaction.objectStore(kind).put(record, name)
            # Not when the page has heard of the write: one that WebKit puts aside never does, and
            # would block all others for ever.
            transaction.commit()
        except JsException as error:
            self._fail(str(error))
            return
        self._open += 1
        transaction.oncomplete = self._completed
        transaction.onabort = self._aborted

    def after_saved(self, do: Callable[[], None]) -> None:
        """Call this once all that was put so far is safe; not at all if it cannot be saved."""
        if self._database is None or self._has_failed:
            return
        if self._open:
            self._waiting.append(do)
        else:
            do()

    def _complete(self, *, is_safe: bool) -> None:
        self._open -= 1
        if self._open:
            return
        waiting, self._waiting = self._waiting, []
        if is_safe and not self._has_failed:
            for do in waiting:
                do()

    def _abort(self, event: Any) -> None:
        error = event.target.error
        self._fail("the transaction was aborted" if error is jsnull else str(error.message))
        self._complete(is_safe=False)

    def _fail(self, cause: str) -> None:
        if not self._has_failed:
            self._has_failed = True
            self._on_failure(cause)


def _make_stores(event: Any) -> None:
    for kind in KINDS:
        event.target.result.createObjectStore(kind)


def _result(request: Any) -> asyncio.Future[Any]:
    """Give a future for what a request of IndexedDB comes to.

    Its error is told as an OSError.
    """
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def succeed(_event: Any) -> None:
        if not future.done():
            future.set_result(request.result)

    def fail(_event: Any) -> None:
        if not future.done():
            future.set_exception(OSError(str(request.error.message)))

    request.onsuccess = create_once_callable(succeed)
    request.onerror = create_once_callable(fail)
    return future
