"""Ask the warm encoder for a query vector; never wait for it to load, never make one up."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from core import embedding
from core.vectors import unpack
from indexer.warm import protocol
from indexer.warm.server import lock_path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ANSWER_SECONDS = 3.0
KEPT_QUERIES = 512
PATIENCE_SECONDS = 10


class WhyNot(StrEnum):
    """Why a search was answered by words only; pages and API say it."""

    NOT_INSTALLED = "embed_extra_missing"
    OFF = "encoder_off"
    WARMING = "encoder_starting"
    UNREACHABLE = "encoder_unreachable"
    OTHER_MODEL = "index_built_with_another_model"
    LEXICAL_BUILD = "index_built_without_vectors"


@dataclass(frozen=True, slots=True)
class Encoded:
    """Either a unit vector or the reason there is none."""

    vector: NDArray[np.float32] | None
    why_not: WhyNot | None


def socket_path() -> Path:
    """The configured socket, or one in a private folder named after this installation (paths are short there)."""
    if settings.EMBEDDER_SOCKET:
        return Path(settings.EMBEDDER_SOCKET)
    mark = hashlib.sha256(str(settings.STATE_DIR).encode()).hexdigest()[:10]
    return Path(tempfile.gettempdir()) / f"winnow-{os.getuid()}-{mark}" / "encoder.sock"


def _private(folder: Path) -> bool:
    """A folder in a shared place is used only when it is ours alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    facts = folder.stat()
    return facts.st_uid == os.getuid()


class EncoderClient:
    """Remembers recent queries; starts the encoder at most once at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], NDArray[np.float32]] = OrderedDict()
        self._child: subprocess.Popen[bytes] | None = None

    def encode(self, query: str, *, model_sha256: str) -> Encoded:
        """The vector of a query by the model an index was built with."""
        key = (model_sha256, query)
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return Encoded(self._known[key], None)
        encoded = self._ask(query, model_sha256)
        if encoded.vector is not None:
            with self._lock:
                self._known[key] = encoded.vector
                while len(self._known) > KEPT_QUERIES:
                    self._known.popitem(last=False)
        return encoded

    def _ask(self, query: str, model_sha256: str) -> Encoded:
        path = socket_path()
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(ANSWER_SECONDS)
                connection.connect(str(path))
                protocol.send(connection, {"texts": [query]})
                reply = protocol.receive(connection)
        except (FileNotFoundError, ConnectionRefusedError):
            return Encoded(None, self.start())
        except OSError:
            return Encoded(None, WhyNot.UNREACHABLE)
        if reply.get("model_sha256") != model_sha256:
            return Encoded(None, WhyNot.OTHER_MODEL)
        rows = [base64.b64decode(row) for row in reply["vectors"]]
        return Encoded(unpack(rows, embedding.DIMENSIONS)[0], None)

    def start(self) -> WhyNot:
        """Start the encoder unless it is starting already, is somebody else's task, or cannot run here."""
        if settings.EMBEDDER == "off":
            return WhyNot.OFF
        if not embedding.available():
            return WhyNot.NOT_INSTALLED
        path = socket_path()
        if not _private(path.parent):
            return WhyNot.UNREACHABLE
        with self._lock:
            alive = self._child is not None and self._child.poll() is None
            if not alive and not _is_locked(path):
                self._child = _spawn(path)
        return WhyNot.WARMING

    def stop(self) -> None:
        """End the encoder this process started, if any; one that does not come to an end is killed: it keeps nothing."""
        with self._lock:
            if self._child is not None and self._child.poll() is None:
                self._child.terminate()
                try:
                    self._child.wait(timeout=PATIENCE_SECONDS)
                except subprocess.TimeoutExpired:
                    self._child.kill()
                    self._child.wait()
            self._child = None


def _is_locked(path: Path) -> bool:
    try:
        with lock_path(path).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _spawn(path: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(settings.BASE_DIR)}
    command = [
        sys.executable,
        "-m",
        "indexer.warm.server",
        "--socket",
        str(path),
        "--follow",
        str(os.getpid()),
    ]
    return subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


client = EncoderClient()
