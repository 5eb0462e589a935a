"""What of a long conversation is in the document, and that nothing of it is lost on the way."""

from __future__ import annotations

import pytest

from tests.unit.ui.fake_page import FakeElement
from tests.unit.ui.scene import Scene, said

VIEW = 800.0
HEIGHT = 500.0  # of every exchange


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.ports.heights = {"thread": VIEW, "exchange": HEIGHT}
    return scene


def converse(scene: Scene, count: int) -> None:
    for number in range(count):
        scene.session.send(f"Question {number}")
        scene.network.last.answer(f"Answer *{number}*")
        scene.network.last.finish()
        scene.frame()


def numbers(scene: Scene) -> list[int]:
    return [int(e.attributes["aria-posinset"]) for e in scene.all("aria-posinset")]


def spacers(scene: Scene) -> tuple[float, float]:
    return scene.ports.find("#earlier").reserved, scene.ports.find("#later").reserved


def exchange(scene: Scene, number: int) -> FakeElement:
    return next(
        e for e in scene.all("aria-posinset") if e.attributes["aria-posinset"] == str(number)
    )


def test_a_short_conversation_is_all_there(scene: Scene) -> None:
    converse(scene, 4)
    assert numbers(scene) == [1, 2, 3, 4]
    assert spacers(scene) == (0, 0)


def test_of_a_long_one_the_end_is_there_and_the_rest_is_as_high_as_it_was(scene: Scene) -> None:
    converse(scene, 40)
    there = numbers(scene)
    assert there == list(range(there[0], 41))
    assert 4 <= len(there) <= 8
    assert spacers(scene) == ((there[0] - 1) * HEIGHT, 0)
    assert [e.attributes["aria-posinset"] for e in scene.all("data-newest")] == ["40"]


def test_what_comes_near_is_built_and_what_goes_far_is_put_away(scene: Scene) -> None:
    converse(scene, 40)
    first = numbers(scene)[0]
    scene.ports.near["earlier"]((first - 1) * HEIGHT, VIEW)
    there = numbers(scene)
    assert there[0] < first
    assert there == list(range(there[0], there[-1] + 1))
    assert there[-1] < 40
    assert spacers(scene) == ((there[0] - 1) * HEIGHT, (40 - there[-1]) * HEIGHT)
    assert not scene.all("data-newest")
    assert set(scene.ports.looks[-2:]) == {"earlier", "later"}


def test_a_jump_into_the_middle_builds_what_is_there(scene: Scene) -> None:
    converse(scene, 40)
    scene.ports.near["earlier"](10 * HEIGHT, VIEW)
    assert {10, 11, 12} < set(numbers(scene))
    assert 40 not in numbers(scene)
    below = 40 * HEIGHT - VIEW - numbers(scene)[-1] * HEIGHT
    scene.ports.near["later"](below, VIEW)
    assert numbers(scene)[-1] == 40
    assert [e.attributes["aria-posinset"] for e in scene.all("data-newest")] == ["40"]


def test_an_answer_that_comes_back_is_the_same_and_is_not_told_again(scene: Scene) -> None:
    converse(scene, 40)
    told = list(scene.ports.announced)
    built = len(scene.sinks)
    scene.ports.near["earlier"](0, VIEW)
    assert exchange(scene, 1).reserved == HEIGHT
    while scene.frame():
        pass
    assert exchange(scene, 1).reserved == 0
    assert numbers(scene)[0] == 1
    assert scene.sinks[built].html().strip() == "<p>Answer <em>0</em></p>"
    assert set(scene.phases()) == {"done"}
    assert scene.ports.announced == told
    assert len(scene.network.connections) == 40


def test_what_waits_to_be_drawn_goes_on_in_the_next_frame(scene: Scene) -> None:
    converse(scene, 40)
    scene.ports.near["earlier"](0, VIEW)
    frames = 1
    while scene.frame(lambda: False):
        frames += 1
    assert frames > 2
    assert set(scene.phases()) == {"done"}


def test_a_new_question_leads_to_the_end_from_anywhere(scene: Scene) -> None:
    converse(scene, 40)
    scene.ports.near["earlier"](0, VIEW)
    scene.session.send("One more")
    assert numbers(scene)[-1] == 41
    assert 1 not in numbers(scene)


def test_an_answer_is_written_out_of_the_document_too(scene: Scene) -> None:
    converse(scene, 40)
    scene.session.send("One more")
    scene.network.last.answer("It *be", "gins")
    scene.frame()
    scene.ports.near["earlier"](0, VIEW)
    assert 41 not in numbers(scene)
    scene.network.last.listener.chunk(said(", goes* on"))
    scene.frame()
    scene.ports.near["later"](40 * HEIGHT - numbers(scene)[-1] * HEIGHT, VIEW)
    assert numbers(scene)[-1] == 41
    assert scene.phases()[-1] == "streaming"
    scene.network.last.listener.chunk(said(" and"))
    while scene.frame():
        pass
    scene.network.last.finish()
    scene.frame()
    assert any(s.html().strip() == "<p>It <em>begins, goes</em> on and</p>" for s in scene.sinks)
    assert scene.phases()[-1] == "done"
    assert scene.ports.announced[-1].startswith("The answer is complete")


def test_an_answer_that_ends_out_of_the_document_is_told_and_makes_room(scene: Scene) -> None:
    converse(scene, 40)
    scene.session.send("One more")
    scene.network.last.answer("Begun")
    scene.frame()
    scene.ports.near["earlier"](0, VIEW)
    scene.network.last.finish()
    scene.frame()
    assert scene.ports.announced[-1] == "The answer is complete."
    assert not scene.session.is_live
    scene.session.send("And another")
    assert len(scene.network.connections) == 42


def test_what_is_selected_stays_while_the_person_scrolls_on(scene: Scene) -> None:
    converse(scene, 40)
    first = numbers(scene)[0]
    scene.ports.selected.append(exchange(scene, first + 3))
    scene.ports.near["earlier"]((first - 1) * HEIGHT, VIEW)
    assert first + 3 in numbers(scene)
    scene.ports.near["earlier"](0, VIEW)  # a jump leaves it behind
    assert first + 3 not in numbers(scene)


def test_the_keyboard_stays_in_the_thread_when_its_place_is_put_away(scene: Scene) -> None:
    converse(scene, 40)
    last = exchange(scene, 40)
    button = next(e for e in last.walk() if e.attributes.get("data-action") == "copy")
    button.has_focus = True
    scene.ports.near["earlier"](0, VIEW)
    assert scene.ports.find("#thread").has_focus


def test_a_new_conversation_begins_empty(scene: Scene) -> None:
    converse(scene, 40)
    scene.session.begin_anew()
    assert numbers(scene) == []
    assert spacers(scene) == (0, 0)
    converse(scene, 1)
    assert numbers(scene) == [1]
