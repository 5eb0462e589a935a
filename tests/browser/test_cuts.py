"""The connection breaks, again and again; the answer on the screen is the server's, to the letter.

The real model behind a proxy that cuts its answers at random bytes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Final, Literal, get_args

import pytest

from app.wire import read_answer
from tests.browser.conftest import Open, Watch, ask, forget_network_errors, wait_for_answer
from tests.browser.reading import last_answer, rendered, status_note, status_word, wait_until_whole
from tests.servers.fault_proxy import FaultProxy, Pass
from tests.servers.faults import Cut, Stall
from tests.servers.journal import Entry
from tests.servers.processes import free_port
from tests.servers.reading import fetch
from tools import model
from tools.model import ModelServer
from tools.serve import PageServer

CHAT: Final = "/v1/chat/completions"
CUTS: Final = 40  # for each prompt
# Short answers, always the same, and tries that do not wait.
NUMBERS: Final = {"max_tokens": 200, "temperature": 0, "retry_delay": 20, "max_retries": 20}
PROMPTS: Final = (
    "Write a long story about a river.",
    "Explain with a list how a bridge is built. Use **bold** words and `code`.",
    "Écris une histoire: l'été à la mer, des mouettes 🐦 et un café.",
)
How = Literal["end", "reset", "eof"]
Serve = Callable[..., PageServer]


def random_cuts(seed: int) -> list[Pass]:
    """Give so many broken connections, each after some bytes, and then a whole one."""
    chance = random.Random(seed)
    plans = []
    for _ in range(CUTS):
        at, how = chance.randint(1, 1_200), chance.choice(get_args(How))
        # At times the browser has the time to read what came, at times it has not.
        pause = [Stall(at, 0.05)] if chance.random() < 0.5 else []
        plans.append(Pass(*pause, Cut(at, how)))
    return [*plans, Pass()]


def logged(proxy: FaultProxy, post: Entry) -> str:
    """Give the text of the server's own log of an answer, from its first byte."""
    name = post.headers["x-conversation-id"]
    log = fetch(f"{proxy.upstream}/v1/stream?conv_id={name}&from=0")
    assert (log.status, log.error) == (200, None)
    answer = read_answer("openai-chat", 200, {"content-type": "text/event-stream"}, [log.body])
    assert answer.outcome == "complete", answer
    return answer.text


@pytest.mark.parametrize("prompt", PROMPTS)
def test_an_answer_that_is_cut_forty_times_is_whole(
    prompt: str, serve: Serve, model_server: ModelServer, open_page: Open, watches: list[Watch]
) -> None:
    with FaultProxy(model_server.address, *random_cuts(PROMPTS.index(prompt))) as proxy:
        site = serve(proxy.address, numbers=NUMBERS, resume="byte-log")
        page = open_page(site.address, proxy.address)
        ask(page, prompt)
        wait_until_whole(page)
        [post] = proxy.journal.posts(CHAT)
        text = logged(proxy, post)
        assert len(text) > 400
        assert last_answer(page) == rendered(text)
        assert status_note(page).startswith("resumed at byte ")
        proxy.journal.wait_until_idle()
        cuts = [entry for entry in proxy.journal if entry.ending in get_args(How)]
        assert len(cuts) == CUTS
    forget_network_errors(watches)


# Gives what the keeper has of the only answer, which is broken off.
KEPT: Final = """async () => {
  const [{ id }] = await (await fetch("keeper/")).json();
  const reader = (await fetch(`keeper/${id}?from=0`)).body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let part; !(part = await reader.read()).done; )
      text += decoder.decode(part.value, { stream: true });
    return "not broken off";
  } catch {
    return text;
  }
}"""


@pytest.fixture
def own_model() -> Iterator[Callable[[], ModelServer]]:
    """Start the real model, always at the same port; what was started is ended."""
    servers: list[ModelServer] = []
    port = free_port()

    def start() -> ModelServer:
        servers.append(model.start(port))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def test_a_server_that_is_restarted_has_lost_the_answer_and_goes_on_when_asked(
    serve: Serve,
    own_model: Callable[[], ModelServer],
    open_page: Open,
    watches: list[Watch],
) -> None:
    first = own_model()
    with FaultProxy(first.address) as proxy:
        site = serve(proxy.address, numbers={**NUMBERS, "max_retries": 8}, resume="byte-log")
        page = open_page(site.address, proxy.address)
        ask(page, PROMPTS[0])
        wait_for_answer(page, "streaming")
        proxy.journal.wait(lambda journal: len(journal[0].sent) > 5_000)
        first.process.kill()
        first.process.wait()
        page.wait_for_selector(".status-word:has-text('reconnecting')")
        own_model()
        wait_for_answer(page, "incomplete")
        [post] = proxy.journal.posts(CHAT)
        kept = page.evaluate(KEPT).encode()
        # A system throws away what waits to be read when its connection is reset.
        assert bytes(post.sent).startswith(kept)
        received = read_answer("openai-chat", 200, {}, [kept], transport_error=True)
        assert received.outcome == "truncated"
        assert received.text
        assert last_answer(page) == rendered(received.text)
        assert status_word(page) == "incomplete"

        page.get_by_role("button", name="Continue").click()
        wait_until_whole(page)
        assert status_note(page) == "continued: it may not be what was cut off"
        [_, more] = proxy.journal.posts(CHAT)
        # The last word may have been half a one, and was left to the model.
        given = json.loads(more.body)["messages"][-1]["content"]
        assert received.text.startswith(given)
        assert last_answer(page) == rendered(given + logged(proxy, more))
    forget_network_errors(watches)
