"""The open brackets of a text, which wait for their partners.

Source: CommonMark 0.31.2, appendix "look for link or image". A link holds no link; an image may,
since only the text of that is its description.
"""

from dataclasses import dataclass
from typing import Final

# The longest text of a link. CommonMark sets no limit, but a bracket must not be waited for long.
MAX_LINK_TEXT: Final = 4096  # characters


@dataclass(slots=True, eq=False)
class Bracket:
    """An open `[` or `![`.

    `item` is the index of the item that it is, `start` its position, and `length` that of its
    mark; before it stand so many `mentions` of footnotes and the character `before`.
    `is_active`: it may become a link. `holds_link`: a link is in it, which makes the brackets
    around it none once this image fails.
    """

    item: int
    start: int
    length: int
    mentions: int
    before: str
    is_active: bool = True
    has_bracket_after: bool = False
    holds_link: bool = False

    @property
    def is_image(self) -> bool:
        """Whether it is `![`."""
        return self.length == 2

    @property
    def position(self) -> int:
        """Where its text begins."""
        return self.start + self.length

    def is_too_far(self, position: int) -> bool:
        """Tell whether its text would be too long if it ended at a position."""
        return position - self.position > MAX_LINK_TEXT


class Brackets:
    """A stack of open brackets."""

    def __init__(self) -> None:
        self._stack: list[Bracket] = []

    def __len__(self) -> int:
        return len(self._stack)

    @property
    def may_become_links(self) -> bool:
        """Whether one of them may still become a link or image."""
        return any(bracket.is_active for bracket in self._stack)

    @property
    def outermost(self) -> Bracket | None:
        """The bracket that all others are in."""
        return self._stack[0] if self._stack else None

    def push(self, bracket: Bracket) -> None:
        """Add a bracket that is inside all others."""
        if self._stack:
            self._stack[-1].has_bracket_after = True
        self._stack.append(bracket)

    def pop(self) -> Bracket:
        """Take the innermost bracket away; there must be one."""
        return self._stack.pop()

    def pop_right_before(self, bracket: Bracket) -> Bracket | None:
        """Take the innermost bracket away if nothing stands between it and another one."""
        if self._stack and self._stack[-1].item == bracket.item - 1:
            return self._stack.pop()
        return None

    def forget_far(self, position: int) -> None:
        """Take away the outer brackets whose text would be too long."""
        while self._stack and self._stack[0].is_too_far(position):
            del self._stack[0]

    def deactivate(self) -> None:
        """Make brackets around a link none, but not those around an image that holds it."""
        for bracket in reversed(self._stack):
            if bracket.is_image:
                bracket.holds_link = True
                return
            if not bracket.is_active:
                return
            bracket.is_active = False
