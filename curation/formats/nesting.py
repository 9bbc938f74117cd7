"""Calls inside calls: an SDK's own span in a wrapper's is the same call, told twice.

The outer one counts. What it does not say (tokens, words, tools, first token) is taken from the inner ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from curation.formats import genai
from curation.formats.json_text import value_of
from curation.formats.rewriting import EMPTY
from curation.formats.spans import Span

BOUNDARIES = {"execute_tool", "invoke_agent", "invoke_workflow", "retrieval", "rerank", "apply_guardrail"}
"""Between two calls these mean that the inner one is a call of its own."""
AGENTS = {"invoke_agent", "invoke_workflow"}
COUNTED = {name for names in genai.USAGE.values() for name in names} | set(genai.COST)
TOKENS = (*genai.USAGE["input_tokens"], *genai.USAGE["output_tokens"])


@dataclass(frozen=True, slots=True)
class Calls:
    """`counted`: one span per call, completed from its inner ones; `inner`: those, by the id of their outermost."""

    counted: list[Span]
    inner: dict[str, list[Span]]

    @property
    def swallowed(self) -> set[str]:
        """Ids of the spans that are told by an outer one."""
        return {span["span_id"] for spans in self.inner.values() for span in spans}


def gather(spans: Sequence[Span]) -> Calls:
    """The calls among spans in order of time."""
    by_id = {span["span_id"]: span for span in spans}
    calls = [span for span in spans if _family(span)]
    calls += _agents_alone(spans, calls, by_id)
    owners = _owners(calls, by_id)
    inner: dict[str, list[Span]] = defaultdict(list)
    for span in calls:
        if span["span_id"] in owners:
            inner[_outermost(span["span_id"], owners)].append(span)
    outer = [span for span in spans if span in calls and span["span_id"] not in owners] if owners else calls
    counted = [_completed(span, inner.get(span["span_id"], [])) for span in outer]
    return Calls(sorted(counted, key=lambda one: (one["start"], one["span_id"])), dict(inner))


def _family(span: Span) -> str:
    name = genai.operation(span)
    return "model" if name in genai.MODEL_OPERATIONS else "embeddings" if name == "embeddings" else ""


def _agents_alone(spans: Sequence[Span], calls: Sequence[Span], by_id: dict[str, Span]) -> list[Span]:
    """Agents that run elsewhere: they report tokens, and no call of a model is seen inside."""
    alone = [
        span for span in spans if genai.operation(span) in AGENTS and genai.number(span, *TOKENS) is not None
    ]
    if not alone:
        return []
    inhabited = {above["span_id"] for span in [*calls, *alone] for above in _above(span, by_id)}
    return [span for span in alone if span["span_id"] not in inhabited]


def _above(span: Span, by_id: dict[str, Span]) -> Iterable[Span]:
    seen, parent = {span["span_id"]}, by_id.get(span["parent_id"])
    while parent is not None and parent["span_id"] not in seen:
        yield parent
        seen.add(parent["span_id"])
        parent = by_id.get(parent["parent_id"])


def _owners(calls: Sequence[Span], by_id: dict[str, Span]) -> dict[str, str]:
    """inner id → the id of the call around it; spans that name each other as parent do not own each other."""
    owners: dict[str, str] = {}
    if len(calls) < 2:
        return owners
    alike: dict[str, list[Span]] = defaultdict(list)
    if len({span["scope"] for span in calls}) > 1:
        for span in calls:
            alike[_answer(span)].append(span)
    taken: set[str] = set()
    for span in calls:
        owner = _enclosing(span, by_id)
        if owner is None and (owner := _twin(span, alike.get(_answer(span), ()), by_id, taken)) is not None:
            taken.add(owner["span_id"])
        if owner is not None and _outermost(owner["span_id"], owners) != span["span_id"]:
            owners[span["span_id"]] = owner["span_id"]
    return owners


def _enclosing(span: Span, by_id: dict[str, Span]) -> Span | None:
    family = _family(span)
    if not span["parent_id"]:
        return None
    for parent in _above(span, by_id):
        if _family(parent) == family != "":
            return parent
        if genai.operation(parent) in BOUNDARIES:
            return None
    return None


def _answer(span: Span) -> str:
    """What two spans of one call have in common: the kind of call and its tokens; "" where none were counted."""
    usage = genai.usage(span)
    return f"{_family(span)} {sorted(usage.items())}" if usage else ""


def _twin(span: Span, alike: Sequence[Span], by_id: dict[str, Span], taken: set[str]) -> Span | None:
    """The same call told by another instrumentation that is no parent of this span: call-backs leave no context.

    It lasted longer and counted the same, and it stands beside this span or deeper below the same parent.
    """
    if not _answer(span):
        return None
    for other in alike:
        if other["scope"] == span["scope"] or other["span_id"] in taken or not _around(other, span):
            continue
        ids = {genai.text(one, "gen_ai.response.id") for one in (span, other)} - {""}
        if len(ids) < 2 and (span["parent_id"] not in by_id or _is_below(other, span["parent_id"], by_id)):
            return other
    return None


def _around(outer: Span, inner: Span) -> bool:
    lasted = outer["start"] <= inner["start"] and inner["end"] <= outer["end"] and inner["end"] > 0
    times = [(one["start"], -one["end"], one["span_id"]) for one in (outer, inner)]
    return lasted and times[0] < times[1]


def _is_below(span: Span, parent_id: str, by_id: dict[str, Span]) -> bool:
    return any(above["span_id"] == parent_id for above in _above(span, by_id))


def _outermost(span_id: str, owners: dict[str, str]) -> str:
    while span_id in owners:
        span_id = owners[span_id]
    return span_id


def _completed(outer: Span, inner: Sequence[Span]) -> Span:
    if not inner:
        return outer
    attributes: dict[str, Any] = dict(outer["attributes"])
    ordered = sorted(inner, key=lambda one: (not genai.is_error(one), one["end"], one["span_id"]))
    leaves = _innermost(inner)
    for span in ordered[::-1]:
        for name, value in span["attributes"].items():
            if name.startswith("gen_ai.") and name not in COUNTED and attributes.get(name) in EMPTY:
                attributes[name] = value
        if _length(span["attributes"]) > _length(attributes):
            attributes[genai.INPUT] = span["attributes"][genai.INPUT]
        first = genai.number(span, *genai.FIRST_CHUNK)
        if first is not None and genai.number(outer, *genai.FIRST_CHUNK) is None:
            attributes[genai.FIRST_CHUNK[0]] = first + max(span["start"] - outer["start"], 0) / 1e9
    for names in (*genai.USAGE.values(), genai.COST):
        counts = [count for span in leaves if (count := genai.number(span, *names)) is not None]
        if counts and genai.number(outer, *names) is None:
            attributes[names[0]] = sum(counts)
    return {**outer, "attributes": attributes}


def _innermost(inner: Sequence[Span]) -> list[Span]:
    """Of calls inside calls the deepest that count tokens: adding up more than one level would count twice."""
    parents = {span["parent_id"] for span in inner if genai.usage(span)}
    return [span for span in inner if span["span_id"] not in parents]


def _length(attributes: dict[str, Any]) -> int:
    given = value_of(attributes.get(genai.INPUT))
    return len(given) if isinstance(given, list) else int(bool(given))
