"""Packed weights: smaller, close, and read back exactly."""

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the training extra is not installed")

from trainers.runtime.quantization import (  # noqa: E402
    Scheme,
    dequantized,
    load_quantized,
    quantized,
    save_quantized,
    scheme_for,
)
from trainers.runtime.tiny_llama import LlamaShape, initialised, load_model, save_model  # noqa: E402

SHAPE = LlamaShape(
    vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2
)


@pytest.mark.parametrize(("bits", "group", "steps"), [(8, 0, 127), (4, 0, 7), (4, 16, 7)])
def test_every_weight_is_within_half_a_step(bits: int, group: int, steps: int) -> None:
    weight = torch.randn(24, 32, generator=torch.Generator().manual_seed(1))
    packed = quantized(weight, Scheme(bits, group))
    assert packed.data.numel() == weight.numel() * bits // 8
    scales = packed.scale.float().repeat_interleave(group or 32, dim=1)
    assert ((dequantized(packed) - weight).abs() <= scales * 0.5 * 1.01).all()
    assert (dequantized(packed) / scales).abs().max() <= steps + 1e-3


def test_a_row_of_zeros_stays_zero() -> None:
    assert (dequantized(quantized(torch.zeros(2, 32), Scheme(4, 16))) == 0).all()


def test_a_group_that_does_not_divide_the_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="groups of 24"):
        quantized(torch.zeros(2, 32), Scheme(4, 24))


def test_a_saved_model_reads_back_as_it_was_measured_and_is_smaller(tmp_path: Path) -> None:
    model = initialised(SHAPE, 1)
    save_model(model, tmp_path / "full", end_id=1, pad_id=0)
    weights = model.state_dict()
    packed = {n: quantized(w, scheme_for(n, Scheme(4, 16))) for n, w in weights.items() if w.dim() == 2}
    target = tmp_path / "packed"
    target.mkdir()
    (target / "config.json").write_text((tmp_path / "full" / "config.json").read_text())
    save_quantized(packed, {n: w for n, w in weights.items() if w.dim() != 2}, target, Scheme(4, 16))
    reloaded = load_quantized(target).state_dict()
    assert all(torch.equal(reloaded[name], dequantized(matrix)) for name, matrix in packed.items())
    sizes = [(tmp_path / name / "model.safetensors").stat().st_size for name in ("full", "packed")]
    assert sizes[1] < 0.35 * sizes[0]
    assert json.loads((target / "quantization.json").read_text())["bits"] == 4


def test_our_llama_computes_what_transformers_computes(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="the training extra is not installed")
    model = initialised(SHAPE, 2).eval()
    save_model(model, tmp_path, end_id=1, pad_id=0)
    theirs = transformers.AutoModelForCausalLM.from_pretrained(tmp_path, dtype=torch.float32).eval()
    ids = torch.randint(0, 64, (3, 20), generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        assert torch.allclose(model(ids), theirs(input_ids=ids).logits, atol=2e-5)
    theirs.save_pretrained(tmp_path / "again")
    with torch.no_grad():
        assert torch.equal(load_model(tmp_path / "again")(ids), model(ids))
