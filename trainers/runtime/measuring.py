"""The end SFT and DPO share: samples beside the reference, the model published with its parent's tokenizer."""

import shutil
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from trainers.runtime.parents import copy_tokenizer
from trainers.runtime.rows import Row
from trainers.runtime.scoring import answers
from trainers.runtime.tiny_llama import TinyLlama
from trainers.runtime.work import Work


def samples_beside(
    work: Work, trained: TinyLlama, reference: TinyLlama, tokenizer: Tokenizer, rows: list[Row]
) -> None:
    """The same questions put to the trained model and to π0."""
    asked = {"count": work.recipe["samples"], "new_tokens": work.recipe["new_tokens"]}
    said, beside = answers(trained, tokenizer, rows, **asked), answers(reference, tokenizer, rows, **asked)
    for place, ((question, text), (_, other)) in enumerate(zip(said, beside, strict=True)):
        work.sample(work.total, question, text, other, place=place)


def publish_model(work: Work, saved: Path, parent: Path, facts: dict[str, Any]) -> None:
    """Seal the saved folder as the run's artifacts."""
    copy_tokenizer(parent, saved)
    with work.artifacts(facts) as folder:
        shutil.move(str(saved), str(folder / "model"))
    shutil.rmtree(work.attempt.path / "saving", ignore_errors=True)
