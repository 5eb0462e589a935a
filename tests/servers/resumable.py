"""Servers whose answers can be resumed, each in the way of one protocol or product.

    ByteLogServer(chat_events(["Hel", "lo"]), pace=0.01, plans=[Pass(Cut(100)), Pass()])

An answer goes on at its own pace while nobody is connected. Each answering response, first or
resumed, takes the next plan; the last one is taken again and again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

from tests.servers.fault_proxy import Pass, Passage
from tests.servers.faults import STREAM, CutHereError, Tap, end_as_planned, refuse
from tests.servers.produced import LostError, Produced
from tests.servers.raw_http import CORS, Exchange, Headers, RawServer
from tests.servers.telling import responses_events


class ResumableServer(RawServer):
    """What they share: answers under names, and plans.

    Args:
        pieces: what every answer is made of; events, where the server resumes at events.
        pace: seconds before each piece.
        plans: what happens to the responses, one after another; none lets all of them pass.
    """

    def __init__(
        self, pieces: Sequence[bytes], *, pace: float = 0.0, plans: Sequence[Passage] = ()
    ) -> None:
        self.answers: dict[str, Produced] = {}
        self._pieces = pieces
        self._pace = pace
        self._plans = [*plans] or [Pass()]
        super().__init__()

    def log(self, name: str) -> bytes:
        """Give all bytes of an answer that were produced so far, from the first on."""
        return self.answers[name].body

    def forget(self) -> None:
        """Know no answer any more, as after a restart; what is being read is cut off."""
        asyncio.run_coroutine_threadsafe(self._forget(), self._loop).result()

    async def _forget(self) -> None:
        for answer in self.answers.values():
            answer.lose()
        self.answers.clear()

    def begin(self, name: str) -> Produced:
        """Begin an answer, in the place of one of that name; one without a name is not kept."""
        answer = Produced(self.pieces(name), self._pace)
        if name in self.answers:
            self.answers[name].stop()
        if name:
            self.answers[name] = answer
        self.spawn(answer.run())
        return answer

    def pieces(self, _name: str) -> Sequence[bytes]:
        """Say what the answer of that name is made of."""
        return self._pieces

    async def stream(
        self, exchange: Exchange, body: AsyncIterator[bytes], headers: Headers = ()
    ) -> None:
        """Send a body as the next plan says."""
        plan = self._plans.pop(0) if len(self._plans) > 1 else self._plans[0]
        if not isinstance(plan, Pass):
            await refuse(exchange, plan)
            return
        await exchange.head(200, [("Content-Type", STREAM), *CORS, *headers])
        tap = Tap(exchange.body, plan.faults)
        try:
            await tap.open()
            async for piece in body:
                await tap.feed(piece)
            await exchange.finish()
        except CutHereError as cut:
            await end_as_planned(exchange, cut)
        except LostError:
            await exchange.cut_off("reset")

    async def say_no(self, exchange: Exchange, status: int, message: str) -> None:
        """Refuse as OpenAI and llama.cpp do."""
        error = {"error": {"message": message, "type": "invalid_request_error", "code": status}}
        await exchange.answer(status, json.dumps(error).encode())


class ByteLogServer(ResumableServer):
    """Resumes at a byte, as llama.cpp's server does (tried against the one in `xllamacpp`).

    A POST with the header X-Conversation-Id C can be read again with
    `GET /v1/stream?conv_id=C&from=N`, and stopped with DELETE. Without that header the answer
    ends with its connection.

    Args:
        lost: the first bytes of the log that are gone, as from a ring buffer.
    """

    def __init__(
        self,
        pieces: Sequence[bytes],
        *,
        pace: float = 0.0,
        plans: Sequence[Passage] = (),
        lost: int = 0,
    ) -> None:
        self._lost = lost
        super().__init__(pieces, pace=pace, plans=plans)

    async def serve(self, exchange: Exchange) -> None:
        """Answer one request."""
        entry = exchange.entry
        if entry.path == "/v1/streams/lookup":
            await exchange.answer(200, json.dumps(self._found(entry.body)).encode())
        elif entry.path != "/v1/stream":
            await self._begin(exchange)
        elif entry.method == "DELETE":
            if answer := self.answers.pop(entry.query.get("conv_id", ""), None):
                answer.stop()
            await exchange.answer(204)
        else:
            await self._resume(exchange)

    async def _begin(self, exchange: Exchange) -> None:
        name = exchange.entry.headers.get("x-conversation-id", "")
        answer = self.begin(name)
        try:
            await self.stream(exchange, answer.bytes())
        finally:
            if not name:
                answer.stop()

    async def _resume(self, exchange: Exchange) -> None:
        query = exchange.entry.query
        answer = self.answers.get(query.get("conv_id", ""))
        start = int(query.get("from", "0"))
        if not query.get("conv_id") or answer is None:
            await self.say_no(exchange, 404, "File Not Found")
        elif start < self._lost:
            await self.say_no(exchange, 400, "Stream offset lost")
        else:
            await self.stream(exchange, answer.bytes(start))

    def _found(self, body: bytes) -> list[dict[str, Any]]:
        names = json.loads(body)["conversation_ids"]
        known = [(name, self.answers[name]) for name in names if name in self.answers]
        return [
            {"conversation_id": name, "is_done": each.is_done, "total_bytes": len(each.body)}
            for name, each in known
        ]


class LastEventIdServer(ResumableServer):
    """Resumes after an event, by the header Last-Event-ID of a GET to the address of the POST.

    Answers are named by their paths. The pieces are events without IDs; each gets the next number,
    from 1. A GET without the header reads from the first event on. Standard: WHATWG HTML, section
    9.2.4.
    """

    async def serve(self, exchange: Exchange) -> None:
        """Answer one request."""
        entry = exchange.entry
        if entry.method == "POST":
            await self.stream(exchange, self.begin(entry.path).pieces())
            return
        answer = self.answers.get(entry.path)
        last = entry.headers.get("last-event-id", "0")
        if answer is None:
            await self.say_no(exchange, 404, "No answer here")
        elif not last.isdecimal() or int(last) > len(answer.log):
            await self.say_no(exchange, 400, "Unknown event")
        else:
            await self.stream(exchange, answer.pieces(int(last)))

    def pieces(self, _name: str) -> Sequence[bytes]:
        """Give the events their IDs."""
        return [b"id: %d\n%b" % numbered for numbered in enumerate(self._pieces, 1)]


class ResponsesServer(ResumableServer):
    """Resumes after a sequence number, as OpenAI's Responses API does with `background: true`.

    `GET /v1/responses/{id}?stream=true&starting_after=N`; without `background` the answer ends
    with its connection, and its ID is unknown afterwards. IDs are resp_1, resp_2 and so on.

    Args:
        texts: the text of the answer, in deltas.
    """

    def __init__(
        self, texts: Sequence[str], *, pace: float = 0.0, plans: Sequence[Passage] = ()
    ) -> None:
        self._texts = texts
        super().__init__((), pace=pace, plans=plans)

    async def serve(self, exchange: Exchange) -> None:
        """Answer one request."""
        entry = exchange.entry
        if entry.method == "POST" and entry.path.endswith("/responses"):
            await self._begin(exchange)
            return
        name = entry.path.rpartition("/responses/")[2]
        answer = self.answers.get(name)
        if answer is None:
            await self.say_no(exchange, 404, f"Response with id '{name}' not found.")
        elif entry.query.get("stream") == "true":
            # The event with number N is piece N: those after it begin at N + 1.
            start = int(entry.query.get("starting_after", "-1")) + 1
            await self.stream(exchange, answer.pieces(start))
        else:
            status = "completed" if answer.is_done else "in_progress"
            body = {"id": name, "object": "response", "status": status}
            await exchange.answer(200, json.dumps(body).encode())

    def pieces(self, name: str) -> Sequence[bytes]:
        """Give the events of the answer of that name."""
        return responses_events(name, self._texts)

    async def _begin(self, exchange: Exchange) -> None:
        name = f"resp_{len(self.journal.posts())}"
        answer = self.begin(name)
        try:
            await self.stream(exchange, answer.pieces())
        finally:
            if json.loads(exchange.entry.body).get("background") is not True:
                answer.stop()
                self.answers.pop(name, None)


class AiSdkServer(ResumableServer):
    """Replays the whole answer, as servers for the AI SDK's `resume` do.

    POST to the API with a chat's ID in the body; `GET {api}/{chatId}/stream` gives it from its
    first event on while it is being produced, and 204 when none is.
    """

    async def serve(self, exchange: Exchange) -> None:
        """Answer one request."""
        entry = exchange.entry
        headers = [("x-vercel-ai-ui-message-stream", "v1")]
        if entry.method == "POST":
            name = str(json.loads(entry.body)["id"])
            await self.stream(exchange, self.begin(name).pieces(), headers)
            return
        *_, name, last = entry.path.split("/")
        answer = self.answers.get(name)
        if last != "stream":
            await self.say_no(exchange, 404, "Not found")
        elif answer is None or answer.is_done:
            await exchange.answer(204)
        else:
            await self.stream(exchange, answer.pieces(), headers)
