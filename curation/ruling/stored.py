"""What is stored already, put through newer rules: a span as sent, a conversation in its normal form."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any, cast

from core.privacy import Redacted, redact
from core.privacy.choke import Mark
from curation.conversation import Conversation, TokenLogprob
from curation.formats.spans import Span
from curation.ingest.redaction import Redactor

OURS = frozenset({"span_id", "started_at", "ended_at", "at", "sha256", "passage_hash", "day", "type", "role"})
"""Ids, times and hashes the product made itself: numbers that may look like a card and are nobody's."""


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
    clean = _with_ours(conversation, done.value)
    _follow_passages(conversation, clean)
    _follow_tokens(conversation, clean, done.marks)
    return _rewritten(conversation, clean, done)


def _rewritten(before: Any, after: Any, done: Redacted) -> Rewritten:
    marks = [mark for mark in done.marks if mark.path.rpartition("/")[2] not in OURS]
    kinds, by_rule = Counter(mark.kind for mark in marks), Counter(mark.rule_id for mark in marks)
    return Rewritten(after, before != after, dict(kinds), dict(by_rule))


def _with_ours(before: Any, after: Any) -> Any:
    """The redacted value with the product's own ids put back; both have the same build, keys may be spelled anew."""
    if isinstance(before, dict):
        pairs = zip(before.items(), after.items(), strict=True)
        return {
            name: old if key in OURS and isinstance(old, str) and name == key else _with_ours(old, new)
            for (key, old), (name, new) in pairs
        }
    if isinstance(before, list):
        return [_with_ours(old, new) for old, new in zip(before, after, strict=True)]
    return after


def _follow_passages(before: Conversation, after: Conversation) -> None:
    renamed: dict[str, str] = {}
    for old, new in zip(before["retrieval"], after["retrieval"], strict=True):
        if "passage_hash" in old and old["text"] != new["text"]:
            new["passage_hash"] = hashlib.sha256(new["text"].encode("utf-8", "surrogatepass")).hexdigest()
            renamed[old["passage_hash"]] = new["passage_hash"]
    for message in after["messages"] if renamed else ():
        for part in message["parts"]:
            for one in part.get("documents", ()):
                one["passage_hash"] = renamed.get(one["passage_hash"], one["passage_hash"])


def _follow_tokens(before: Conversation, after: Conversation, marks: list[Mark]) -> None:
    """A token that touched what was replaced covers the whole surrogate; the others move along."""
    for place, (old, new) in enumerate(zip(before["messages"], after["messages"], strict=True)):
        for number, part in enumerate(old["parts"]):
            text, now = part.get("text"), new["parts"][number].get("text")
            if "logprobs" in old and isinstance(text, str) and isinstance(now, str) and text != now:
                path = f"/messages/{place}/parts/{number}/text"
                pieces = sorted(
                    (mark.source_start, mark.source_end, mark.start, mark.end)
                    for mark in marks
                    if mark.path == path and not mark.in_key
                )
                new["logprobs"] = [
                    _moved(one, pieces) if one["part"] == number else one
                    for one in new.get("logprobs", old["logprobs"])
                ]


def _moved(token: TokenLogprob, pieces: list[tuple[int, int, int, int]]) -> TokenLogprob:
    start, end, shift = token["start"], token["end"], 0
    for old_start, old_end, new_start, new_end in pieces:
        if end <= old_start:
            break
        if start < old_end:
            return cast(TokenLogprob, {**token, "start": new_start, "end": new_end})
        shift = new_end - old_end
    return cast(TokenLogprob, {**token, "start": start + shift, "end": end + shift})
