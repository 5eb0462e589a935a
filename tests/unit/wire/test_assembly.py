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
