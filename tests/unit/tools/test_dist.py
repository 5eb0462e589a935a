"""The built site: names that change with what they name, and a cache that holds nothing half."""

import gzip
import resource
from pathlib import Path

import pytest

from tools import dist
from tools.dist import folder_hash, remembered


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    made.mkdir()
    (made / "a.js").write_text("first", encoding="utf-8")
    (made / "b.js").write_text("second", encoding="utf-8")
    return made


def test_a_folder_that_stays_keeps_its_name(folder: Path) -> None:
    before = folder_hash(folder)
    (folder / "a.js").touch()
    assert folder_hash(folder) == before


def test_another_content_is_another_name(folder: Path) -> None:
    before = folder_hash(folder)
    (folder / "a.js").write_text("other", encoding="utf-8")
    assert folder_hash(folder) != before


def test_a_renamed_file_is_another_name(folder: Path) -> None:
    before = folder_hash(folder)
    (folder / "a.js").rename(folder / "a.mjs")
    assert folder_hash(folder) != before


def test_files_that_change_places_are_another_name(folder: Path) -> None:
    before = folder_hash(folder)
    (folder / "a.js").rename(folder / "c.js")
    (folder / "b.js").rename(folder / "d.js")  # the contents still come in the same order
    assert folder_hash(folder) != before


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(dist, "COMPRESSED", tmp_path)
    return tmp_path


def test_what_was_compressed_is_remembered(cache: Path) -> None:
    assert gzip.decompress(remembered(b"text", "gz", gzip.compress)) == b"text"
    assert gzip.decompress(remembered(b"text", "gz", lambda _: b"never called")) == b"text"


def test_a_write_that_breaks_off_is_not_remembered(cache: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    whole = b"x" * 5000
    # The system writes 100 bytes and refuses the rest, as a full disk does.
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            remembered(b"text", "gz", lambda _: whole)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert remembered(b"text", "gz", lambda _: whole) == whole
