"""The vectors that all implementations share, read from beside the repository."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "vectors"


def load(name: str) -> dict[str, Any]:
    """Return a vector file; skip the asking module where the folder is absent."""
    path = FOLDER / name
    if not path.is_file():
        pytest.skip(f"the shared vectors are not at {FOLDER}", allow_module_level=True)
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def body_of(vector: dict[str, Any]) -> bytes:
    """Return the vector's bytes in one piece."""
    return b"".join(bytes.fromhex(chunk) for chunk in vector["chunks_hex"])


def cuttings(body: bytes) -> Iterator[list[bytes]]:
    """Yield the body whole, byte by byte, and, where it is short, cut in two everywhere."""
    yield [body]
    yield [body[i : i + 1] for i in range(len(body))]
    if len(body) < 400:
        for at in range(len(body) + 1):
            yield [body[:at], b"", body[at:]]
