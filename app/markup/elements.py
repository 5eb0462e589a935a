"""The elements that inline text is made of, as events."""

from collections.abc import Iterable
from typing import Final

from app.markup.events import CLOSE, Event, Kind
from app.markup.links import Target

CODE: Final = Event(Kind.OPEN, "code")
BREAK: Final = (Event(Kind.OPEN, "br"), CLOSE)


def link(target: Target | None) -> Event:
    """Return the beginning of a link; without target of one that has no address yet."""
    if target is None:
        return Event(Kind.OPEN, "a")
    attributes = [("href", target.address)]
    if target.title:
        attributes.append(("title", target.title))
    return Event(Kind.OPEN, "a", tuple(attributes))


def image(content: Iterable[Event], target: Target | None) -> tuple[Event, ...]:
    """Return an image that is described by the text of its content."""
    pieces: list[str] = []
    for event in content:
        if event.kind is Kind.TEXT:
            pieces.append(event.value)
        elif event.value == "img":
            pieces.append(dict(event.attributes)["alt"])
    attributes = [("src", target.address)] if target is not None else []
    attributes.append(("alt", "".join(pieces)))
    if target is not None and target.title:
        attributes.append(("title", target.title))
    return Event(Kind.OPEN, "img", tuple(attributes)), CLOSE


def code(source: str) -> tuple[Event, ...]:
    """Return a code span."""
    return CODE, Event(Kind.TEXT, source), CLOSE


def formula(source: str, display: bool) -> tuple[Event, ...]:
    """Return a formula in running text."""
    kind = "math display" if display else "math"
    return Event(Kind.OPEN, "span", (("class", kind),)), Event(Kind.TEXT, source), CLOSE


def footnote_reference(label: str, number: int, is_first: bool) -> tuple[Event, ...]:
    """Return a reference to a footnote; the first is where the footnote leads back to."""
    attributes = [("class", "footnote-ref"), ("href", f"#user-content-fn-{label}")]
    if is_first:
        attributes.append(("id", f"user-content-fnref-{label}"))
    return (
        Event(Kind.OPEN, "sup"),
        Event(Kind.OPEN, "a", tuple(attributes)),
        Event(Kind.TEXT, str(number)),
        CLOSE,
        CLOSE,
    )


def checkbox(is_checked: bool) -> tuple[Event, ...]:
    """Return the checkbox of a task."""
    state = [("checked", "")] if is_checked else []
    attributes = (*state, ("disabled", ""), ("type", "checkbox"))
    return Event(Kind.OPEN, "input", attributes), CLOSE
