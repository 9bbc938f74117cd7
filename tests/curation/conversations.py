"""Conversations of the normal form with every field in use, and any others hypothesis thinks of."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from hypothesis import strategies as st

from curation.conversation import Conversation, new_conversation

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
WORDS = st.text("abc dé{[\"'\\\n", max_size=24)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
IDS = st.text("abcdef0123456789", max_size=8)
NUMBER = st.none() | st.floats(0, 1000, allow_nan=False)
PART = st.one_of(
    st.fixed_dictionaries({"type": st.sampled_from(["text", "reasoning"]), "text": TEXT}),
    st.fixed_dictionaries({"type": st.just("tool_call"), "id": IDS, "name": WORDS, "arguments": JSON}),
    st.fixed_dictionaries(
        {"type": st.just("tool_result"), "id": IDS, "result": JSON},
        optional={"name": WORDS, "is_error": st.booleans(), "timed_out": st.booleans(), "duration_ms": st.floats(0, 9)},
    ),
    st.fixed_dictionaries(
        {"type": st.just("code_execution"), "id": IDS, "language": st.just("python"), "input": TEXT},
        optional={"stdout": TEXT, "stderr": TEXT, "exit_code": st.integers(0, 255), "truncated": st.booleans()},
    ),
    st.fixed_dictionaries({"type": st.just("file"), "uri": WORDS}, optional={"name": WORDS, "mime_type": st.just("image/png")}),
    st.fixed_dictionaries({"type": st.just("data"), "name": WORDS, "result": JSON}),
)  # fmt: skip
MESSAGE = st.fixed_dictionaries(
    {"role": st.sampled_from(["system", "user", "assistant", "tool"]), "parts": st.lists(PART, max_size=3)},
    optional={"name": WORDS, "finish_reason": st.sampled_from(["stop", "length", "tool_calls"]), "model": WORDS,
              "weight": st.sampled_from([0, 1])},
)  # fmt: skip
CALL = st.fixed_dictionaries({
    "span_id": IDS, "operation": st.sampled_from(["chat", "embeddings"]), "provider": WORDS, "model_requested": WORDS,
    "model_answered": WORDS, "usage": st.dictionaries(st.sampled_from(["input_tokens", "output_tokens"]), st.integers(0, 999)),
    "started_at": st.just("2026-09-01T00:00:00.000000+00:00"), "ended_at": st.just("2026-09-01T00:00:01.000000+00:00"),
    "ttft_ms": NUMBER, "latency_ms": NUMBER, "status": st.sampled_from(["ok", "error"]), "error_type": WORDS, "cost_usd": NUMBER,
})  # fmt: skip
NAMES = st.dictionaries(
    st.sampled_from(["winnow.domain", "winnow.escalated", "app.thing", "winnow.fields"]), JSON, max_size=3
)


@st.composite
def any_conversation(draw: Any) -> Conversation:
    """Whatever fits the types, sensible or not."""
    made = new_conversation(draw(st.lists(MESSAGE, max_size=5)))
    made["alternatives"] = draw(st.lists(st.lists(MESSAGE, min_size=1, max_size=2), max_size=2))
    made["tools"] = draw(st.lists(st.fixed_dictionaries(
        {"name": WORDS, "description": WORDS, "parameters": st.dictionaries(WORDS, JSON, max_size=2)},
        optional={"irreversible": st.booleans(), "sandboxed": st.booleans()}), max_size=2))  # fmt: skip
    made["retrieval"] = draw(
        st.lists(st.fixed_dictionaries({"document_id": IDS, "text": TEXT, "score": NUMBER}), max_size=2)
    )
    made["calls"] = draw(st.lists(CALL, max_size=2))
    made["status"] = draw(st.sampled_from(["ok", "error"]))
    made["error"] = draw(st.none() | st.fixed_dictionaries({"type": WORDS, "message": TEXT}))
    made["attributes"] = draw(NAMES)
    for name in ("service", "environment", "release", "variant", "session", "user", "language"):
        made["context"][name] = draw(IDS)
    return made


def full_conversation() -> Conversation:
    """One in which every field says something."""
    made = new_conversation([
        {"role": "system", "parts": [{"type": "text", "text": "Be brief."}]},
        {"role": "user", "name": "kim", "parts": [
            {"type": "text", "text": "How warm is it in Kiel?"},
            {"type": "file", "uri": "https://x.example/map.png"},
        ]},
        {"role": "assistant", "parts": [
            {"type": "reasoning", "text": "Look it up."},
            {"type": "tool_call", "id": "c1", "name": "weather", "arguments": {"city": "Kiel"}},
        ]},
        {"role": "tool", "parts": [{"type": "tool_result", "id": "c1", "name": "weather", "result": {"celsius": 4}}]},
        {"role": "assistant", "finish_reason": "stop", "model": "m-1", "parts": [{"type": "text", "text": "4 °C."}]},
    ])  # fmt: skip
    made["alternatives"] = [
        [
            {
                "role": "assistant",
                "finish_reason": "stop",
                "model": "m-1",
                "parts": [{"type": "text", "text": "Cold."}],
            }
        ]
    ]
    made["tools"] = [
        {
            "name": "weather",
            "description": "Now",
            "parameters": {"type": "object"},
            "irreversible": False,
            "sandboxed": True,
        }
    ]
    passage = "Kiel lies by the sea."
    made["retrieval"] = [
        {
            "document_id": "d1",
            "text": passage,
            "score": 0.5,
            "passage_hash": sha256(passage.encode()).hexdigest(),
        }
    ]
    made["calls"] = [{
        "span_id": "0123456789abcdef", "operation": "chat", "provider": "acme", "model_requested": "m", "model_answered": "m-1",
        "usage": {"input_tokens": 12, "output_tokens": 3, "cache_read_tokens": 4, "cache_creation_tokens": 2, "reasoning_tokens": 1},
        "started_at": "2026-09-01T00:00:00.000000+00:00", "ended_at": "2026-09-01T00:00:01.000000+00:00", "ttft_ms": 100.0,
        "latency_ms": 1000.0, "status": "ok", "error_type": "", "cost_usd": 0.01,
    }]  # fmt: skip
    made["context"] = {"service": "s", "environment": "prod", "release": "r1", "variant": "a", "session": "s1", "user": "u1",
                       "language": "en"}  # fmt: skip
    made["attributes"] = {"winnow.domain": "weather", "winnow.preferred": "answer"}
    made["guards"] = [{"layer": "input", "name": "g", "rule_version": "1", "score": 0.1, "verdict": "allow"}]
    made["interrupts"] = [
        {
            "kind": "timeout",
            "at": "2026-09-01T00:00:00.500000+00:00",
            "span_id": "",
            "detail": "",
            "recovered": True,
        }
    ]
    made["provenance"] = {"shapes": ["genai"], "scopes": ["x"]}
    return made
