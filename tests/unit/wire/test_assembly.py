from functools import partial

from app.wire import (
    AnswerId,
    Delta,
    End,
    Malformed,
    ReasoningDelta,
    Replaced,
    SequenceNumber,
    Source,
    StepReset,
    StepStart,
    TextDelta,
    Thought,
    ThoughtSignature,
    ToolCallDelta,
    ToolOutput,
)
from app.wire.assembly import Assembly
from tests.unit.wire.streams import most_taken


def assembled(*deltas: Delta) -> tuple[Assembly, list[Delta]]:
    assembly = Assembly()
    return assembly, assembly.add(deltas)


def test_step_that_is_taken_back_leaves_what_was_before_it() -> None:
    assembly, shown = assembled(
        TextDelta("kept \ud83c"),
        Source("https://a/", ""),
        StepStart(),
        TextDelta("\udf0d bad"),
        ReasoningDelta("hm"),
        ToolCallDelta(0, "c", "f", "{}"),
        ToolOutput("c", "no"),
        Source("https://b/", ""),
        ThoughtSignature("s"),
        StepReset(),
        TextDelta("\udf0e good"),
    )
    assert shown[-2:] == [Replaced("kept ", ""), TextDelta("\U0001f30e good")]
    assert assembly.close() == ("kept \U0001f30e good", "", "")
    assert assembly.tool_calls() == ()
    assert assembly.sources == [Source("https://a/", "")]
    assert assembly.tool_outputs == assembly.thoughts == []


def test_reset_of_an_empty_step_shows_nothing() -> None:
    assert assembled(TextDelta("a"), StepStart(), StepReset())[1] == [TextDelta("a")]


def test_reset_without_a_step_takes_all_back() -> None:
    assert assembled(TextDelta("a"), StepReset())[1] == [TextDelta("a"), Replaced("", "")]


def test_of_resets_at_once_only_the_last_is_told() -> None:
    again: tuple[Delta, ...] = (StepStart(), TextDelta("b"), StepReset())
    shown = assembled(TextDelta("a"), *again, *again, TextDelta("c"))[1]
    assert [delta for delta in shown if isinstance(delta, Replaced)] == [Replaced("a", "")]
    assert shown[-1] == TextDelta("c")
    behind = assembled(TextDelta("a"), *again, Replaced("d", ""))[1]
    assert [delta for delta in behind if isinstance(delta, Replaced)] == [Replaced("d", "")]


def test_a_reset_behind_another_shows_what_is_there_then() -> None:
    assembly, _shown = assembled(TextDelta("a"))
    for text in ("ab", "abc"):
        added: list[Delta] = [TextDelta(text[-1]), StepStart(), TextDelta("x"), StepReset()]
        assert assembly.add(added)[-1] == Replaced(text, "")
    assembly.add([StepStart(), Replaced("z", ""), TextDelta("x")])
    assert assembly.add([StepReset()]) == [Replaced("z", "")]


def test_a_step_copies_nothing_of_what_came_before_it() -> None:
    def taken(size: int) -> int:
        assembly = Assembly()
        assembly.add(TextDelta("0123456789") for _ in range(size))
        assembly.add(ToolCallDelta(index, "c", "f", "") for index in range(size))
        again: list[Delta] = [
            StepStart(),
            TextDelta("x"),
            ToolCallDelta(size, "c", "f", ""),
            StepReset(),
        ]
        assembly.add(again)
        steps: list[Delta] = [*again, StepStart(), StepReset(), StepStart()]
        return most_taken(*[partial(assembly.add, [step]) for step in steps])

    assert taken(16_000) < taken(1_000) + 1_000


def test_resets_that_come_at_once_join_the_text_once() -> None:
    def taken(size: int) -> int:
        again = (TextDelta("0123456789"), StepStart(), TextDelta("x"), StepReset())
        return most_taken(lambda: Assembly().add(again * size))

    assert taken(4_000) < 6 * taken(1_000)


def test_whole_text_that_goes_on_from_what_is_there_is_appended() -> None:
    assembly, shown = assembled(
        TextDelta("One"), Replaced("One, two", ""), Replaced("One, two", "")
    )
    assert shown == [TextDelta("One"), TextDelta(", two")]
    assert assembly.close()[0] == "One, two"


def test_whole_text_that_differs_replaces() -> None:
    assembly, shown = assembled(TextDelta("One"), Replaced("Two", "r"), TextDelta("!"))
    assert shown == [TextDelta("One"), Replaced("Two", "r"), TextDelta("!")]
    assert assembly.close() == ("Two!", "r", "")


def test_a_source_is_told_once() -> None:
    source = Source("https://a/", "A")
    assert assembled(source, source, Source("", ""))[1] == [source]


def test_signature_closes_its_own_thought() -> None:
    assembly, _shown = assembled(
        ReasoningDelta("a"),
        ReasoningDelta("b"),
        ThoughtSignature("1"),
        ThoughtSignature("secret", is_redacted=True),
        ReasoningDelta("c"),
        ThoughtSignature("2", id="r"),
    )
    assert assembly.thoughts == [
        Thought("ab", "1"),
        Thought("", "secret", is_redacted=True),
        Thought("c", "2", id="r"),
    ]


def test_a_piece_that_cannot_be_read_is_well_formed_too() -> None:
    assembly, shown = assembled(Malformed("a\ud83c", "why \udf0d"))
    assert shown == assembly.unreadable == [Malformed("a\ufffd", "why \ufffd")]


def test_what_only_the_end_needs_is_kept_and_not_shown() -> None:
    assembly, shown = assembled(AnswerId("a"), AnswerId("b"), SequenceNumber(3), End())
    assert shown == []
    assert (assembly.answer_id, assembly.sequence_number, assembly.is_over) == ("a", 3, True)
