"""JSON lines from a stream that may be gzipped, cut or broken: whole lines go on, the rest is named."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from curation.formats.problem import RowProblem

CHUNK = 1 << 16
MAX_LINE = 8 << 20
NOT_BLANK = re.compile(rb"\S[^\n]*")
GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it came, without its end; `number` counts from 1."""

    number: int
    raw: bytes


def read_lines(stream: BinaryIO, place: str, *, limit: int | None = None) -> Iterator[Line | RowProblem]:
    """Every line that is not blank; a cut gzip stream, an endless line or too many bytes end in a problem."""
    return lines_of(chunks_of(stream, limit), place)


def lines_of(chunks: Iterator[bytes], place: str, before: int = 0) -> Iterator[Line | RowProblem]:
    """The same for text that is already unpacked and stands after `before` lines. Blank lines cost next to nothing:
    a few hundred kilobytes of gzip hold a quarter of a billion of them."""
    number, rest = before, b""
    while True:
        try:
            chunk = next(chunks, None)
        except Cut as cut:
            yield RowProblem(place, number + 1, "", cut.code, cut.message, cut.hint)
            return
        text = rest + (chunk or b"")
        end = text.rfind(b"\n") + 1 if chunk is not None else len(text)
        at, rest = 0, text[end:]
        for found in NOT_BLANK.finditer(text, 0, end):
            number += text.count(b"\n", at, found.start())
            at = found.start()
            yield Line(number + 1, found.group().rstrip(b"\r"))
        number += text.count(b"\n", at, end)
        if chunk is None:
            return
        if len(rest) > MAX_LINE:
            yield RowProblem(place, number + 1, "", "line_too_long", f"the line is longer than {MAX_LINE >> 20} MB",
                             "Write one record per line; lines after this one were not read.")  # fmt: skip
            return


class Cut(Exception):
    """The stream ends before its time; nothing after it can be read."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


def chunks_of(stream: BinaryIO, limit: int | None = None) -> Iterator[bytes]:
    """The bytes of a stream, unpacked where it is gzipped; raises Cut where it is damaged or beyond `limit`."""
    first = stream.read(CHUNK)
    chunks = _inflated(stream, first) if first[:2] == GZIP_MAGIC else _plain(stream, first)
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if limit is not None and total > limit:
            raise Cut("too_large", f"more than {limit >> 20} MB of text", "Send the rest in another batch.")
        yield chunk


def _plain(stream: BinaryIO, chunk: bytes) -> Iterator[bytes]:
    while chunk:
        yield chunk
        chunk = stream.read(CHUNK)


def _inflated(stream: BinaryIO, chunk: bytes) -> Iterator[bytes]:
    """Gzip members one after the other; raises Cut where one is damaged or ends before its trailer."""
    broken = Cut("truncated_gzip", "the gzip stream is cut or damaged here",
                  "Send the file again; the lines before this one were taken and will not be taken twice.")  # fmt: skip
    inflate, inside = zlib.decompressobj(wbits=31), False
    while chunk:
        try:
            inside = True
            yield inflate.decompress(chunk, CHUNK * 8)
        except zlib.error as error:
            raise broken from error
        chunk = inflate.unconsumed_tail
        if inflate.eof:
            chunk, inflate, inside = inflate.unused_data.lstrip(b"\0"), zlib.decompressobj(wbits=31), False
        chunk = chunk or stream.read(CHUNK)
    if inside:
        raise broken
