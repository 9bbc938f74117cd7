"""What the shipped tagger finds and leaves alone, that it fails closed, and that what stands for a person is nobody's name."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.privacy import RedactionFailed, SurrogateKey, default_rules, redact
from core.privacy.tagger import SHIPPED, UnknownModel, entities, find_entities, words
from core.privacy.tagger import model as models
from core.privacy.tagger.model import read_model
from core.privacy.tagger.tagging import Tagger
from core.privacy.tagger.tokens import MASK, tiles

KEY = SurrogateKey("test", b"k" * 32)
RULES = replace(default_rules(), tagger=SHIPPED, key_names={})

FOUND = [
    ("My name is Lena Hoffmann.", "Lena Hoffmann", "person"),
    ("Dear Mrs. Abernathy,\n\nthank you for your letter.", "Mrs. Abernathy", "person"),
    ('{"name": "Lena Hoffmann", "age": 31}', "Lena Hoffmann", "person"),
    ('{\\"customer\\": \\"Jonas Lindqvist\\"}', "Jonas Lindqvist", "person"),
    ("Patient: Kowalczyk, Agnieszka", "Kowalczyk, Agnieszka", "person"),
    ("That was Katherine's idea.", "Katherine", "person"),
    ("please call patricia desrosiers back", "patricia desrosiers", "person"),
    ("Kind regards,\nSofía Martínez", "Sofía Martínez", "person"),
    ("I live at 8 Adrian Road, Patrickland, HA04 5QJ.", "8 Adrian Road, Patrickland, HA04 5QJ", "address"),
    ("Ich wohne in der Putzstr. 53/91, 93179 Burg.", "Putzstr. 53/91, 93179 Burg", "address"),
    ("Envoyez-le au 97, rue Leconte, 46270 Moulin.", "97, rue Leconte, 46270 Moulin", "address"),
    ('{"shipping_address": "742 Evergreen Terrace, Springfield, IL 62704"}', "742 Evergreen Terrace, Springfield, IL 62704", "address"),
    ("Ship it to:\n12 Baker Street\nApt. 4\nLondon NW1 6XE", "12 Baker Street\nApt. 4\nLondon NW1 6XE", "address"),
]  # fmt: skip

LEFT_ALONE = [
    "Python and Django are used at Google, Netflix and Spotify.",
    "The New York Times and the Washington Post reported on Monday.",
    "class OrderService(BaseService):\n    def fetchAll(self, UserId: int) -> List[Order]:\n        return []",
    "from collections import OrderedDict, Counter\nimport numpy as np",
    '{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}',
    "SELECT Name, Total FROM Orders WHERE Total > 100 ORDER BY Created DESC;",
    "Step 3: Add 2 cups of flour and bake for 35 minutes at 180 degrees.",
    "What is the weather like in San Francisco today?",
    "There are 30 students in 5 classes, so 30 / 5 = 6 in each.",
    "ValueError: invalid literal for int() with base 10",
    "Flight LH 454 leaves Frankfurt at 10:30 from gate 25.",
    "# Getting Started\n\n## Installation Guide\n\nRun the Setup Wizard.",
    "chatcmpl-9cb0d0ce1cad35079631",
]


def _found(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], kind) for start, end, kind in find_entities(text, SHIPPED)]


@pytest.mark.parametrize(("text", "entity", "kind"), FOUND)
def test_a_name_or_address_is_found_whole(text: str, entity: str, kind: str) -> None:
    assert _found(text) == [(entity, kind)]


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_text_about_nobody_is_left_alone(text: str) -> None:
    assert _found(text) == []


LETTERS = str.maketrans("01", "ou")
BITS = [*"aZ9 .,-'\n\t\\n", "Anna ", " Hoffmann", "12 Main St", "é", "李", MASK * 3, "Ⅷ", "½", "٣"]


@given(st.lists(st.sampled_from(BITS), max_size=25).map("".join))
def test_spans_are_in_order_and_inside_the_text(text: str) -> None:
    assert "".join(tiles(text)).replace("0", "") == "".join(c for c in text if c not in "0123456789")
    last = 0
    for start, end, kind in find_entities(text, SHIPPED):
        assert last <= start < end <= len(text)
        assert kind in ("person", "address")
        assert MASK not in text[start:end]
        last = end


def test_a_model_that_is_not_shipped_is_refused() -> None:
    with pytest.raises(UnknownModel):
        find_entities("My name is Lena Hoffmann.", "names@999")


def test_redaction_fails_closed_without_its_model() -> None:
    with pytest.raises(RedactionFailed) as refused:
        redact("My name is Lena Hoffmann.", keys=KEY, rules=replace(RULES, tagger="names@999"))
    assert "Hoffmann" not in str(refused.value)


def test_a_file_that_is_not_the_one_shipped_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (models.MODELS / f"{SHIPPED}.bin").read_bytes()
    (tmp_path / f"{SHIPPED}.bin").write_bytes(data[:-1] + b"!")
    (tmp_path / "SHA256SUMS").write_text((models.MODELS / "SHA256SUMS").read_text())
    monkeypatch.setattr(models, "MODELS", tmp_path)
    with pytest.raises(UnknownModel):
        read_model(SHIPPED)


def test_the_model_file_is_small() -> None:
    assert (models.MODELS / f"{SHIPPED}.bin").stat().st_size < 5_000_000


def test_a_full_memory_of_words_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "CAPACITY", 4096 + 40)
    tagger = Tagger(read_model(SHIPPED))
    for text, *_ in FOUND * 2:
        scores = tagger.scores(tiles(text))
        assert scores is not None
        assert scores == Tagger(tagger.model).scores(tiles(text))


def test_memory_of_words_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "CAPACITY", 4096 + 40)
    tagger = Tagger(read_model(SHIPPED))
    for first in range(12):
        entities(
            " ".join(f"Lena Kra{chr(97 + first)}x{at:b}".translate(LETTERS) for at in range(1000)), tagger
        )
        assert len(tagger.words.rows) < words.CAPACITY
        assert len(tagger.words.kinds) <= words.KINDS_PER_VECTOR * words.CAPACITY


def test_a_long_text_is_read_as_its_sentences_are() -> None:
    sentence = "My name is Lena Hoffmann, and I live at 8 Adrian Road, Patrickland. "
    few, many = find_entities(sentence * 20, SHIPPED), find_entities(sentence * 200, SHIPPED)
    shifts = range(0, 180 * len(sentence), len(sentence))
    assert len(few) == 40
    assert many[20:380] == [(start + at, end + at, kind) for at in shifts for start, end, kind in few[20:22]]


@given(st.lists(st.sampled_from(BITS), max_size=25).map("".join).filter(str.isascii))
def test_ascii_is_cut_as_any_other_text(text: str) -> None:
    assert tiles(f"{text}\n")[:-1] == tiles(f"{text}\né")[:-2]


def test_redacting_twice_is_redacting_once() -> None:
    record = {
        "messages": [{"content": text} for text, *_ in FOUND],
        "arguments": json.dumps({"name": "Lena Hoffmann"}),
    }
    once = redact(record, keys=KEY, rules=RULES)
    assert once.counts["person"] == 9
    assert once.counts["address"] == 5
    again = redact(once.value, keys=KEY, rules=RULES)
    assert again.value == once.value
    assert again.marks == []


def test_the_same_person_has_one_surrogate_in_all_turns() -> None:
    turns = ["My name is Lena Hoffmann.", "Thank you, LENA HOFFMANN!", '{"name": "Lena  Hoffmann"}']
    marks = redact(turns, keys=KEY, rules=RULES)
    stand_ins = {marks.value[int(mark.path[1:])][mark.start : mark.end] for mark in marks.marks}
    assert len(stand_ins) == 1
