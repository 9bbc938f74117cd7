"""What was planted, written beside what was sent, so that a run can be checked against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from examples.assistant.agent import Reply, rate
from examples.assistant.plan import OPTED_OUT, Ask


def truths(ask: Ask, reply: Reply, sent: dict[int, Reply]) -> Iterator[dict[str, Any]]:
    """Every fact about this trace that a check may want, one line each."""
    about = {"trace_id": reply.trace_id}
    yield about | {"kind": "request", "plan": ask.kind, "domain": ask.domain, "variant": ask.variant,
                   "user": ask.user, "session": ask.session, "choices": ask.choices}  # fmt: skip
    for entity, value in ask.planted:
        yield about | {"kind": "identifier", "entity": entity, "value": value}
    if ask.near_of is not None:
        yield about | {"kind": ask.kind, "of": sent[id(ask.near_of)].trace_id}
    if ask.twin_of:
        yield about | {"kind": "twin", "of": ask.twin_of, "exact": ask.twin_exact}
    if rating := rate(ask, reply):
        yield about | {"kind": "feedback", "rating": rating}
    if reply.failed:
        yield about | {"kind": "failure", "error": reply.failed}
    if reply.tool_failed:
        yield about | {"kind": "tool_failure"}
    if reply.finish == "length":
        yield about | {"kind": "truncated"}
    if reply.escalated:
        yield about | {"kind": "escalated"}
    if ask.user == OPTED_OUT:
        yield about | {"kind": "opted_out", "user": ask.user}
