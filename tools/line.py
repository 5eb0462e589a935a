"""The thread line's picture, which flows by itself: static/line-flowing.png.

    python -m tools.line

An animation of the style sheet is looked at in each of the page's frames, which cost as much as
painting the text; what moves in a picture moves without the page. It is an animated PNG (APNG 1.0,
in the PNG specification's third edition) of the curve in line-flowing.svg, of whose colour only the
alpha counts: the style sheet uses it as a mask.
"""

import math
import struct
import zlib

from tools.places import ROOT

PICTURE = ROOT / "static" / "line-flowing.png"
WIDTH, LENGTH = 10, 64  # of one wave, in CSS pixels
SCALE = 2
FRAMES = 48
FRAME_MS = 50
BITS = 2  # a pixel: four degrees of alpha
_CENTRE, _SWING, _HALF_STROKE = 5.0, 2.5, 1.0


def _alpha(x: float, y: float) -> float:
    """Give how much of the pixel around a point the line covers."""
    turn = 2 * math.pi * y / LENGTH
    slope = _SWING * 2 * math.pi / LENGTH * math.sin(turn)
    distance = abs(x - _CENTRE + _SWING * math.cos(turn)) / math.hypot(1, slope)
    return min(max((_HALF_STROKE - distance) * SCALE + 0.5, 0.0), 1.0)


def _frame(moved: float) -> bytes:
    """Give the compressed pixels of the line, moved downwards by so many pixels."""
    pixels = bytearray()
    in_byte = 8 // BITS
    for row in range(LENGTH * SCALE):
        y = (row + 0.5) / SCALE - moved
        degrees = [
            round(_alpha((column + 0.5) / SCALE, y) * (2**BITS - 1))
            for column in range(WIDTH * SCALE)
        ]
        pixels.append(0)  # the row is not filtered
        for at in range(0, len(degrees), in_byte):
            byte = 0
            for degree in degrees[at : at + in_byte]:
                byte = byte << BITS | degree
            pixels.append(byte)
    return zlib.compress(bytes(pixels), 9)


def _chunk(name: bytes, data: bytes) -> bytes:
    body = name + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def picture() -> bytes:
    """Draw it."""
    width, height = WIDTH * SCALE, LENGTH * SCALE
    degrees = 2**BITS
    parts = [
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, BITS, 3, 0, 0, 0)),
        _chunk(b"PLTE", bytes(3 * degrees)),
        _chunk(b"tRNS", bytes(255 * degree // (degrees - 1) for degree in range(degrees))),
        _chunk(b"acTL", struct.pack(">II", FRAMES, 0)),
    ]
    number = 0
    for frame in range(FRAMES):
        shape = (number, width, height, 0, 0, FRAME_MS, 1000, 0, 0)
        parts.append(_chunk(b"fcTL", struct.pack(">IIIIIHHBB", *shape)))
        number += 1
        data = _frame(LENGTH * frame / FRAMES)
        if frame:
            parts.append(_chunk(b"fdAT", struct.pack(">I", number) + data))
            number += 1
        else:
            parts.append(_chunk(b"IDAT", data))
    return b"".join([*parts, _chunk(b"IEND", b"")])


if __name__ == "__main__":
    PICTURE.write_bytes(picture())
