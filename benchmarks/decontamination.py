"""Held-out items planted in texts: recall by kind of edit, false alarms, evidence, texts a second; peers' rules in the same table.

Three grounds: the planted file of the project; leaks made by seed from both held-out sets, thresholds tuned on the even
items and reported on the odd ones; real production texts, of which those that hold an item almost word for word (they are
there: the traffic includes answers to the test set) are leaks and not false alarms.
"""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.contract import Row
from benchmarks.held_out.leaks import KINDS, Leak, leaks

if TYPE_CHECKING:
    from curation.containment import ContainmentIndex

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
SEED = 20_261_130
HALF = 1
NEARLY_WHOLE = 0.8
Finder = Callable[[str], int | None]


def rows(*, quick: bool) -> Iterator[Row]:
    """Needs the real sets beside the checkout."""
    if not DATA.is_dir():
        raise SystemExit("../shared/data is absent: nothing to measure on.")
    items = held_out()
    finders = {"": winnow(items)} | peers([text for one in items for text in one])
    planted = _lines(DATA / "quarantine" / "planted_leaks_dev.jsonl")
    made = list(
        leaks([text for one in items for text in one], half=HALF, seed=SEED, per_kind=25 if quick else 150)
    )
    for name, finder in finders.items():
        yield from _planted(name, finder, planted)
    for name, finder in finders.items():
        yield from _made(name, finder, made)
    yield from _evidence(items, made)
    texts = list(_conversations(3000 if quick else None))
    leaked = _copies(texts, items)
    for name, finder in finders.items():
        yield from _alarms(name, finder, texts, leaked, "" if name else ">= 0.99")


def held_out() -> list[list[str]]:
    """The texts of the held-out sets, set by set."""
    folder = DATA / "quarantine"
    return [
        [row["question"] for row in _lines(folder / "gsm8k_test.jsonl")],
        [row["prompt"] for row in _lines(folder / "ifeval_input_data.jsonl")],
    ]


def winnow(sets: Sequence[Sequence[str]]) -> Finder:
    """Our screening: the number of the item found."""
    index = _index(sets)

    def find(text: str) -> int | None:
        hit = index.find(text)
        return None if hit is None else hit.item_id

    return find


def _index(sets: Sequence[Sequence[str]]) -> ContainmentIndex:
    """Prompts of all sets, and the reference answers of the first, which holds tasks: as a project would have them."""
    from curation.containment import ANSWER, ContainmentIndex, Item

    flat = [(cohort, text) for cohort, one in enumerate(sets) for text in one]
    prompts = [Item(at, text, cohort=cohort) for at, (cohort, text) in enumerate(flat)]
    tasks = _lines(DATA / "quarantine" / "gsm8k_test.jsonl")
    return ContainmentIndex.build(
        [*prompts, *(Item(at, row["answer"], ANSWER) for at, row in enumerate(tasks))]
    )


def peers(items: Sequence[str]) -> dict[str, Finder]:
    """What is commonly done: any shared 13-gram (lm-evaluation-harness), any shared 8-gram, 3-gram containment ≥ 0.35."""
    return {
        "13-gram any-hit (lm-eval)": _any_gram(items, 13),
        "8-gram any-hit": _any_gram(items, 8),
        "3-gram containment >= 0.35": _containment(items, 0.35),
    }


def _grams(text: str, n: int) -> set[tuple[str, ...]]:
    from core.text import tokens

    own = tokens(text)
    return {tuple(own[at : at + n]) for at in range(len(own) - n + 1)}


def _any_gram(items: Sequence[str], n: int) -> Finder:
    known = {gram: at for at, text in enumerate(items) for gram in _grams(text, n)}
    return lambda text: next((known[gram] for gram in _grams(text, n) if gram in known), None)


def _containment(items: Sequence[str], least: float) -> Finder:
    own = [_grams(text, 3) for text in items]
    owners: dict[tuple[str, ...], list[int]] = {}
    for at, grams in enumerate(own):
        for gram in grams:
            owners.setdefault(gram, []).append(at)

    def find(text: str) -> int | None:
        shared = Counter(at for gram in _grams(text, 3) for at in owners.get(gram, ()))
        best = max(shared, key=lambda at: shared[at] / len(own[at]), default=None)
        return best if best is not None and shared[best] >= least * len(own[best]) else None

    return find


