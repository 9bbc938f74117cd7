"""A classifier that learns from labels, abstains where it is unsure, and is judged on what it has not seen."""

from __future__ import annotations

import numpy as np
import pytest

from curation.classifier import HASHED, Classifier, Lessons, by_name, learn
from curation.confidence import AIM, calibration_error, judge, threshold_for

SIZE = 16


def lessons(*, noise: float = 0.15, each: int = 20, seed: int = 1, shuffled: bool = False) -> Lessons:
    """Three clouds of texts with words of their own; `shuffled` labels say nothing."""
    random = np.random.default_rng(seed)
    labels = [name for name in ("maths", "travel", "code") for _ in range(each)]
    centres = {name: np.eye(SIZE)[place] for place, name in enumerate(("maths", "travel", "code"))}
    vectors = np.array([centres[name] + random.normal(0, noise, SIZE) for name in labels], dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [f"{name} question number {place}" for place, name in enumerate(labels)]
    if shuffled:
        texts = ["question"] * len(labels)
        random.shuffle(labels)
    return Lessons(
        vectors, texts, labels, np.ones(len(labels), dtype=np.float32), np.ones(len(labels), dtype=bool)
    )


def test_it_learns_what_is_there_to_learn_and_says_how_well_on_what_was_held_out() -> None:
    given = lessons()
    classifier, report = learn(given)
    assert report.labelled == 60
    assert report.accuracy >= 0.95
    assert report.coverage >= 0.9
    told = classifier.label(given.vectors, given.texts, "other")
    assert sum(name == label for (name, _), label in zip(told, given.labels, strict=True)) >= 57


def test_labels_that_say_nothing_give_a_report_that_says_so() -> None:
    _, report = learn(lessons(shuffled=True, noise=0.8))
    assert report.accuracy < 0.6


def test_the_same_lessons_give_the_same_classifier() -> None:
    one, other = learn(lessons())[0], learn(lessons())[0]
    assert np.array_equal(one.weights, other.weights)
    assert one.threshold == other.threshold


def test_below_the_threshold_it_says_other() -> None:
    given = lessons()
    classifier, _ = learn(given)
    careful = Classifier(classifier.names, classifier.weights, classifier.idf, 1.1)
    assert {name for name, _ in careful.label(given.vectors, given.texts, "other")} == {"other"}


def test_it_survives_being_stored() -> None:
    given = lessons()
    classifier, _ = learn(given)
    stored = Classifier.from_data(classifier.as_data())
    assert [name for name, _ in stored.label(given.vectors, given.texts, "other")] == [
        name for name, _ in classifier.label(given.vectors, given.texts, "other")
    ]


def test_what_was_learned_with_words_at_half_the_weight_decides_as_it_did() -> None:
    classifier, _ = learn(lessons())
    earlier = {**classifier.as_data()}
    del earlier["words_weight"]
    words = slice(-1 - HASHED, -1)
    assert np.allclose(
        Classifier.from_data(earlier).weights[:, words] * 2,
        classifier.weights[:, words],
        rtol=1e-2,
        atol=1e-2,
    )


def test_classes_that_were_merged_add_up() -> None:
    chances = np.array([[0.3, 0.3, 0.4]], dtype=np.float32)
    names, added = by_name(["a", "a", "b"], chances)
    assert names == ["a", "b"]
    assert np.allclose(added, [[0.6, 0.4]])
    merged = learn(lessons())[0].renamed({"travel": "maths"})
    told = merged.label(lessons().vectors, lessons().texts, "other")
    assert {name for name, _ in told} <= {"maths", "code", "other"}


def test_the_threshold_is_the_lowest_that_is_right_often_enough() -> None:
    sure = np.array([0.2, 0.4, 0.6, 0.8], dtype=np.float32)
    right = np.array([False, False, True, True])
    assert threshold_for(sure, right) == 0.45
    assert threshold_for(sure, ~right) == pytest.approx(0.5)


def test_each_fold_is_judged_by_the_threshold_of_the_others() -> None:
    """One fold is always sure and always wrong: the others cannot know, so the report must show it."""
    chances = np.array([[0.9, 0.1]] * 10, dtype=np.float32)
    wanted = np.array([0] * 8 + [1] * 2)
    folds = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    _, report = judge(chances, wanted, folds)
    assert report.accuracy == pytest.approx(0.8)
    assert report.accuracy_where_sure is not None
    assert report.accuracy_where_sure < AIM


def test_one_class_is_nothing_to_tell_apart() -> None:
    given = lessons()
    with pytest.raises(ValueError, match="two classes"):
        learn(Lessons(given.vectors, given.texts, ["a"] * 60, given.weights, given.by_people))


def test_it_is_as_sure_as_it_is_right_on_what_it_has_not_seen() -> None:
    classifier, report = learn(lessons(each=30, noise=0.35))
    fresh = lessons(each=100, noise=0.35, seed=2)
    told = classifier.label(fresh.vectors, fresh.texts, "other")
    sure = np.array([chance for _, chance in told], dtype=np.float32)
    right = np.array([name == label for (name, _), label in zip(told, fresh.labels, strict=True)])
    assert report.calibration_error < 0.1
    assert calibration_error(sure, right) < 0.1


def test_calibration_error_is_the_distance_between_confidence_and_truth() -> None:
    sure = np.array([0.8] * 10, dtype=np.float32)
    assert calibration_error(sure, np.array([True] * 8 + [False] * 2)) == pytest.approx(0.32, abs=0.01)
    assert calibration_error(np.ones(20, dtype=np.float32), np.ones(20, dtype=bool)) == 0
