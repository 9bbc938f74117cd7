"""A small valid record for tests."""

from typing import Any


def record(**changes: Any) -> dict[str, Any]:
    """A record of the record form with these outer fields changed."""
    return {
        "trace_id": "ab" * 16, "request_id": "req-1", "session_id": "s1", "user_id": "u1",
        "ts": "2026-09-01T00:01:02.707+00:00", "service": "chat", "environment": "production",
        "request": {"model": "m", "messages": [{"role": "user", "content": "Capital of France?"}], "temperature": 0.2},
        "response": {"id": "x", "model": "m-1", "usage": {"prompt_tokens": 12, "completion_tokens": 3},
                     "choices": [{"index": 0, "message": {"role": "assistant", "content": "Paris."},
                                  "finish_reason": "stop"}]},
        "retrieval": None, "latency_ms": 900, "ttft_ms": 120, "status": "ok", "cost_usd": 0.001, "feedback": None,
        "escalated": False, "source": {"dataset": "d", "id": "1", "licence": "MIT"},
    } | changes  # fmt: skip
