"""A sender in a process of its own: keeps a few connections busy, comes again when told to, and counts.

Reads one JSON object from standard input, writes one to standard output.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

from benchmarks.traffic import payloads

AGAIN = (429, 503)


@dataclass
class Sent:
    """What one connection delivered; seconds from the first try of a body to its success."""

    rows: int = 0
    traces: int = 0
    bytes: int = 0
    seconds: list[float] = field(default_factory=list)
    refused: dict[int, int] = field(default_factory=dict)
    cpu: float = 0.0
    wall: float = 0.0


def main() -> None:
    """{"kind", "batch", "connections", "seconds", "host", "port", "path", "headers"} → what was sent."""
    wish = json.load(sys.stdin)
    if wish["kind"] == "otlp":
        templates = [payloads.otlp(wish["batch"], now=time.time_ns() - 10**9)]
    else:
        templates = [payloads.records(wish["batch"], skip=number * wish["batch"]) for number in range(20)]
    print("ready", flush=True)
    total, lock = Sent(), threading.Lock()
    began, cpu = time.monotonic(), time.process_time()
    until = began + wish["seconds"]
    threads = [
        threading.Thread(
            target=_send, args=(wish, templates[number::] + templates[:number], until, total, lock)
        )
        for number in range(wish["connections"])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total.cpu, total.wall = time.process_time() - cpu, time.monotonic() - began
    print(json.dumps(asdict(total)))


def _send(
    wish: dict[str, Any], templates: list[payloads.Template], until: float, total: Sent, lock: threading.Lock
) -> None:
    connection = HTTPConnection(wish["host"], wish["port"], timeout=60)
    turn = 0
    while time.monotonic() < until:
        template = templates[turn % len(templates)]
        turn += 1
        body, first = template.fresh(), time.monotonic()
        while (status := _try(connection, wish, body)) != 200:
            with lock:
                total.refused[status] = total.refused.get(status, 0) + 1
            if status not in AGAIN and status != 0:
                raise SystemExit(f"the server answered {status}")
            time.sleep(0.2)
        with lock:
            total.seconds.append(time.monotonic() - first)
            total.rows += template.rows
            total.traces += template.traces
            total.bytes += len(body)


def _try(connection: HTTPConnection, wish: dict[str, Any], body: bytes) -> int:
    """The status; 0 when the connection broke."""
    try:
        connection.request("POST", wish["path"], body, wish["headers"])
        response = connection.getresponse()
        response.read()
        return response.status
    except (OSError, HTTPException):
        connection.close()
        return 0


if __name__ == "__main__":
    main()
