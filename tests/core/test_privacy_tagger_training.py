"""The corpus is ours, labelled right and split by template; the same seed makes the same file."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest

pytest.importorskip("faker", reason="training needs the `tagger` extra")

from core.privacy.tagger import SHIPPED
from core.privacy.tagger.model import Model, read_model
from core.privacy.tagger.tagging import REACH, Tagger
from core.privacy.tagger.training.corpus import SPLITS, Size, corpus, split_of
from core.privacy.tagger.training.filling import Source, fill, templates
from core.privacy.tagger.training.learn import Settings
from core.privacy.tagger.training.train import Plan, train

pytestmark = pytest.mark.long

WORDS = ["the", "house", "garden", "music", "river", "paper", "winter", "table", "engine", "letter"]
TINY = Plan(
    "tiny@1",
    size=Size(rounds=1, code=8, mixed=8),
    held_out=Size(rounds=1, code=2, mixed=2),
    settings=Settings(seed=7, width=6, hidden=8, epochs=1),
    library_files=6,
)


@pytest.fixture(scope="module")
def first() -> bytes:
    return train(TINY, WORDS, lambda line: None).to_bytes()


def test_the_same_seed_makes_the_same_bytes(first: bytes) -> None:
    assert first == train(TINY, WORDS, lambda line: None).to_bytes()
    assert Model.from_bytes(first).to_bytes() == first


def test_the_corpus_is_the_same_in_every_process() -> None:
    program = (
        "from core.privacy.tagger.training.corpus import Size, corpus\n"
        "from core.privacy.tagger.training.filling import Source\n"
        f"texts = corpus('train', Size(2, 0, 0), [], Source(1, {WORDS!r}))\n"
        "print(sum(zlib.crc32(text.text.encode('utf-8')) for text in texts))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", f"import zlib\n{program}"], env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(said) == 1


def test_another_seed_makes_another_model(first: bytes) -> None:
    other = replace(TINY, settings=replace(TINY.settings, seed=8))
    assert first != train(other, WORDS, lambda line: None).to_bytes()


def test_every_template_can_be_filled_and_is_labelled_where_its_people_stand() -> None:
    source = Source(3, WORDS)
    for group, lines in templates().items():
        for line in lines:
            made = fill(line, source, nobody=group == "nobody")
            assert not re.search(r"\[\[\w+\]\]", made.text)
            slots = re.findall(
                r"\[\[(?:any|full|first|last|reversed|initials|titled|address|street|road)\d?\]\]", line
            )
            assert len(made.truth) == (0 if group == "nobody" else len(slots))
            assert all(made.text[start:end].strip() for start, end, _ in made.truth)


def test_no_template_is_on_two_sides_of_the_split() -> None:
    lines = [line for group in templates().values() for line in group]
    sides = {side: {line for line in lines if split_of(line) == side} for side in SPLITS}
    assert sum(map(len, sides.values())) == len(set(lines)) > 500
    assert len(sides["train"]) > 6 * len(sides["test"]) > 0
    assert len(sides["dev"]) > 20


def test_quoted_and_recased_texts_keep_their_truth() -> None:
    for text in corpus("test", Size(rounds=3, code=0, mixed=0), [], Source(5, WORDS)):
        for start, end, _ in text.truth:
            assert 0 <= start < end <= len(text.text)
            assert text.text[start] not in " \n>"


def test_the_shipped_model_held_its_numbers_on_templates_it_never_saw() -> None:
    meta = read_model(SHIPPED).meta
    for split in ("dev", "test"):
        assert meta[split]["person"]["recall"] >= 0.85
        assert meta[split]["person"]["precision"] >= 0.8
        assert meta[split]["address"]["recall"] >= 0.8
    assert Tagger(read_model(SHIPPED)).model.hidden.shape[0] == (2 * REACH + 1) * meta["settings"]["width"]
