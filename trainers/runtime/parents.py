"""The models a run starts from, re-hashed before they are read."""

import shutil
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from trainers.manifests import Unverified, verify
from trainers.runtime.quantization import is_quantized, load_quantized
from trainers.runtime.tiny_llama import TinyLlama, load_model
from trainers.runtime.tokenizer import FILES, load_tokenizer
from trainers.runtime.work import CannotTrain, Work


def verified_parent(work: Work) -> Path:
    """The model the run starts from."""
    return _verified(work, "parent")


def reference_folder(work: Work) -> Path:
    """The reference model π0; the parent itself where no other is named."""
    return _verified(work, "reference") if (work.run.data / "reference").is_dir() else verified_parent(work)


def _verified(work: Work, name: str) -> Path:
    folder = work.run.data / name
    try:
        manifest = verify(folder)
    except Unverified as error:
        raise CannotTrain(
            "parent_changed", f"The {name} model is not the one that was registered: {error}"
        ) from error
    expected = {entry["path"]: entry["sha256"] for entry in work.spec[name]["files"]}
    if {entry["path"]: entry["sha256"] for entry in manifest["files"]} != expected:
        raise CannotTrain(
            "parent_changed", f"The {name} model in the run folder is not the one the run names."
        )
    return folder


def load_any(folder: Path) -> TinyLlama:
    """A model folder in full or quantised precision."""
    return load_quantized(folder) if is_quantized(folder) else load_model(folder)


def tokenizer_of(folder: Path) -> Tokenizer:
    """The tokenizer that came with the model."""
    return load_tokenizer(folder)


def copy_tokenizer(source: Path, target: Path) -> None:
    """A model keeps its parent's tokenizer and chat template, byte for byte."""
    for name in (*FILES, "generation_config.json"):
        shutil.copyfile(source / name, target / name)


def facts_of_parent(work: Work) -> dict[str, Any]:
    """What the parent's manifest said about its own training."""
    facts: dict[str, Any] = work.spec["parent"].get("facts", {})
    return facts
