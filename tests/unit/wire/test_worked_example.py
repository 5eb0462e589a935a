"""The worked example in CONTRIBUTING.md, as somebody would type it in."""

import json
from pathlib import Path
from types import ModuleType

import pytest

from app.wire import AnswerReader, Dialect, Message, Prompt

TEXT = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text("utf-8")
CODE = TEXT.partition("```python\n")[2].partition("```")[0]


@pytest.fixture
def talk() -> Dialect:
    module = ModuleType("talk")
    exec(compile(CODE, "talk.py", "exec"), module.__dict__)
    known = module.__dict__["TALK"]
    assert isinstance(known, Dialect)
    return known


def test_it_asks(talk: Dialect) -> None:
    made = talk.request("http://h", Prompt((Message("user", "Hi"),), "m"), access_key="k")
    assert made.url == "http://h/v1/talk"
    assert made.headers["Accept"] == "application/x-ndjson"
    assert made.headers["Authorization"] == "Bearer k"
    assert json.loads(made.body) == {"model": "m", "said": [{"who": "user", "what": "Hi"}]}


@pytest.mark.parametrize(
    ("body", "text", "outcome", "ending"),
    [
        (b'{"piece":"Hel"}\n{"piece":"lo"}\n{"end":"done"}\n', "Hello", "complete", "whole"),
        (b'{"piece":"Hel"}\n{"end":"too-long"}\n', "Hel", "complete", "limit"),
        (b'{"piece":"Hel"}\n{"piece":"lo', "Hel", "truncated", None),
        (b'{"piece":"Hel"}\n{"error":"broke"}\n', "Hel", "error", None),
        (b'{"piece":5}\n{"piece":null}\n{"end":[]}\n', "", "truncated", None),
    ],
)
def test_it_answers(
    talk: Dialect, body: bytes, text: str, outcome: str, ending: str | None
) -> None:
    reader = AnswerReader(talk, 200, {"content-type": "application/x-ndjson"})
    reader.feed(body)
    answer = reader.close()
    assert (answer.text, answer.outcome, answer.ending) == (text, outcome, ending)
