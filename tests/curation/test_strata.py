"""Kinds, difficulty, language and domains: each from documented evidence, and silent where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core import embedding
from curation.conversation import Conversation, message, new_conversation
from curation.difficulty import Difficulty, difficulty_of, features, score
from curation.kinds import Kind, kind_of
from curation.languages import language_of
from curation.strata import OTHER, Taxonomy, centroids, domain_count, name_centroids, telling_words


def talk(*said: str, **changes: Any) -> Conversation:
    roles = ["user", "assistant"]
    made = new_conversation(message(roles[place % 2], text) for place, text in enumerate(said))  # type: ignore[arg-type]
    made.update(changes)  # type: ignore[typeddict-item]
    return made


def with_calls(*arguments: Any, errors: int = 0) -> Conversation:
    made = talk("Compute it.")
    for place, given in enumerate(arguments):
        made["messages"].append(
            {
                "role": "assistant",
                "parts": [{"type": "tool_call", "id": str(place), "name": "calc", "arguments": given}],
            }
        )
        result = {"type": "tool_result", "id": str(place), "result": 1, "is_error": place < errors}
        made["messages"].append({"role": "tool", "parts": [result]})  # type: ignore[list-item]
    made["messages"].append(message("assistant", "It is 1."))
    return made


@pytest.mark.parametrize(
    ("conversation", "kind"),
    [
        (talk("Q", "I'm sorry, but I can't help with that."), Kind.REFUSAL),
        (talk("Book it", "Which date do you mean? Could you tell me the city?"), Kind.CLARIFICATION),
        (with_calls({"a": 1}), Kind.TOOL_USE),
        (talk("Q", "A.", retrieval=[{"document_id": "d", "text": "t", "score": 1.0}]), Kind.RAG),
        (talk("Q", "Like this:\n```python\nprint(1)\n```"), Kind.CODE),
        (talk("Q", "#!/bin/sh\nls -l $1\n"), Kind.CODE),
        (talk("Q", "const app = express();\napp.use(express.json());"), Kind.CODE),
        (talk("Q", "SELECT name, age\nFROM users\nWHERE age > 3;"), Kind.CODE),
        (talk("Q", "for (int i = 0; i < 9; i++) {\n    print(i);\n}"), Kind.CODE),
        (
            talk("Q", "The class of 1999 met to import old habits; if asked, they select from the menu."),
            Kind.SINGLE,
        ),
        (talk("Q", "A.", "And then?", "B."), Kind.MULTI_TURN),
        (talk("Q", "A."), Kind.SINGLE),
        (talk("Q"), Kind.SINGLE),
    ],
)
def test_the_kind_follows_from_shape_first_and_words_last(conversation: Conversation, kind: Kind) -> None:
    assert kind_of(conversation) is kind


def test_difficulty_grows_with_turns_tools_retries_failures_and_length() -> None:
    easy = features(talk("Q", "A."))
    cases = [
        talk("Q", "A.", "R", "B."),
        with_calls({"a": 1}),
        with_calls({"a": 1}, {"a": 1}),
        with_calls({"a": 1}, errors=1),
        talk("word " * 200, "A."),
        talk("Q", "A.", status="error"),
    ]
    assert all(score(features(case)) > score(easy) for case in cases)
    assert difficulty_of(easy) is Difficulty.EASY
    assert features(with_calls({"a": 1}, {"a": 1})).retries == 1
    assert features(talk("Same?", "A.", "same? ", "B.")).retries == 1
    assert difficulty_of(features(with_calls({"a": 1}, {"a": 1}, {"a": 2}, errors=2))) is Difficulty.HARD


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("What is the capital of this country and how do I get there?", "en"),
        ("Wie funktioniert die Anweisung und was ist der Unterschied?", "de"),
        ("Comment est-ce que je peux ouvrir un fichier avec ce programme ?", "fr"),
        ("¿Cómo puedo abrir un archivo en el programa y qué es lo que hace?", "es"),
        ("今天天气怎么样", "zh"),
        ("Как открыть файл", "ru"),
        ("ファイルを開くにはどうすればいいですか", "ja"),
        ("x = a[e] + o", "und"),
        ("12345 !!", "und"),
        ("```import os, no = se.de(um); as os: em\nx = os.no(e) for e in os.em```", "und"),
        ("What does this do and how is it to be used? ```os.no(se); de = um```", "en"),
        ("", "und"),
    ],
)
def test_the_language_is_guessed_or_left_open(text: str, code: str) -> None:
    assert language_of(text)[0] == code


def clouds(seed: int = 3) -> np.ndarray:
    random = np.random.default_rng(seed)
    centres = np.eye(3, 16, dtype=np.float32)
    points = np.repeat(centres, 40, axis=0) + random.normal(0, 0.05, (120, 16)).astype(np.float32)
    unit: np.ndarray = points / np.linalg.norm(points, axis=1, keepdims=True)
    return unit


def test_domains_are_found_and_the_same_data_gives_the_same_ones() -> None:
    vectors = clouds()
    centres, nearest = centroids(vectors, 3)
    again, _ = centroids(vectors, 3)
    assert np.array_equal(centres, again)
    assert sorted(np.bincount(nearest)) == [40, 40, 40]
    assert len({*nearest[:40]}) == len({*nearest[40:80]}) == 1


def test_what_is_near_nothing_or_between_two_domains_is_other() -> None:
    taxonomy = Taxonomy(("a", "b"), np.eye(2, 4, dtype=np.float32), "model")
    between = np.array([[0.7071, 0.7071, 0, 0]], dtype=np.float32)
    nowhere = np.array([[0, 0, 1, 0]], dtype=np.float32)
    assert [
        name for name, _ in taxonomy.assign(np.vstack([np.eye(2, 4, dtype=np.float32), between, nowhere]))
    ] == [
        "a",
        "b",
        OTHER,
        OTHER,
    ]


def test_a_taxonomy_survives_being_stored() -> None:
    taxonomy = Taxonomy(("a", "b"), np.eye(2, 4, dtype=np.float32), "model")
    stored = Taxonomy.from_data(taxonomy.as_data())
    assert (stored.names, stored.model) == (taxonomy.names, taxonomy.model)
    assert np.allclose(stored.vectors, taxonomy.vectors)


def test_centroids_are_named_by_a_near_phrase_or_by_their_own_words() -> None:
    texts = [
        "open the file and its path",
        "path of the file",
        "send mail over ssl",
        "ssl certificate for mail",
    ]
    words = telling_words(texts, np.array([0, 0, 1, 1]), 2)
    assert set(words[0]) == {"file", "path"}
    centres = np.eye(2, 4, dtype=np.float32)
    phrases = {"files": ["f"], "far": ["x"]}
    vectors = {"files": centres[:1], "far": np.eye(4, dtype=np.float32)[3:]}
    members = [np.repeat(centres[:1], 2, axis=0), np.repeat(centres[1:], 2, axis=0)]
    assert name_centroids(centres, words, phrases, vectors, members) == ["files", ", ".join(words[1])]
    mixed = [np.stack([centres[0], vectors["far"][0], vectors["far"][0]]), members[1]]
    named = name_centroids(centres, words, phrases, vectors, mixed)
    assert named[0] == ", ".join(words[0]), "near to the mean, and to few of the texts"


def test_the_number_of_domains_grows_slowly() -> None:
    assert [domain_count(size) for size in (10, 100, 1000, 100_000)] == [2, 3, 9, 14]


@pytest.mark.skipif(not embedding.available(), reason="the embed extra is not installed")
def test_near_questions_have_near_vectors() -> None:
    vectors = embedding.encode(
        ["How do I open a file?", "How can I read from a file?", "Who won the match last night?"],
        max_tokens=32,
    )
    assert vectors.shape == (3, embedding.DIMENSIONS)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
