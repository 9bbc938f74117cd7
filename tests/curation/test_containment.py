"""Quarantined items are found whole, edited, embedded and in other scripts, with the span as evidence; ordinary text is clean."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from curation.containment import ANSWER, ContainmentIndex, Item
from curation.conversation import message, new_conversation
from curation.excerpts import Segment, segments
from curation.screening import screen
from curation.side_by_side import excerpts

QUESTION = (
    "Janet's ducks lay 16 eggs per day. She eats three for breakfast every morning and bakes muffins for her friends every"
    " day with four. How much does she make at the market when each egg sells for two dollars?"
)
INDEX = ContainmentIndex.build(
    [Item(7, QUESTION), Item(8, "Say hello"), Item(9, "请用中文写一首关于春天的短诗并且押韵")]
)


@pytest.mark.parametrize(
    "text",
    [
        QUESTION,
        QUESTION.upper().replace(".", " ,"),
        QUESTION.replace("16", "21").replace("three", "five"),
        QUESTION.replace("Janet", "Olga"),
        QUESTION[: len(QUESTION) * 6 // 10],
        "Some long introduction about poultry keeping. " * 8
        + QUESTION
        + " And a long epilogue about markets." * 8,
    ],
    ids=["verbatim", "case and punctuation", "numbers", "names", "first part", "embedded"],
)
def test_a_changed_copy_is_found(text: str) -> None:
    hit = INDEX.find(text)
    assert hit is not None
    assert hit.item_id == 7


def test_a_short_item_is_found_only_as_a_whole_turn() -> None:
    assert screen([Segment(0, 0, "say HELLO!")], INDEX).item_id == 8
    assert screen([Segment(0, 0, "please say hello to my neighbour on the way home")], INDEX).clean


def test_a_script_without_spaces_is_found() -> None:
    assert INDEX.find("麻烦你，请用中文写一首关于春天的短诗并且押韵，谢谢") is not None


def test_ordinary_text_is_clean() -> None:
    assert INDEX.find("How much does a market stall cost, and how many eggs does a duck lay per day?") is None
    assert INDEX.find("") is None
    assert ContainmentIndex.build([]).find(QUESTION) is None


@pytest.mark.parametrize("kind", ["tool_result", "data"])
def test_an_item_at_the_end_of_a_long_result_is_found_and_shown(kind: str) -> None:
    asked, said = message("user", "Look it up."), message("assistant", "Done.")
    result: Any = {
        "role": "tool",
        "parts": [{"type": kind, "id": "1", "result": f"{'A row of figures. ' * 400}{QUESTION}"}],
    }
    conversation = new_conversation([asked, result, said])
    verdict = screen(segments(conversation), INDEX)
    assert verdict.item_id == 7
    (shown,) = excerpts(conversation, verdict.evidence, QUESTION)
    assert "Janet" in "".join(piece.text for piece in shown.pieces)


def test_evidence_points_at_the_copied_span_in_its_message() -> None:
    intro = "Tell me, dear assistant, what you think of this riddle: "
    verdict = screen([Segment(0, 0, "You answer riddles."), Segment(1, 0, intro + QUESTION)], INDEX)
    found = verdict.evidence
    assert (found["message"], found["part"]) == (1, 0)
    assert (intro + QUESTION)[found["start"] : found["end"]] == QUESTION.rstrip("?")
    assert found["longest"] == {"message": 1, "part": 0, "start": found["start"], "end": found["end"]}


def test_evidence_names_every_message_that_an_item_is_spread_over() -> None:
    half = len(QUESTION) // 2
    parts = [Segment(0, 0, QUESTION[:half]), Segment(1, 0, "and then"), Segment(2, 1, QUESTION[half:])]
    found = screen(parts, INDEX).evidence
    assert [(span["message"], span["part"]) for span in found["spans"]] == [(0, 0), (1, 0), (2, 1)]


def test_every_item_that_stands_in_a_text_is_named() -> None:
    other = "A robe takes two bolts of blue fiber and half that much white fiber; how many bolts does it take in all?"
    index = ContainmentIndex.build([Item(1, QUESTION), Item(2, other)])
    verdict = screen([Segment(0, 0, f"First: {other}"), Segment(1, 0, f"Second: {QUESTION}")], index)
    assert {found.item_id for found in verdict.findings} == {1, 2}


def test_the_verdict_on_a_set_is_the_union_of_the_verdicts_on_what_was_added_when() -> None:
    first = [Item(at, f"How many {word} does Tom have left after he gives {at} {word} to each of his friends?", cohort=1)
             for at, word in enumerate(["apples", "marbles", "stamps", "kites", "books"])]  # fmt: skip
    later = [Item(100 + item.id, item.text.replace("Tom", "Ann"), cohort=2) for item in first]
    text = (
        "How many marbles does Ann have left after he gives 7 marbles to all of his friends, how many stamps?"
    )
    whole = ContainmentIndex.build([*first, *later])
    before = ContainmentIndex.build(first)
    delta = ContainmentIndex.build(
        [*(Item(one.id, one.text, cohort=1, is_known=True) for one in first), *later]
    )

    def named(index: ContainmentIndex) -> dict[int, float]:
        return {one.item_id: one.score for one in screen([Segment(0, 0, text)], index).findings}

    assert named(whole) == named(before) | named(delta)
    assert named(before)
    assert named(delta)


def test_a_copy_with_other_numbers_is_no_exact_hit() -> None:
    changed = QUESTION.replace("16", "21")
    assert screen([Segment(0, 0, QUESTION.upper())], INDEX).findings[0].method == "exact"
    assert screen([Segment(0, 0, changed)], INDEX).findings[0].method != "exact"


def test_the_reference_answer_of_a_task_is_found_and_a_bare_number_is_not() -> None:
    answer = "Janet sells 16 - 3 - 4 = 9 duck eggs a day, so she makes 9 * 2 = $18 every day at the farmers' market."
    index = ContainmentIndex.build([Item(1, QUESTION), Item(1, answer, ANSWER), Item(2, "18", ANSWER)])
    found = screen([Segment(0, 0, "Go on."), Segment(1, 0, f"Well: {answer}")], index)
    assert (found.item_id, found.evidence["of"]) == (1, ANSWER)
    assert screen([Segment(0, 0, "18")], index).clean


def test_a_template_that_a_crowd_of_items_shares_is_still_found() -> None:
    names = [
        f"{first}{second}"
        for first in "BDFGHKLMNPRSTVWZ"
        for second in ("ara", "olo", "imi", "une", "eka", "ody")
    ]
    items = [QUESTION.replace("Janet", name) for name in names]
    index = ContainmentIndex.build(Item(at, text) for at, text in enumerate(items))
    assert index.find(items[40].replace("16", "25")) is not None
    assert index.find("How much does a market stall cost, and how many eggs does a duck lay per day?") is None


def test_many_common_grams_scattered_over_a_long_text_are_no_hit() -> None:
    pieces = [QUESTION[start : start + 22] for start in range(0, len(QUESTION) - 22, 40)]
    text = (" lorem ipsum dolor sit amet consetetur sadipscing elitr sed diam nonumy " * 12).join(pieces)
    assert INDEX.find(text) is None


def test_the_common_phrasing_of_a_short_item_is_no_hit() -> None:
    item = "What is the difference between a class attribute and an instance attribute?"
    index = ContainmentIndex.build([Item(1, item)])
    assert index.find("What is the difference between a Lock and an RLock?") is None
    assert index.find("Hi! " + item + " Thanks!") is not None
    assert index.find(item.replace("class", "static")) is not None


def test_planted_leaks_are_found_and_clean_questions_are_not(shared_data: Path) -> None:
    folder = shared_data / "quarantine"
    questions = [json.loads(line)["question"] for line in (folder / "gsm8k_test.jsonl").open()]
    prompts = [json.loads(line)["prompt"] for line in (folder / "ifeval_input_data.jsonl").open()]
    index = ContainmentIndex.build(Item(number, text) for number, text in enumerate(questions + prompts))
    found, seen = Counter[str | None](), Counter[str | None]()
    for line in (folder / "planted_leaks_dev.jsonl").open():
        row = json.loads(line)
        seen[row["leak"]] += 1
        found[row["leak"]] += index.find(row["text"]) is not None
    print({kind: f"{found[kind]}/{seen[kind]}" for kind in seen})
    assert found[None] <= 0.002 * seen[None]
    assert all(found[kind] >= 0.95 * seen[kind] for kind in seen if kind is not None)
    assert sum(found[kind] for kind in seen if kind) >= 0.99 * sum(seen[kind] for kind in seen if kind)
