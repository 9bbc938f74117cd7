"""Bodies as they come over HTTP: compressed, bounded, and never bigger in memory than allowed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import BinaryIO, Protocol

CHUNK = 1 << 16
ENCODINGS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
RAW_DEFLATE = -15
AT_ONCE = 4


class Readable(Protocol):
    """A request, seen as a stream."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; b"" at the end."""


class TooLarge(ValueError):
    """The body has more bytes, compressed or not, than one request may have."""


class Undecodable(ValueError):
    """The body is not in the encoding its header names."""


class Busy(RuntimeError):
    """As many requests are being stored as this process takes at once."""


def read_body(stream: Readable | BinaryIO, *, encoding: str, limit: int) -> bytes:
    """The decoded body; raises TooLarge beyond `limit` bytes (a gzip bomb stops there) and Undecodable."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return _bounded(iter(lambda: stream.read(CHUNK), b""), limit)
    if encoding not in ENCODINGS:
        raise Undecodable("The Content-Encoding is not known; send gzip, deflate or none.")
    return _bounded(_inflated(stream, ENCODINGS[encoding], limit), limit)


def _bounded(chunks: Iterator[bytes], limit: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise TooLarge(f"The body has more than {limit >> 20} MB.")
    return bytes(body)


def _inflated(stream: Readable | BinaryIO, window: int, limit: int) -> Iterator[bytes]:
    """Deflate comes with zlib's two bytes in front (RFC 9110) or, from some clients, without them.

    A gzip body may be several members, one after the other (RFC 1952): what is acknowledged was read to its end.
    """
    data, came, inside = stream.read(CHUNK), 0, True
    if window == ENCODINGS["deflate"] and not _has_zlib_header(data):
        window = RAW_DEFLATE
    inflate = zlib.decompressobj(wbits=window)
    while data:
        try:
            inside = True
            yield inflate.decompress(data, CHUNK * 8)
        except zlib.error as error:
            raise Undecodable("The compressed body is damaged.") from error
        data = inflate.unconsumed_tail
        if inflate.eof:
            data, inflate, inside = inflate.unused_data.lstrip(b"\0"), zlib.decompressobj(wbits=window), False
        if not data:
            data = stream.read(CHUNK)
            came += len(data)
        if came > limit:
            raise TooLarge(f"The body has more than {limit >> 20} MB.")
    if inside:
        raise Undecodable("The compressed body is cut.")


def _has_zlib_header(data: bytes) -> bool:
    """RFC 1950: method 8, and the two bytes are a multiple of 31."""
    return len(data) > 1 and data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0


class Gate:
    """Lets a bounded number of requests store at once; the rest is told to come back, which loses nothing."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self.places = BoundedSemaphore(at_once)

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Hold a place; raises Busy when there is none."""
        if not self.places.acquire(timeout=0.5):
            raise Busy("The server is storing as much as it can.")
        try:
            yield
        finally:
            self.places.release()


gate = Gate()
