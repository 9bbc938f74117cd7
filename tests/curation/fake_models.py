"""A model provider on loopback that answers what it was told to, in the wire form of OpenAI and of Anthropic."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FakeModels(ThreadingHTTPServer):
    """Hands out `replies` in order: (status, body); a list is sent as a stream of server-sent events."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies: deque[tuple[int, Any]] = deque()
        self.asked: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def will_say(self, body: Any, status: int = 200) -> None:
        """Queue one reply."""
        self.replies.append((status, body))


class _Handler(BaseHTTPRequestHandler):
    server: FakeModels

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(json.loads(raw))
        status, body = self.server.replies.popleft()
        streamed = isinstance(body, list)
        data = _events(body) if streamed else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/event-stream" if streamed else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Silence."""


def _events(chunks: list[Any]) -> bytes:
    lines = [f"data: {chunk if isinstance(chunk, str) else json.dumps(chunk)}\n\n" for chunk in chunks]
    return "".join(lines).encode()


@contextmanager
def fake_models() -> Iterator[FakeModels]:
    """A provider that runs for the length of a block."""
    server = FakeModels()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
