"""A trained tagger as one file: zstd over a JSON header and raw arrays, named by its hash, refused when it is another one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import zstandard

Floats = npt.NDArray[np.float32]
MODELS = Path(__file__).resolve().parent / "models"
_MAGIC = b"winnow-tagger-1\n"
_LIMIT = 64 << 20


class UnknownModel(Exception):
    """The model named is not shipped, or the file is not the one that was named: nothing may be read with it."""


@dataclass(frozen=True)
class Model:
    """Weights and word lists: `table` (FEATURE_ROWS, width) int8 times `scale`, then two dense layers over a window of tiles."""

    meta: dict[str, Any]
    lexicon: dict[str, int]
    table: npt.NDArray[np.int8]
    scale: Floats
    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: Floats

    def to_bytes(self) -> bytes:
        """Equal models give equal bytes."""
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        header = {
            "meta": self.meta,
            "lexicon": _grouped(self.lexicon),
            "arrays": {name: [str(array.dtype), list(array.shape)] for name, array in arrays.items()},
        }
        head = json.dumps(header, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
        body = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays.values())
        packed = zstandard.ZstdCompressor(level=19).compress(len(head).to_bytes(4, "big") + head + body)
        return _MAGIC + packed

    @classmethod
    def from_bytes(cls, data: bytes) -> Model:
        """Raises UnknownModel on anything that is not a model file."""
        if not data.startswith(_MAGIC):
            raise UnknownModel("not a tagger model")
        plain = zstandard.ZstdDecompressor().decompress(data[len(_MAGIC) :], max_output_size=_LIMIT)
        at = 4 + int.from_bytes(plain[:4], "big")
        header = json.loads(plain[4:at])
        arrays = {}
        for name in _ARRAYS:
            dtype, dims = header["arrays"][name]
            count = int(np.prod(dims))
            arrays[name] = np.frombuffer(plain, dtype, count, at).reshape(dims)
            at += arrays[name].nbytes
        return cls(header["meta"], _flat(header["lexicon"]), **arrays)


_ARRAYS = ("table", "scale", "hidden", "hidden_bias", "out", "out_bias")


def _grouped(lexicon: Mapping[str, int]) -> dict[str, str]:
    groups: dict[int, list[str]] = {}
    for word in sorted(lexicon):
        groups.setdefault(lexicon[word], []).append(word)
    return {str(mask): " ".join(words) for mask, words in groups.items()}


def _flat(groups: Mapping[str, str]) -> dict[str, int]:
    return {word: int(mask) for mask, words in groups.items() for word in words.split(" ")}


def read_model(name: str) -> Model:
    """The shipped model of that name; raises UnknownModel where the name, or the file's hash, is not in SHA256SUMS."""
    lines = [line.split() for line in (MODELS / "SHA256SUMS").read_text().splitlines()]
    known = {file: digest for digest, file in lines}
    file_name = f"{name}.bin"
    if file_name not in known:
        raise UnknownModel(f"there is no tagger {name!r}")
    data = (MODELS / file_name).read_bytes()
    if hashlib.sha256(data).hexdigest() != known[file_name]:
        raise UnknownModel(f"the file of tagger {name!r} is not the one that was shipped")
    return Model.from_bytes(data)
