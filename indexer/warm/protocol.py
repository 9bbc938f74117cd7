"""Frames between the web process and the encoder: four bytes of length, then JSON. No pickle."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

LENGTH = struct.Struct(">I")
MAX_FRAME = 4 * 1024 * 1024


class BrokenFrame(ConnectionError):
    """The other side closed early or sent something else."""


def send(connection: socket.socket, message: dict[str, Any]) -> None:
    """Write one message."""
    body = json.dumps(message).encode("utf-8")
    connection.sendall(LENGTH.pack(len(body)) + body)


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = connection.recv(size - len(data))
        if not part:
            raise BrokenFrame("closed early")
        data += part
    return data


def receive(connection: socket.socket) -> dict[str, Any]:
    """Read one message. Raises BrokenFrame."""
    (size,) = LENGTH.unpack(_exactly(connection, LENGTH.size))
    if size > MAX_FRAME:
        raise BrokenFrame(f"frame of {size} bytes")
    try:
        message = json.loads(_exactly(connection, size))
    except ValueError as error:
        raise BrokenFrame("not JSON") from error
    if not isinstance(message, dict):
        raise BrokenFrame("not an object")
    return message
