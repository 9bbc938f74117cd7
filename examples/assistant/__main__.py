"""`python -m examples.assistant`: run the assistant over a plan of requests and send every trace to Winnow."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from examples.assistant.agent import Assistant, Reply
from examples.assistant.library import passages
from examples.assistant.plan import Planner
from examples.assistant.retrieval import Search
from examples.assistant.telemetry import provider
from examples.assistant.truth import truths


def main(arguments: list[str] | None = None) -> int:
    """Send the traces; 0 when every one was handed over."""
    options = _options(arguments)
    began = time.monotonic()
    tracing = provider(options.endpoint, options.token)
    assistant = Assistant(tracing.get_tracer("examples.assistant"), Search(passages()))
    replies: dict[int, Reply] = {}
    lines = []
    for ask in Planner(options.seed).plan(options.traces):
        history = replies[id(ask.after)].messages if ask.after is not None else []
        reply = replies[id(ask)] = assistant.answer(ask, history)
        lines += [json.dumps(line, ensure_ascii=False) for line in truths(ask, reply, replies)]
    answered = time.monotonic() - began
    delivered = tracing.force_flush(120_000)
    tracing.shutdown()
    if options.truth:
        options.truth.write_text("\n".join(lines) + "\n", encoding="utf-8")
    took = time.monotonic() - began
    print(f"{len(replies)} requests answered in {answered:.1f} s, handed over in {took:.1f} s.")
    return 0 if delivered else 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="examples.assistant", description=__doc__)
    parser.add_argument("--endpoint", default="http://127.0.0.1:8000", help="address of the Winnow server")
    parser.add_argument(
        "--token", default=os.environ.get("WINNOW_TOKEN", ""), help="a project token that may ingest"
    )
    parser.add_argument("--traces", type=int, default=1200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--truth", type=Path, help="write here what was planted, one JSON object per line")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
