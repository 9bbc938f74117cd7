"""The few bytes of the protobuf wire format needed to look inside a message that does not parse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5


def fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(field number, bytes) of every length-delimited field; raises ValueError where the data is cut or wrong."""
    place = 0
    while place < len(data):
        tag, place = _varint(data, place)
        number, kind = tag >> 3, tag & 7
        if number == 0:
            raise ValueError("field number 0")
        if kind == VARINT:
            _, place = _varint(data, place)
        elif kind in (FIXED64, FIXED32):
            place += 8 if kind == FIXED64 else 4
        elif kind == LENGTH:
            size, place = _varint(data, place)
            if place + size > len(data):
                raise ValueError("field longer than the message")
            yield number, data[place : place + size]
            place += size
        else:
            raise ValueError(f"wire type {kind}")
    if place > len(data):
        raise ValueError("message cut")


def joined(inside: Iterable[tuple[int, bytes]], number: int) -> bytes:
    """A field that stands once or in pieces: protobuf merges what comes twice."""
    return b"".join(raw for field, raw in inside if field == number)


def _varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while place < len(data) and shift < 64:
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
    raise ValueError("varint cut or too long")
