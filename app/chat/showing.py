"""What of an answer is on the screen, and what is being read behind it.

Three ways a delta can go: onto the screen; through the seam, where a continuation joins a cut
text; or into a draft, which is what is read again from its beginning. A draft comes onto the
screen when it has passed what is there, so nothing that a person has read ever goes missing.
"""

from collections.abc import Callable, Iterable

from app.chat.commands import Replace, Script, Think, Write
from app.chat.reading import Texts
from app.chat.saved import SavedTurn
from app.chat.seam import Joined, Seam
from app.wire import Delta, ReasoningDelta, RefusalDelta, Replaced, TextDelta, ToolCallDelta


class Showing:
    """The texts of one answer.

    Args:
        on_text: is called before text is written, so that the phase is announced first.
    """

    def __init__(self, on_text: Callable[[Script], None]) -> None:
        self.shown = Texts()
        self.is_continued = False  # a part of it comes from a request to go on
        self._on_text = on_text
        self._draft: Texts | None = None
        self._seam: Seam | None = None
        self._cut_text = ""  # what was shown when the seam began
        self._restored_text = ""  # what another page had shown of a continuation
        self._beginning = ""

    @property
    def has_text(self) -> bool:
        """Whether the answer has text, reasoning apart."""
        return self.shown.text.length > 0

    @property
    def is_drafting(self) -> bool:
        """Whether what comes is read off-screen."""
        return self._draft is not None

    @property
    def cut_text(self) -> str:
        """What was shown when the model was asked to go on; empty if it was not."""
        return self._cut_text if self._beginning else ""

    @property
    def text_to_keep(self) -> str:
        """The text that must not be lost: what is shown, or more that another page had shown."""
        text = str(self.shown.text)
        return self._restored_text if self._restored_text.startswith(text) else text

    def restore(self, saved: SavedTurn, script: Script) -> None:
        """Show what another page had shown.

        Of a continuation its part is left out until it is played again, for the seam to be joined.
        """
        self._think(saved.reasoning, script)
        if saved.beginning:
            self._restored_text = saved.text
            self._cut_text, self._beginning = saved.cut_text, saved.beginning
        self._write(saved.cut_text if saved.beginning else saved.text, script)
        self.shown.has_calls = saved.has_calls
        self.is_continued = saved.is_continued

    def begin_stream(self, beginning: str = "", *, anew: bool) -> None:
        """Make ready for another stream.

        Args:
            beginning: the part of the text that it goes on from, at a seam.
            anew: it gives the answer from its first character.
        """
        self._cut_text, self._beginning = str(self.shown.text), beginning
        self._seam = Seam(self._cut_text, beginning) if beginning else None
        if self.shown.is_empty:
            self.is_continued = False
        self._draft = Texts() if anew and not beginning and not self.shown.is_empty else None

    def take(self, deltas: Iterable[Delta], script: Script) -> bool:
        """Take in deltas; tell whether something new came onto the screen."""
        before = (self.shown, self.shown.text.length, self.shown.reasoning.length)
        for delta in deltas:
            match delta:
                case TextDelta(text) | RefusalDelta(text):
                    self._take_text(text, script)
                case ReasoningDelta(text):
                    self._take_reasoning(text, script)
                case Replaced(text, reasoning):
                    self._replace(text, reasoning, script)
                case ToolCallDelta():
                    (self._draft or self.shown).has_calls = True
        if self._draft is not None and self._has_passed(self._draft):
            self._swap(script)
        return before != (self.shown, self.shown.text.length, self.shown.reasoning.length)

    def finish(self, script: Script) -> None:
        """Show what is held back: the answer is whole."""
        self.is_continued = self.is_continued or self._seam is not None
        self._close_seam(script)
        self._restored_text = ""
        if self._draft is not None:
            self._swap(script)

    def give_up(self, script: Script) -> None:
        """Show what is held back at a seam: the stream ended badly.

        A draft stays what it is, since its stream may yet be read on where it ended.
        """
        self._close_seam(script)
        kept, text = self.text_to_keep, str(self.shown.text)
        self._restored_text = ""
        self._write(kept[len(text) :], script)

    def _take_text(self, text: str, script: Script) -> None:
        if self._draft is not None:
            self._draft.text.append(text)
        elif self._seam is not None:
            self._join(self._seam.feed(text), script)
        else:
            self._write(text, script)

    def _take_reasoning(self, text: str, script: Script) -> None:
        if self._draft is not None:
            self._draft.reasoning.append(text)
        elif self._seam is None:
            self._think(text, script)
        # A continuation's reasoning is about going on, not about the question.

    def _replace(self, text: str, reasoning: str, script: Script) -> None:
        """Take what the server sets in place of all that it has sent before."""
        fresh = Texts()
        if self._draft is not None:
            self._draft = fresh
            fresh.text.append(text)
            fresh.reasoning.append(reasoning)
            return
        if self._seam is not None:
            # It set only its own part anew, not what it goes on from.
            reasoning = str(self.shown.reasoning)
            self._seam = Seam(self._cut_text, self._beginning)
            self._put(fresh, reasoning, self._cut_text, script)
            self._join(self._seam.feed(text), script)
            return
        self._put(fresh, reasoning, text, script)

    def _put(self, fresh: Texts, reasoning: str, text: str, script: Script) -> None:
        """Put texts in the place of what is shown."""
        self.shown = fresh
        script.add(Replace())
        self._think(reasoning, script)
        self._write(text, script)

    def _has_passed(self, draft: Texts) -> bool:
        shown = self.shown
        if draft.text.length:
            return draft.text.length >= shown.text.length
        return not shown.text.length and draft.reasoning.length >= shown.reasoning.length

    def _swap(self, script: Script) -> None:
        old, new = self.shown, self._draft
        assert new is not None, "the callers look"
        self._draft = None
        text, reasoning = str(new.text), str(new.reasoning)
        self.is_continued = False
        if text.startswith(str(old.text)) and reasoning.startswith(str(old.reasoning)):
            # The same answer read again: only what is new is written.
            old.has_calls = new.has_calls
            self._think(reasoning[old.reasoning.length :], script)
            self._write(text[old.text.length :], script)
            return
        fresh = Texts()
        fresh.has_calls = new.has_calls
        self._put(fresh, reasoning, text, script)

    def _close_seam(self, script: Script) -> None:
        if self._seam is not None:
            self._join(self._seam.close(), script)
            self._seam = None

    def _join(self, joined: Joined, script: Script) -> None:
        self.is_continued = self.is_continued or bool(joined.text)
        if joined.replaces:
            reasoning = str(self.shown.reasoning)
            self.shown = Texts()
            script.add(Replace())
            self._think(reasoning, script)
        self._write(joined.text, script)

    def _write(self, text: str, script: Script) -> None:
        if text:
            self._on_text(script)
            self.shown.text.append(text)
            script.say(Write, text)

    def _think(self, text: str, script: Script) -> None:
        if text:
            self.shown.reasoning.append(text)
            script.say(Think, text)
