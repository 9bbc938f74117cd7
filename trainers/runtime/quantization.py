"""Round-to-nearest weight quantisation with real packing: the file shrinks, and what is reloaded is what was measured.

Symmetric, one fp16 scale per output row (group 0) or per `group` consecutive weights of a row. Eight-bit values
take a byte, four-bit values half of one (low nibble first). Embeddings are kept at eight bits, norms in full.
Files: model.safetensors holds NAME.packed (uint8) and NAME.scale (fp16); quantization.json names bits and group.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from trainers.runtime.tiny_llama import WEIGHTS, TinyLlama, read_shape

DESCRIPTION = "quantization.json"


@dataclass(frozen=True)
class Scheme:
    """Bits per weight and weights per scale; group 0 is the whole row."""

    bits: int
    group: int

    @property
    def top(self) -> int:
        """Largest magnitude: symmetric, so zero stays zero."""
        return int(2 ** (self.bits - 1)) - 1


@dataclass(frozen=True)
class Packed:
    """A quantised matrix: bytes, scales and how to read them."""

    data: Tensor
    scale: Tensor
    scheme: Scheme
    shape: tuple[int, int]


def quantized(weight: Tensor, scheme: Scheme) -> Packed:
    """[rows, columns] rounded to the nearest step; raises ValueError where the group does not divide the columns."""
    if scheme.bits not in (4, 8):
        raise ValueError("only 4 and 8 bits are packed")
    rows, columns = weight.shape
    group = scheme.group or columns
    if columns % group or columns % 2:
        raise ValueError(f"{columns} columns cannot be cut into groups of {group}")
    grouped = weight.float().reshape(rows, columns // group, group)
    peak = grouped.abs().amax(dim=-1, keepdim=True)
    scale = (peak / scheme.top).clamp(min=torch.finfo(torch.float16).tiny).half()
    steps = (grouped / scale.float()).round().clamp(-scheme.top, scheme.top).to(torch.int16)
    shifted = (steps + scheme.top + 1).to(torch.uint8).reshape(rows, columns)
    data = shifted if scheme.bits == 8 else shifted[:, 0::2] | (shifted[:, 1::2] << 4)
    return Packed(data.contiguous(), scale.squeeze(-1).contiguous(), scheme, (rows, columns))


def dequantized(packed: Packed) -> Tensor:
    """The weights the quantised model computes with, as fp32 [rows, columns]."""
    rows, columns = packed.shape
    data = packed.data
    if packed.scheme.bits == 4:
        data = torch.stack([data & 0x0F, data >> 4], dim=-1).reshape(rows, columns)
    steps = data.to(torch.float32) - (packed.scheme.top + 1)
    group = packed.scheme.group or columns
    return (steps.reshape(rows, columns // group, group) * packed.scale.float().unsqueeze(-1)).reshape(
        rows, columns
    )


def scheme_for(name: str, scheme: Scheme) -> Scheme:
    """Embeddings stay at eight bits per row: they are the output layer too."""
    return Scheme(8, 0) if name.endswith("embed_tokens.weight") else scheme


def save_quantized(packed: dict[str, Packed], full: dict[str, Tensor], folder: Path, scheme: Scheme) -> None:
    """Packed matrices and the few tensors kept in full, plus how to read them."""
    tensors = {name: tensor.contiguous() for name, tensor in full.items()}
    for name, matrix in packed.items():
        tensors[f"{name}.packed"], tensors[f"{name}.scale"] = matrix.data, matrix.scale
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt", "quantization": "winnow-rtn"})
    described = {"method": "rtn-symmetric", "bits": scheme.bits, "group": scheme.group, "embedding_bits": 8}
    (folder / DESCRIPTION).write_text(json.dumps(described, indent=1, sort_keys=True) + "\n")


def is_quantized(folder: Path) -> bool:
    """Whether the model folder was written by `save_quantized`."""
    return (folder / DESCRIPTION).is_file()


def load_quantized(folder: Path) -> TinyLlama:
    """The model with the very weights the packed file stands for."""
    described = json.loads((folder / DESCRIPTION).read_text())
    scheme = Scheme(described["bits"], described["group"])
    model = TinyLlama(read_shape(folder))
    tensors = load_file(folder / WEIGHTS)
    weights = {}
    for name, target in model.state_dict().items():
        if f"{name}.packed" not in tensors:
            weights[name] = tensors[name]
            continue
        rows, columns = target.shape
        parts = (tensors[f"{name}.packed"], tensors[f"{name}.scale"])
        weights[name] = dequantized(Packed(*parts, scheme_for(name, scheme), (rows, columns)))
    model.load_state_dict(weights)
    return model
