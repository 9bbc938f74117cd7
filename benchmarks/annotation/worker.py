"""Annotators in a process of their own: claim and answer as fast as they can, and say how long each took.

Reads one JSON object from standard input, writes one to standard output. `how` is "store" (the statements alone), "actions"
(permission, rules, decision, audit and events too) or "http" (the judging page through the production server).
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from typing import Any

import django


def main() -> None:
    """{"how", "campaign", "people", "seconds", "host", "port", "slug"} → milliseconds of each claim and each answer."""
    wish = json.load(sys.stdin)
    django.setup()
    from benchmarks.annotation import judging

    judge = getattr(judging, wish["how"])
    made: list[tuple[float, float]] = []
    faults: list[str] = []
    gate = threading.Barrier(len(wish["people"]) + 1)

    def one(person: str) -> None:
        try:
            step = judge(wish, person)
            gate.wait()
            until = time.monotonic() + wish["seconds"]
            while time.monotonic() < until and (took := step()) is not None:
                made.append(took)
        except Exception as error:
            faults.append(repr(error))
            gate.abort()

    threads = [threading.Thread(target=one, args=(person,)) for person in wish["people"]]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    began = time.monotonic()
    try:
        gate.wait(60)
        began = time.monotonic()
    except threading.BrokenBarrierError:
        pass
    for thread in threads:
        thread.join()
    answer: dict[str, Any] = {"made": made, "faults": faults[:3], "wall": time.monotonic() - began}
    print(json.dumps(answer))


if __name__ == "__main__":
    random.seed()
    main()
