"""What guards decided, from spans and events: GenAI's guardrail convention, OpenInference, Langfuse, and our own words.

A verdict is taken only from what the guard itself called its result; a score or a severity decides nothing here
(semantic-conventions-genai, gen-ai-guardrails).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from curation.conversation import Guard
from curation.formats import genai
from curation.formats.json_text import scalar_of, value_of
from curation.formats.spans import Span

RESULT_EVENTS = {
    "gen_ai.guardrail.result",
    "winnow.guard",
    "gen_ai.security.finding",
    "gen_ai.security.decision",
}
WORDS = {
    "allow": {"allow", "allowed", "pass", "passed", "ok", "none", "safe", "no_match_found", "accept", "accepted",
              "clean", "continue"},
    "block": {"block", "blocked", "deny", "denied", "reject", "rejected", "guardrail_intervened", "intervened", "fail",
              "failed", "unsafe", "tripped", "refuse", "refused"},
    "redact": {"redact", "redacted", "mask", "masked", "anonymized", "anonymize", "modify", "modified", "rewrite"},
    "flag": {"flag", "flagged", "warn", "warned", "match_found", "audit", "detected"},
    "escalate": {"escalate", "escalated", "review", "handover", "human"},
}  # fmt: skip
VERDICTS = {word: verdict for verdict, words in WORDS.items() for word in words}
TRUE_MEANS = {"tripwire_triggered": "block", "triggered": "block", "blocked": "block", "is_blocked": "block",
              "flagged": "flag", "detected": "flag", "unsafe": "block", "passed": "allow", "allowed": "allow",
              "valid": "allow", "safe": "allow", "is_safe": "allow", "escalated": "escalate"}  # fmt: skip
FALSE_MEANS = {"passed": "block", "allowed": "block", "valid": "block", "safe": "block", "is_safe": "block"}
LAYERS = (
    ("tool", ("tool", "function", "mcp")), ("retrieval", ("retriev", "context", "document", "ground")),
    ("output", ("output", "response", "completion", "answer")), ("input", ("input", "prompt", "user", "request")),
)  # fmt: skip
SCORES = ("winnow.guard.score", "gen_ai.guardrail.risk.score", "gen_ai.security.risk.score")
VERSIONS = ("winnow.guard.rule_version", "gen_ai.guardrail.policy.version", "gen_ai.security.policy.version")
NAMES = ("winnow.guard.name", "gen_ai.guardrail.policy.rule.id", "gen_ai.guardrail.component.name",
         "gen_ai.guardrail.policy.id", "gen_ai.guardian.name", "gen_ai.security.policy.name")  # fmt: skip
SOURCES = ("winnow.guard.layer", "gen_ai.guardrail.source", "gen_ai.security.target.type")
RESULTS = ("winnow.guard.verdict", "gen_ai.security.decision.type")


def read_guards(spans: Sequence[Span]) -> list[Guard]:
    """Every decision in order of time; results a guard reports as events stand for its span."""
    found: list[tuple[int, Guard]] = []
    for span in spans:
        results = [event for event in span["events"] if event["name"] in RESULT_EVENTS]
        about = span["attributes"]
        for event in results:
            said = {**_facts(about), **event["attributes"], **_body(event["attributes"])}
            found.append((event["time"], _guard(said, span["name"])))
        if not results and _is_guard(span):
            found.append((span["start"], _guard(about, span["name"])))
    return [guard for _, guard in sorted(found, key=lambda pair: pair[0])]


def _is_guard(span: Span) -> bool:
    return genai.operation(span) == "apply_guardrail" or any(
        name.startswith(("winnow.guard.", "gen_ai.guardrail.result", "gen_ai.security.decision"))
        for name in span["attributes"]
    )


def _facts(attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in attributes.items()
        if name.startswith(("gen_ai.guard", "winnow.guard."))
    }


def _body(attributes: dict[str, Any]) -> dict[str, Any]:
    body = value_of(attributes.get("log.body"))
    return body if isinstance(body, dict) else {}


def _guard(said: dict[str, Any], span_name: str) -> Guard:
    output = value_of(said.get("winnow.guard.output"))
    details = output if isinstance(output, dict) else {}
    score = next((said[name] for name in SCORES if genai.is_number(said.get(name))), details.get("score"))
    name = str(next((said[one] for one in NAMES if said.get(one)), span_name))
    source = str(
        next((said[one] for one in SOURCES if said.get(one)), "") or details.get("layer", "") or name
    )
    version = next((said[one] for one in VERSIONS if said.get(one)), details.get("version", ""))
    return {
        "layer": _layer(source),
        "name": name,
        "rule_version": str(version),
        "score": float(score) if isinstance(score, int | float) and genai.is_number(score) else None,
        "verdict": next((verdict for verdict in _verdicts(said, output) if verdict), ""),
    }


def _verdicts(said: dict[str, Any], output: Any) -> Iterator[str]:
    for name in RESULTS:
        yield _word(said.get(name))
    yield _result(
        str(said.get("gen_ai.guardrail.result.type", "")), said.get("gen_ai.guardrail.result.value")
    )
    if isinstance(output, dict):
        for name in ("verdict", "decision", "action", "result", "status"):
            yield _word(output.get(name))
        for name, value in output.items():
            yield _result(name, value)
    else:
        yield _word(output)


def _result(kind: str, value: Any) -> str:
    """A named result of the guard's own: a flag means what its name says, a word what it says."""
    value = scalar_of(value.lower()) if isinstance(value, str) else value
    if value is True:
        return TRUE_MEANS.get(kind.lower(), "")
    if value is False:
        return FALSE_MEANS.get(kind.lower(), "allow" if kind.lower() in TRUE_MEANS else "")
    return _word(value) if kind else ""


def _word(value: Any) -> str:
    return VERDICTS.get(value.strip().lower(), "") if isinstance(value, str) else ""


def _layer(source: str) -> str:
    said = source.lower()
    return next((layer for layer, signs in LAYERS if _any_in(signs, said)), "")


def _any_in(signs: Iterable[str], said: str) -> bool:
    return any(sign in said for sign in signs)
