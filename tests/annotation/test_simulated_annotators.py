"""Simulated annotators read the text, differ from each other, and repeat themselves under a seed."""

from collections import Counter

from annotation.choices import Choice
from annotation.features import measure, without_stray_end
from annotation.simulated import TEMPERAMENTS, judge, verdict_on_repair

EVIDENCE = ["A tuple is an immutable sequence, typically used to store collections of heterogeneous data."]
PROMPT = "What is an immutable sequence used for?"
GOOD = "A tuple is an immutable sequence, typically used for heterogeneous data. Source: library/stdtypes [1]"
BAD = "Maybe it is perhaps about performance on databases, I think, possibly involving networking frameworks."
BY_NAME = {t.name: t for t in TEMPERAMENTS}


def features(text: str):  # type: ignore[no-untyped-def]
    return measure(text, prompt=PROMPT, evidence=EVIDENCE)


def test_a_grounded_answer_measures_as_grounded() -> None:
    assert features(GOOD).grounded > 0.6 > 0.2 > features(BAD).grounded
    assert features(GOOD).cites > 0 == features(BAD).cites
    assert measure(GOOD, prompt=PROMPT, evidence=[]).grounded == 0.5


def test_most_annotators_prefer_the_grounded_answer_whatever_its_place() -> None:
    for first, second, winner in ((GOOD, BAD, Choice.A), (BAD, GOOD, Choice.B)):
        choices = Counter(
            judge(t, features(first), features(second), swapped=s, words=60, key=str(k), seed=1).answer.choice
            for t in TEMPERAMENTS
            for s in (False, True)
            for k in range(5)
        )
        assert choices[winner] > 0.8 * choices.total()


def test_the_same_seed_gives_the_same_answer_and_another_one_differs_somewhere() -> None:
    def run(seed: int) -> list[object]:
        t = BY_NAME["newcomer"]
        return [
            judge(t, features(GOOD), features(GOOD[:60]), swapped=False, words=60, key=str(k), seed=seed)
            for k in range(20)
        ]

    assert run(3) == run(3)
    assert run(3) != run(4)


def test_the_hurried_one_leans_left() -> None:
    t = BY_NAME["hurried"]
    left = Counter(
        judge(
            t, features(GOOD), features(GOOD), swapped=k % 2 == 1, words=60, key=str(k), seed=2
        ).answer.choice
        == (Choice.B if k % 2 else Choice.A)
        for k in range(800)
    )
    assert left[True] / left.total() > 0.45


def test_two_refusals_are_both_bad() -> None:
    no = features("I don't know.")
    verdict = judge(BY_NAME["careful"], no, no, swapped=False, words=4, key="k", seed=1)
    assert verdict.answer.choice == Choice.BOTH_BAD


def test_a_simulated_preference_says_that_it_is_simulated() -> None:
    verdict = judge(
        BY_NAME["careful"], features(GOOD), features(BAD), swapped=False, words=60, key="k", seed=1
    )
    assert verdict.tags == ("ungrounded",)
    assert verdict.rationale.startswith("simulated:")
    assert verdict.active_ms > 1_000


def test_an_empty_answer_is_dropped_and_only_what_can_be_edited_is_fixed() -> None:
    careful = BY_NAME["careful"]
    said = [
        verdict_on_repair(careful, features(text), fixable=fixable, key="k", seed=1)
        for text, fixable in (("", True), (GOOD, False), (GOOD, True))
    ]
    assert said == ["drop", "accept", "fix"]


def test_a_stray_end_is_cut_and_code_is_never_torn() -> None:
    stray = "A tuple is an immutable sequence.\n\nIt cannot change.\n\nRelated: sockets, threads."
    assert without_stray_end(stray, prompt=PROMPT) == "A tuple is an immutable sequence.\n\nIt cannot change."
    assert without_stray_end(GOOD, prompt=PROMPT) == GOOD
    code = "An immutable sequence:\n\n```\nx = 1\n\ny = 2\n```"
    assert without_stray_end(code, prompt=PROMPT) == code
