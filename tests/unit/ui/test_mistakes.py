"""A mistake of ours in drawing costs an answer its form, and none of its text."""

import pytest

from app.markup import MarkdownStream
from tests.unit.ui.scene import Scene, said


@pytest.mark.parametrize("method", ["feed", "close"])
def test_what_cannot_be_drawn_is_shown_as_it_is(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene()
    scene.session.send("Hello?")
    scene.network.last.answer("One ", "**two** ")
    scene.frame()

    def broken(_markup: MarkdownStream, *_text: str) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(MarkdownStream, method, broken)
    scene.network.last.listener.chunk(said("three "))
    if method == "feed":
        with pytest.raises(RuntimeError):
            scene.frame()
    scene.network.last.listener.chunk(said("\u202efour"))
    scene.network.last.finish()
    if method == "close":
        with pytest.raises(RuntimeError):
            scene.frame()
    scene.frame()
    prose = scene.ports.find(".prose")
    assert prose.textContent == "One **two** three ⟨U+202E⟩four"
    assert scene.phases() == ["done"]
