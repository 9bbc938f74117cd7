"""The Llama architecture in plain torch, weight for weight the one in transformers (a test compares the two).

Importing transformers costs seven seconds and 150 MB; the base pass, quantisation, sampling and perplexity need
only this. Files are the standard ones (config.json, model.safetensors), so any Hugging Face loader reads them.
"""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

CONFIG, WEIGHTS = "config.json", "model.safetensors"


@dataclass(frozen=True)
class LlamaShape:
    """Sizes of the model; names as in config.json."""

    vocab_size: int
    hidden_size: int = 128
    intermediate_size: int = 352
    num_hidden_layers: int = 4
    num_attention_heads: int = 4
    max_position_embeddings: int = 1024
    rope_theta: float = 10_000.0
    rms_norm_eps: float = 1e-5

    @property
    def head_size(self) -> int:
        """Width of one attention head."""
        return self.hidden_size // self.num_attention_heads


class RootMeanSquareNorm(nn.Module):
    """Scale to unit root mean square, then by a learned weight."""

    def __init__(self, size: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        """[..., size] → the same shape."""
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps))


class Attention(nn.Module):
    """Causal multi-head attention with rotary positions."""

    def __init__(self, shape: LlamaShape) -> None:
        super().__init__()
        size = shape.hidden_size
        self.shape = shape
        self.q_proj = nn.Linear(size, size, bias=False)
        self.k_proj = nn.Linear(size, size, bias=False)
        self.v_proj = nn.Linear(size, size, bias=False)
        self.o_proj = nn.Linear(size, size, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """[batch, time, hidden] → the same shape."""
        batch, time, size = x.shape
        heads = (batch, time, self.shape.num_attention_heads, self.shape.head_size)
        query = _rotated(self.q_proj(x).view(heads).transpose(1, 2), cos, sin)
        key = _rotated(self.k_proj(x).view(heads).transpose(1, 2), cos, sin)
        value = self.v_proj(x).view(heads).transpose(1, 2)
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        out: Tensor = self.o_proj(mixed.transpose(1, 2).reshape(batch, time, size))
        return out


class FeedForward(nn.Module):
    """SwiGLU."""

    def __init__(self, shape: LlamaShape) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(shape.hidden_size, shape.intermediate_size, bias=False)
        self.up_proj = nn.Linear(shape.hidden_size, shape.intermediate_size, bias=False)
        self.down_proj = nn.Linear(shape.intermediate_size, shape.hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """[..., hidden] → the same shape."""
        out: Tensor = self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))
        return out


class Layer(nn.Module):
    """Attention and feed-forward, each behind a norm and beside a residual."""

    def __init__(self, shape: LlamaShape) -> None:
        super().__init__()
        self.self_attn = Attention(shape)
        self.mlp = FeedForward(shape)
        self.input_layernorm = RootMeanSquareNorm(shape.hidden_size, shape.rms_norm_eps)
        self.post_attention_layernorm = RootMeanSquareNorm(shape.hidden_size, shape.rms_norm_eps)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """[batch, time, hidden] → the same shape."""
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        out: Tensor = x + self.mlp(self.post_attention_layernorm(x))
        return out


class Decoder(nn.Module):
    """Embeddings, layers, final norm."""

    def __init__(self, shape: LlamaShape) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocab_size, shape.hidden_size)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.num_hidden_layers))
        self.norm = RootMeanSquareNorm(shape.hidden_size, shape.rms_norm_eps)


class TinyLlama(nn.Module):
    """Llama for causal language modelling with tied embeddings."""

    cos: Tensor
    sin: Tensor

    def __init__(self, shape: LlamaShape) -> None:
        super().__init__()
        self.shape = shape
        self.model = Decoder(shape)
        cos, sin = _rotary(shape)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def hidden(self, ids: Tensor) -> Tensor:
        """[batch, time] → [batch, time, hidden]. Pad on the right: causal attention never looks there."""
        time = ids.shape[1]
        x = self.model.embed_tokens(ids)
        for layer in self.model.layers:
            x = layer(x, self.cos[:time], self.sin[:time])
        out: Tensor = self.model.norm(x)
        return out

    def logits(self, hidden: Tensor) -> Tensor:
        """[..., hidden] → [..., vocab]; asked for only where a loss or a choice needs them."""
        return hidden @ self.model.embed_tokens.weight.T

    def forward(self, ids: Tensor) -> Tensor:
        """[batch, time] → [batch, time, vocab]."""
        return self.logits(self.hidden(ids))

    @property
    def parameters_count(self) -> int:
        """Trainable numbers."""
        return sum(weight.numel() for weight in self.parameters())


def initialised(shape: LlamaShape, seed: int) -> TinyLlama:
    """Random weights (normal, 0.02; residual outputs scaled down by depth), a function of the seed alone."""
    dice = torch.Generator().manual_seed(seed)
    model = TinyLlama(shape)
    depth = math.sqrt(2 * shape.num_hidden_layers)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() < 2:
                continue
            scale = 0.02 / depth if name.endswith(("o_proj.weight", "down_proj.weight")) else 0.02
            weight.copy_(torch.randn(weight.shape, generator=dice) * scale)
    return model


def save_model(model: TinyLlama, folder: Path, *, end_id: int, pad_id: int) -> None:
    """config.json and model.safetensors as transformers writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: weight.detach().cpu().contiguous() for name, weight in model.state_dict().items()}
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})
    write_config(model.shape, folder, end_id=end_id, pad_id=pad_id)


def write_config(shape: LlamaShape, folder: Path, *, end_id: int, pad_id: int, **more: Any) -> None:
    """The configuration every Hugging Face loader reads."""
    config = {
        **asdict(shape),
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_act": "silu",
        "num_key_value_heads": shape.num_attention_heads,
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "torch_dtype": "float32",
        "initializer_range": 0.02,
        "eos_token_id": end_id,
        "pad_token_id": pad_id,
        "bos_token_id": None,
        **more,
    }
    (folder / CONFIG).write_text(json.dumps(config, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_shape(folder: Path) -> LlamaShape:
    """Sizes from config.json, in our spelling or the one transformers 5 writes."""
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    if config.get("model_type") != "llama" or not config.get("tie_word_embeddings"):
        raise ValueError(f"{folder.name} is not a Llama with tied embeddings")
    theta = config.get("rope_theta") or (config.get("rope_parameters") or {}).get("rope_theta", 10_000.0)
    known = {name: config[name] for name in LlamaShape.__dataclass_fields__ if name in config}
    return LlamaShape(**{**known, "rope_theta": theta})


def load_model(folder: Path) -> TinyLlama:
    """A model folder, weights and all."""
    model = TinyLlama(read_shape(folder))
    weights = load_file(folder / WEIGHTS)
    weights.pop("lm_head.weight", None)
    model.load_state_dict(weights)
    return model


def _rotary(shape: LlamaShape) -> tuple[Tensor, Tensor]:
    """Cosines and sines, [position, head size], in the half-split convention of Llama checkpoints."""
    steps = torch.arange(0, shape.head_size, 2, dtype=torch.float32) / shape.head_size
    angles = torch.outer(torch.arange(shape.max_position_embeddings).float(), 1.0 / shape.rope_theta**steps)
    both = torch.cat([angles, angles], dim=-1)
    return both.cos(), both.sin()


def _rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-second, first], dim=-1) * sin
