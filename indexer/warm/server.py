"""The encoder process: `python -m indexer.warm.server --socket PATH`.

One per machine (a lock file decides), without Django and without a database. It ends when idle,
and with `--follow`, when the process that started it is gone.
"""

from __future__ import annotations

import argparse
import base64
import fcntl
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from core import embedding
from core.vectors import pack
from indexer.warm import protocol

IDLE_SECONDS = 1800
MAX_TEXTS = 64
LOCK_TRIES = 6


def lock_path(path: Path) -> Path:
    """Held for as long as the encoder of this socket lives, loading included."""
    return path.with_suffix(".lock")


def try_lock(path: Path) -> IO[bytes] | None:
    """The open lock file, or None when another encoder holds it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = lock_path(path).open("ab")
    for _ in range(LOCK_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)  # a client that only looks holds it for an instant
        else:
            return file
    file.close()
    return None


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Vectors in stored form, and which model made them."""
    texts = request.get("texts")
    if (
        not isinstance(texts, list)
        or len(texts) > MAX_TEXTS
        or not all(isinstance(text, str) for text in texts)
    ):
        return {"error": f"texts must be a list of at most {MAX_TEXTS} strings"}
    identity = embedding.model_identity()
    vectors = [base64.b64encode(row).decode() for row in pack(embedding.encode(texts))]
    return {"model_sha256": identity.sha256, "dtype": identity.dtype, "vectors": vectors}


class Encoder:
    """Accepts connections until told to stop or left alone."""

    def __init__(self, path: Path, keep_going: Callable[[], bool], idle_seconds: float) -> None:
        self.path = path
        self.keep_going = keep_going
        self.idle_seconds = idle_seconds
        self.last_asked = time.monotonic()

    def serve(self) -> None:
        """Bind (only now, when the model is loaded) and answer; each connection in a thread of its own."""
        self.path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(self.path))
            self.path.chmod(0o600)
            listener.listen(64)
            listener.settimeout(0.5)
            while self.keep_going() and time.monotonic() - self.last_asked < self.idle_seconds:
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                self.last_asked = time.monotonic()
                threading.Thread(target=self._serve_one, args=(connection,), daemon=True).start()
        self.path.unlink(missing_ok=True)

    def _serve_one(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(30)
            try:
                protocol.send(connection, answer(protocol.receive(connection)))
            except (OSError, TimeoutError):
                return


def main(arguments: list[str] | None = None) -> int:
    """Exit 0 when done or not needed, 3 when the extra is missing."""
    parser = argparse.ArgumentParser(prog="python -m indexer.warm.server", description=__doc__)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--idle", type=float, default=IDLE_SECONDS, help="seconds without a question")
    parser.add_argument("--follow", type=int, default=0, help="end when this parent process is gone")
    options = parser.parse_args(arguments)
    if not embedding.available():
        print("The optional extra `embed` is not installed.", file=sys.stderr)
        return 3
    lock = try_lock(options.socket)
    if lock is None:
        return 0
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    with lock:
        embedding.encode(["warm"])
        Encoder(
            options.socket,
            lambda: not stopping.is_set() and (not options.follow or os.getppid() == options.follow),
            options.idle,
        ).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
