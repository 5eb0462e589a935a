"""Items of a response that say the same, or change their names, are told apart."""

import json
from typing import Any

import pytest

from app.wire import read_answer
from tests.unit.wire.test_openai_responses import AB, ITEM, JSON, ended, event, read, text


def _same_call(number: int, arguments: str = "{}", **names: object) -> dict[str, Any]:
    named = {"id": f"fc{number}", "call_id": f"c{number}"} | names
    held = {"type": "function_call", "name": "f", "arguments": arguments, **named}
    return {name: value for name, value in held.items() if value is not None}


def _same_message(number: int) -> dict[str, Any]:
    return ITEM | {"id": f"m{number}"}


def _wholes(*items: dict[str, Any], is_numbered: bool) -> list[dict[str, Any]]:
    places = [{"output_index": index} if is_numbered else {} for index in range(len(items))]
    return [
        event("output_item.done", item=item, **place)
        for item, place in zip(items, places, strict=True)
    ]


@pytest.mark.parametrize("is_numbered", [True, False])
@pytest.mark.parametrize("arguments", ["{}", '{"a":1}', ""])
@pytest.mark.parametrize("names", [{}, {"id": None}, {"id": "same"}, {"call_id": None}])
def test_items_that_say_the_same_are_all_kept(
    names: dict[str, object], arguments: str, is_numbered: bool
) -> None:
    items = [
        *(_same_message(0), _same_call(0, arguments, **names), _same_message(1)),
        *(_same_call(1, arguments, **names), _same_call(2, arguments, **names)),
    ]
    for last in (ended("completed"), ended("completed", output=items)):
        answer = read(*_wholes(*items, is_numbered=is_numbered), last)
        assert answer.text == "ABAB"
        assert [call.arguments for call in answer.tool_calls] == [arguments] * 3
        assert answer.unreadable == ()
    whole = json.dumps({"object": "response", "status": "completed", "output": items})
    answer = read_answer("openai-responses", 200, JSON, [whole.encode()])
    assert answer.text == "ABAB"
    assert [call.arguments for call in answer.tool_calls] == [arguments] * 3


@pytest.mark.parametrize("is_numbered", [True, False])
def test_a_whole_item_that_says_what_another_streamed_is_another(is_numbered: bool) -> None:
    first, second = ({"output_index": at} if is_numbered else {} for at in (0, 1))
    answer = read(
        event("output_item.added", item=_same_call(0, ""), **first),
        event("function_call_arguments.delta", item_id="fc0", delta="{}", **first),
        event("output_item.done", item=_same_call(0), **first),
        event("output_item.added", item=_same_call(1, ""), **second),
        event("output_item.done", item=_same_call(1), **second),
        ended("completed", output=[_same_call(0), _same_call(1), _same_call(2)]),
    )
    assert [(call.id, call.arguments) for call in answer.tool_calls] == [
        *(("c0", "{}"), ("c1", "{}"), ("c2", "{}")),
    ]
    answer = read(
        text("AB", item_id="m0", **first),
        event("output_text.done", text="AB", item_id="m0", **first),
        event("output_text.done", text="AB", item_id="m1", **second),
        ended("completed", output=[_same_message(0), _same_message(1), _same_message(2)]),
    )
    assert (answer.text, answer.unreadable) == ("ABABAB", ())


def test_parts_of_the_same_words_are_all_kept() -> None:
    item = ITEM | {"content": [AB, AB]}
    assert read(event("output_item.done", item=item), ended("completed", output=[item])).text == (
        "ABAB"
    )


def test_items_without_any_name_are_as_many_as_come_whole() -> None:
    message = {"type": "message", "content": [AB]}
    call = _same_call(0, id=None, call_id=None)
    output = [message, message, call, call]
    answer = read(
        text("AB"),
        event("output_text.done", text="AB"),
        event("content_part.done", part=AB),
        *_wholes(*output, is_numbered=False),
        ended("completed", output=output),
    )
    assert answer.text == "ABAB"
    assert [call.arguments for call in answer.tool_calls] == ["{}", "{}"]


def test_an_index_that_servers_never_count_up_hides_no_item() -> None:
    items = [_same_message(0), _same_message(1), _same_call(0), _same_call(1)]
    answer = read(
        *(event("output_item.done", output_index=0, item=item) for item in items),
        ended("completed", output=items),
    )
    assert answer.text == "ABAB"
    assert [call.id for call in answer.tool_calls] == ["c0", "c1"]


@pytest.mark.parametrize("output", [[{"type": "reasoning", "id": "x"}, ITEM], [ITEM]])
def test_a_renamed_repetition_is_known_by_its_place_or_order(output: list[object]) -> None:
    answer = read(
        event("output_item.added", output_index=0, item={"type": "reasoning", "id": "r"}),
        event("output_item.done", output_index=0, item={"type": "reasoning", "id": "s"}),
        event("output_item.added", output_index=1, item={"type": "message", "id": "a"}),
        text("AB", output_index=1, item_id="b"),
        event("output_text.done", output_index=1, item_id="c", text="AB"),
        event("output_item.done", output_index=1, item=ITEM | {"id": "d"}),
        ended("completed", output=output),
    )
    assert (answer.text, answer.unreadable) == ("AB", ())


@pytest.mark.parametrize(
    "last",
    [
        event("output_text.done", output_index=0, item_id="x", text="ZB"),
        event("content_part.done", output_index=0, part=AB | {"text": "ZB"}),
        event("output_item.done", output_index=0, item=ITEM | {"content": [AB | {"text": "ZB"}]}),
        ended("completed", output=[ITEM | {"content": [AB | {"text": "ZB"}]}]),
    ],
)
def test_every_repetition_is_verified(last: dict[str, Any]) -> None:
    answer = read(text("AB", output_index=0, item_id="m"), last)
    assert answer.text == "AB"
    assert [piece.line for piece in answer.unreadable] == ["ZB"]
