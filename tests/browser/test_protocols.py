"""Whatever protocol a server speaks, a person reads the same."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.browser.conftest import Open, ask, wait_for_answer
from tests.browser.reading import last_answer
from tests.servers.scripted import ScriptedServer, event, finished, ok, said
from tests.unit.wire.samples import REASONING, SAMPLES, TEXT
from tools.serve import PageServer

Serve = Callable[..., PageServer]
Play = Callable[..., ScriptedServer]

PATHS = {
    "openai-chat": "/v1/chat/completions",
    "openai-responses": "/v1/responses",
    "anthropic": "/v1/messages",
    "gemini": "/v1/models/tiny:streamGenerateContent?alt=sse",
    "ollama": "/v1/chat",
    "ag-ui": "/v1",
    "ai-sdk": "/v1",
}


@pytest.mark.parametrize("protocol", SAMPLES)
def test_an_answer_in_each_protocol(
    protocol: str, serve: Serve, scripted: Play, open_page: Open
) -> None:
    body, _finish, headers = SAMPLES[protocol]
    middle = len(body) // 2
    # Gemini has no mark that nothing follows; the others end although the connection stays.
    stays = 0.2 if protocol == "gemini" else 30.0
    server = scripted([ok(headers["content-type"]), body[:middle], 0.05, body[middle:], stays])
    page_server = serve(server.address, protocol=protocol, model="tiny")
    page = open_page(page_server.address, server.address)
    ask(page, "Anyone there?")
    wait_for_answer(page)
    assert page.locator(".prose").inner_text().strip() == TEXT
    assert page.locator(".reasoning-text").text_content() == REASONING
    [request] = server.requests
    head, _blank, asked = request.partition(b"\r\n\r\n")
    assert head.startswith(b"POST " + PATHS[protocol].encode() + b" HTTP/1.1\r\n")
    assert "Anyone there?" in json.dumps(json.loads(asked))
    assert (b"x-request-id:" in head.lower()) is (protocol != "ollama")


def test_a_connection_that_stays_open_is_closed_after_a_while(
    serve: Serve, scripted: Play, open_page: Open
) -> None:
    stays: list[bytes | float] = [b": still here\n\n", 0.1] * 300
    server = scripted([ok(), said("Whole."), finished(), *stays], [ok(), said("Next."), finished()])
    page = open_page(serve(server.address).address, server.address)
    ask(page, "Anyone there?")
    wait_for_answer(page)
    assert page.locator(".prose").inner_text().strip() == "Whole."
    ask(page, "And now?")
    page.wait_for_selector(".exchange[aria-posinset='2'] .answer[data-phase=done]")
    assert server.was_left.wait(20), "the first connection is still open"


def test_a_step_that_the_server_takes_back(serve: Serve, scripted: Play, open_page: Open) -> None:
    def text(delta: str) -> bytes:
        return event({"type": "text-delta", "id": "t", "delta": delta})

    server = scripted(
        [
            ok(),
            event({"type": "start-step"}) + text("The first **try**\n\n- went wrong"),
            event({"type": "reasoning-delta", "id": "r", "delta": "Hmm."}),
            0.5,
            event({"type": "reset-step"}) + text("The *second* one"),
            0.2,
            text(" is well.") + event({"type": "finish"}) + b"data: [DONE]\n\n",
        ]
    )
    page = open_page(serve(server.address, protocol="ai-sdk").address, server.address)
    ask(page, "Try.")
    page.get_by_text("went wrong").wait_for()
    wait_for_answer(page)
    assert last_answer(page) == "<p>The <em>second</em> one is well.</p>"
    assert not page.locator(".reasoning-text").is_visible()
    assert page.locator(".reasoning-text").text_content() == ""


def test_an_answer_that_the_server_gives_up_is_not_called_complete(
    serve: Serve, scripted: Play, open_page: Open
) -> None:
    script = event({"type": "text-delta", "id": "t", "delta": "Half"}) + event({"type": "abort"})
    server = scripted([ok(), script + b"data: [DONE]\n\n"])
    page = open_page(serve(server.address, protocol="ai-sdk").address, server.address)
    ask(page, "Try.")
    wait_for_answer(page, "incomplete")
    said = page.locator(".trouble-happened").inner_text()
    assert said == "The model server ended the answer before it was complete."
    assert page.locator(".prose").inner_text().strip() == "Half"