def _planted(name: str, finder: Finder, planted: Sequence[dict[str, Any]]) -> Iterator[Row]:
    found, seen = Counter[str | None](), Counter[str | None]()
    for row in planted:
        seen[row["leak"]] += 1
        found[row["leak"]] += finder(row["text"]) is not None
    kinds = sorted(kind for kind in seen if kind)
    total = sum(seen[kind] for kind in kinds)
    ours = not name
    label = f"planted, {name or 'Winnow'}"
    recall = sum(found[kind] for kind in kinds) / total
    yield Row(f"{label}: found", recall, f"of {total}", ">= 0.99" if ours else "")
    for kind in kinds:
        if ours or found[kind] < seen[kind]:
            yield Row(
                f"{label}: {kind}", found[kind] / seen[kind], f"of {seen[kind]}", ">= 0.95" if ours else ""
            )
    yield Row(
        f"{label}: clean questions flagged",
        found[None] / seen[None],
        f"of {seen[None]}",
        "<= 0.002" if ours else "",
    )


def _made(name: str, finder: Finder, made: Sequence[Leak]) -> Iterator[Row]:
    seen = Counter(leak.kind for leak in made)
    found = Counter(leak.kind for leak in made if finder(leak.text) is not None)
    ours = not name
    label = f"made, {name or 'Winnow'}"
    yield Row(f"{label}: found", found.total() / len(made), f"of {len(made)}", ">= 0.99" if ours else "")
    for kind in KINDS:
        if ours or found[kind] < 0.95 * seen[kind]:
            yield Row(
                f"{label}: {kind}", found[kind] / seen[kind], f"of {seen[kind]}", ">= 0.95" if ours else ""
            )


def _evidence(sets: Sequence[Sequence[str]], made: Sequence[Leak]) -> Iterator[Row]:
    """Is the right item named, and does the marked span lie where the item was put?"""
    from curation.excerpts import Segment
    from curation.screening import screen

    flat = [text for one in sets for text in one]
    index = _index(sets)
    right, inside, seen = 0, 0, 0
    for leak in made:
        if leak.kind not in {"verbatim", "embedded", "in_a_long_chat", "code_fence"}:
            continue
        seen += 1
        findings = screen([Segment(0, 0, leak.text)], index).findings
        evidence = findings[0].evidence if findings else {}
        text = flat[leak.item]
        put = leak.text.find(text)
        right += any(one.item_id == leak.item for one in findings)
        overlap = min(evidence.get("end", 0), put + len(text)) - max(evidence.get("start", 0), put)
        inside += overlap >= 0.9 * len(text)
    yield Row("made, Winnow: the right item among those named", right / seen, f"of {seen}", ">= 0.99")
    yield Row("made, Winnow: span covers 90 % of the copied words", inside / seen, f"of {seen}", ">= 0.95")


def _alarms(
    name: str, finder: Finder, texts: Sequence[str], leaked: Sequence[bool], least: str = ""
) -> Iterator[Row]:
    """Alarms over whole conversations; those that hold an item almost word for word are leaks, however it got there."""
    started = time.process_time()
    flagged = [finder(text) is not None for text in texts]
    took = time.process_time() - started
    ours = not name
    label = f"production, {name or 'Winnow'}"
    copies, clean = sum(leaked), len(texts) - sum(leaked)
    caught = sum(hit and leak for hit, leak in zip(flagged, leaked, strict=True))
    alarms = sum(flagged) - caught
    yield Row(f"{label}: copies of held-out items found", caught / max(copies, 1), f"of {copies}", least)
    yield Row(
        f"{label}: other conversations flagged", alarms / clean, f"of {clean}", "<= 0.002" if ours else ""
    )
    yield Row(f"{label}: speed, one core", len(texts) / took, "conversations/s")


def _copies(texts: Sequence[str], sets: Sequence[Sequence[str]]) -> list[bool]:
    """Which texts hold at least 80 % of the 3-grams of an item: copies beyond doubt, by another measure than ours."""
    finder = _containment([text for one in sets for text in one], NEARLY_WHOLE)
    return [finder(text) is not None for text in texts]


def _conversations(limit: int | None) -> Iterator[str]:
    """Every distinct conversation of the traces, without its system prompt, in order."""
    seen: set[str] = set()
    with gzip.open(DATA / "traces" / "traces-permissive.jsonl.gz", "rt", encoding="utf-8") as stream:
        for line in stream:
            text = "\n".join(_said(json.loads(line)))
            if text and text not in seen:
                seen.add(text)
                yield text
            if len(seen) == limit:
                return


def _said(record: dict[str, Any]) -> Iterable[str]:
    for message in record["request"]["messages"]:
        if message["role"] != "system" and isinstance(message.get("content"), str):
            yield message["content"]
    for choice in (record["response"] or {}).get("choices", ()):
        if isinstance(choice["message"].get("content"), str):
            yield choice["message"]["content"]


def _lines(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]
