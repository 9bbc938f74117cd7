"""Near misses among real answers, with right answers planted: solutions people found right, to questions in other words."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator

from benchmarks.contract import Row
from benchmarks.held_out.leaks import KINDS
from benchmarks.strata.traffic import asked, records

SEED = 5
EDITS = (
    ("paraphrase_templates", "words_dropped"),
    ("paraphrase_templates", "words_inserted", "sentences_shuffled"),
)
_CLOSING = re.compile(r"thank|that'?s (?:all|it|everything|fine)|nothing else|\bbye\b", re.IGNORECASE)
TOKENS = 96


def rows(*, quick: bool) -> Iterator[Row]:
    """How many are found, and how many of them would have done: planted ones, and closing words of a dialogue."""
    from core import embedding
    from curation.near_misses import near_misses

    planted = list(_planted(40 if quick else 120))
    field = [
        *_field("traces-permissive", 200 if quick else 700),
        *_field("traces-sgd", 80 if quick else 300),
        *planted,
    ]
    questions = embedding.encode([question for question, _answer, _task in field], max_tokens=TOKENS)
    answers = embedding.encode([answer for _question, answer, _task in field], max_tokens=TOKENS)
    found = near_misses(questions, answers, [str(place) for place in range(len(field))])
    right = sum(
        bool(field[one.question][2]) and field[one.question][2] == field[one.answer][2] for one in found
    )
    closings = sum(bool(_CLOSING.search(field[one.question][0][-60:])) for one in found)
    yield Row("near misses found", len(found), f"of {len(field)} questions")
    yield Row(
        "right answers planted and taken for misses",
        right / len(planted),
        f"of {len(planted)}",
        "" if quick else "<= 0.02",
    )
    yield Row(
        "closing words taken for questions",
        closings / len(found),
        f"of {len(found)}",
        "" if quick else "<= 0.02",
    )


def _field(name: str, count: int) -> Iterator[tuple[str, str, str]]:
    """(last question, final answer, no task) of the first distinct questions with an answer in words."""
    seen: set[str] = set()
    for record in records(name):
        said, choices = asked(record), (record["response"] or {}).get("choices", ())
        answer = choices[0]["message"].get("content") if choices else None
        if (
            record["source"]["dataset"] == "gsm8k-model-solutions"
            or not said
            or not answer
            or said[-1] in seen
        ):
            continue
        seen.add(said[-1])
        yield said[-1], answer, ""
        if len(seen) == count:
            return


def _planted(count: int) -> Iterator[tuple[str, str, str]]:
    """Two answers people found right for each task, the second under its question in other words."""
    solved: dict[str, set[str]] = defaultdict(set)
    for record in records("traces-permissive"):
        feedback = record["feedback"] or {}
        if (
            record["source"]["dataset"] == "gsm8k-model-solutions"
            and feedback.get("rating") == "up"
            and record["response"]
        ):
            solved[asked(record)[-1]].add(record["response"]["choices"][0]["message"]["content"])
    rng = random.Random(SEED)
    twice = sorted(question for question, answers in solved.items() if len(answers) > 1)
    for question in rng.sample(twice, min(count, len(twice))):
        first, second = sorted(solved[question])[:2]
        other = question
        for edit in rng.choice(EDITS):
            other = KINDS[edit](other, rng)
        yield question, first, question
        yield other, second, question
