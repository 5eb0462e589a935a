"""Recorded answers of real servers, through a turn: the vectors that the wire reads too."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.chat.phases import Phase
from app.chat.steps import Begin, Chunk, Ended, Failed, Responded, Step
from app.wire import DIALECTS
from tests.unit.chat.streams import PLAN, new_turn

VECTORS = Path(__file__).parents[3].parent / "shared" / "vectors" / "protocols.json"


def recorded() -> list[Any]:
    if not VECTORS.exists():
        return []
    vectors = json.loads(VECTORS.read_text("utf-8"))["vectors"]
    return [
        pytest.param(vector, id=vector["name"])
        for vector in vectors
        if vector["protocol"] in DIALECTS
    ]


@pytest.mark.skipif(not VECTORS.exists(), reason="the folder shared/vectors is not beside the repo")
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize("vector", recorded())
def test_a_recorded_answer(vector: dict[str, Any], size: int) -> None:
    body = bytes.fromhex(vector["body_hex"])
    turn = new_turn(protocol=vector["protocol"])
    steps: list[Step] = [Begin(PLAN), Responded(vector["status"], vector["headers"])]
    steps += [Chunk(body[start : start + size]) for start in range(0, len(body), size)]
    steps.append(Failed("cut") if vector.get("transport_error_after_body") else Ended())
    for step in steps:
        turn.handle(step, 1.0)
    expected = vector["expect"]
    assert turn.text == expected.get("text", expected.get("text_received", turn.text))
    assert expected.get("text_prefix_of", turn.text).startswith(turn.text)
    is_whole = expected["outcome"] == "complete"
    assert turn.phase is (
        Phase.DONE if is_whole else Phase.INCOMPLETE if turn.text else Phase.FAILED
    )
