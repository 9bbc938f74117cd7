"""What is stored already, put through newer rules: a span as sent, a conversation in its normal form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from core.privacy import Mark, Redacted, redact
from core.privacy.offsets import Edit
from curation.conversation import Conversation
from curation.formats.logprobs import moved
from curation.formats.search_parts import passage_hash
from curation.formats.spans import Span
from curation.ingest.redaction import Redactor

_ID = re.compile(r"[0-9a-f]{16}(?::[0-9a-f]{16})?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")
_HASH = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[a-z_]+")
OURS = {
    "span_id": _ID, "started_at": _TIME, "ended_at": _TIME, "at": _TIME, "sha256": _HASH, "passage_hash": _HASH,
    "type": _WORD, "role": _WORD,
}  # fmt: skip
"""Ids, times, hashes and words the product made itself: they may look like a card and are nobody's."""
THEIRS = frozenset({"arguments", "result", "parameters", "attributes"})
"""Below these a sender names things as it likes: `at` may be a person there."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A stored value under newer rules; `kinds` and `by_rule` count what only they caught."""

    value: Any
    changed: bool
    kinds: dict[str, int]
    by_rule: dict[str, int]


def redact_stored_span(span: Span, redactor: Redactor) -> Rewritten:
    """A span that passed older rules; its pseudonyms are surrogates already and stay."""
    words: dict[str, Any] = {
        "name": span["name"],
        "status_message": span["status_message"],
        "attributes": span["attributes"],
        "resource": span["resource"],
        "scope": span["scope"],
    }
    words["events"] = [{"name": event["name"], "attributes": event["attributes"]} for event in span["events"]]
    done = redact(words, keys=redactor.keys, rules=redactor.rules)
    events = [
        one | {"time": event["time"]} for one, event in zip(done.value["events"], span["events"], strict=True)
    ]
    return _rewritten(span, {**span, **done.value, "events": events}, done)


def redact_stored_conversation(conversation: Conversation, redactor: Redactor) -> Rewritten:
    """A conversation that passed older rules; hashes of passages and offsets of tokens follow the new text."""
    done = redact(conversation, keys=redactor.keys, rules=redactor.rules)
    put_back: set[str] = set()
    clean = _with_ours(conversation, done.value, "", put_back)
    _follow_passages(conversation, clean)
    _follow_tokens(conversation, clean, done.marks)
    return _rewritten(conversation, clean, done, put_back)


def _rewritten(before: Any, after: Any, done: Redacted, put_back: Collection[str] = ()) -> Rewritten:
    marks = [mark for mark in done.marks if mark.path not in put_back]
    kinds, by_rule = Counter(mark.kind for mark in marks), Counter(mark.rule_id for mark in marks)
    return Rewritten(after, before != after, dict(kinds), dict(by_rule))


def _with_ours(before: Any, after: Any, path: str, put_back: set[str]) -> Any:
    """The redacted value with the product's own ids put back, and where; both have the same build, keys may be spelled anew."""
    if isinstance(before, dict):
        pairs = zip(before.items(), after.items(), strict=True)
        return {
            name: new if key in THEIRS else _own(key, old, new, f"{path}/{name}", put_back)
            for (key, old), (name, new) in pairs
        }
    if isinstance(before, list):
        pairs = zip(before, after, strict=True)
        return [_with_ours(old, new, f"{path}/{place}", put_back) for place, (old, new) in enumerate(pairs)]
    return after


def _own(key: str, old: Any, new: Any, path: str, put_back: set[str]) -> Any:
    if key not in OURS or not isinstance(old, str):
        return _with_ours(old, new, path, put_back)
    if old == new or not OURS[key].fullmatch(old):
        return new
    put_back.add(path)
    return old


def _follow_passages(before: Conversation, after: Conversation) -> None:
    renamed: dict[str, str] = {}
    for old, new in zip(before["retrieval"], after["retrieval"], strict=True):
        if "passage_hash" in old and old["text"] != new["text"]:
            new["passage_hash"] = passage_hash(new["text"])
            renamed[old["passage_hash"]] = new["passage_hash"]
    for message in after["messages"] if renamed else ():
        for part in message["parts"]:
            for one in part.get("documents", ()):
                one["passage_hash"] = renamed.get(one["passage_hash"], one["passage_hash"])


def _follow_tokens(before: Conversation, after: Conversation, marks: list[Mark]) -> None:
    """A token that touched what was replaced covers the whole surrogate; the others move along."""
    for place, (old, new) in enumerate(zip(before["messages"], after["messages"], strict=True)):
        if "logprobs" not in old:
            continue
        for number in range(len(old["parts"])):
            path = f"/messages/{place}/parts/{number}/text"
            edits = [
                Edit(mark.source_start, mark.source_end, mark.start, mark.end)
                for mark in marks
                if mark.path == path and not mark.in_key
            ]
            new["logprobs"] = moved(new["logprobs"], number, edits)
