"""The benchmark's texts: the same at every run, and what they claim to be."""

import hashlib
import re

import pytest
from markdown_it import MarkdownIt

from tests.bench.render.corpus import (
    DOCUMENTS,
    END,
    SHARES,
    document,
    stamp,
    stamps_in,
    tokens,
)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_has_its_size_and_its_end(name: str) -> None:
    text = document(name, 40_000)
    assert 40_000 <= len(text) < 41_500
    assert text.isascii()
    assert text.endswith(f"{END}\n")
    assert text.count(END) == 1


@pytest.mark.parametrize("name", DOCUMENTS)
def test_tokens_are_all_of_the_text(name: str) -> None:
    text = document(name, 10_000)
    assert "".join(tokens(text)) == text


def test_a_token_is_about_four_characters() -> None:
    text = document("mixed", 100_000)
    assert 3.8 < len(text) / len(tokens(text)) < 4.2


def test_the_text_is_the_same_on_every_machine_and_in_every_version() -> None:
    every = "".join(document(name, 5_000) for name in DOCUMENTS)
    digest = hashlib.sha256(every.encode()).hexdigest()
    assert digest.startswith("d42a83be267c829d"), "results of before cannot be compared any more"


def test_the_mixed_document_keeps_the_shares() -> None:
    text = document("mixed", 100_000)
    code = sum(map(len, re.findall(r"^```python\n.*?^```$", text, re.MULTILINE | re.DOTALL)))
    table = sum(map(len, re.findall(r"^\|.*$", text, re.MULTILINE)))
    assert code / len(text) == pytest.approx(SHARES["code"], abs=0.02)
    assert table / len(text) == pytest.approx(SHARES["table"], abs=0.02)
    assert sum(SHARES.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("name", "kind", "count"),
    [("list", "bullet_list_open", 1), ("fence", "fence", 1), ("table", "table_open", 1),
     ("paragraph", "paragraph_open", 2)],
)  # fmt: skip
def test_a_hard_document_is_one_block(name: str, kind: str, count: int) -> None:
    parsed = MarkdownIt("commonmark").enable("table").parse(document(name, 5_000))
    top = [token.type for token in parsed if token.level == 0 and token.nesting >= 0]
    assert top.count(kind) == count
    assert len(top) == 2 if count == 1 else count


def test_every_footnote_has_its_text() -> None:
    text = document("footnotes", 5_000)
    called = re.findall(r"\[\^(\d+)\](?!:)", text)
    assert called == re.findall(r"^\[\^(\d+)\]:", text, re.MULTILINE)


def test_stamps_count_up_and_no_token_cuts_one() -> None:
    text = document("stamped", 5_000)
    numbers = stamps_in(text)
    assert numbers == list(range(len(numbers)))
    assert [number for token in tokens(text) for number in stamps_in(token)] == numbers
    assert stamps_in(f"{stamp(7)}8") == []
