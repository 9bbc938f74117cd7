"""Post-training quantisation: pack every matrix, reload the packed file, and measure both on held-out answers."""

import shutil
from pathlib import Path

import torch
from tokenizers import Tokenizer

from trainers.runtime.parents import copy_tokenizer, facts_of_parent, load_any, tokenizer_of, verified_parent
from trainers.runtime.quantization import (
    DESCRIPTION,
    Packed,
    Scheme,
    dequantized,
    load_quantized,
    quantized,
    save_quantized,
    scheme_for,
)
from trainers.runtime.rows import Answered, Row, answered_row, read_rows
from trainers.runtime.scoring import answers, row_losses
from trainers.runtime.statistics import compared, perplexity
from trainers.runtime.tiny_llama import CONFIG, WEIGHTS, TinyLlama
from trainers.runtime.work import CannotTrain, StopAsked, Work, main


def train(work: Work) -> None:
    """Quantise, prove the reload, measure, publish."""
    torch.set_num_threads(int(work.spec.get("threads", 1)))
    work.phase("reading the model and the held-out rows")
    parent = verified_parent(work)
    if (parent / DESCRIPTION).exists():
        raise CannotTrain(
            "already_quantized", "This model is quantised already; quantise the model it came from."
        )
    model = load_any(parent)
    scheme = Scheme(int(work.recipe["bits"]), int(work.recipe["group"]))
    packed, full = _pack(work, model, scheme)
    _, held_out = read_rows(work.run.rows, expected_sha256=work.spec["rows_sha256"])
    rows = _measured(work, held_out, tokenizer_of(parent), model.shape.max_position_embeddings)
    growing = work.attempt.path / "quantized"
    shutil.rmtree(growing, ignore_errors=True)
    growing.mkdir()
    save_quantized(packed, full, growing, scheme)
    shutil.copyfile(parent / CONFIG, growing / CONFIG)
    copy_tokenizer(parent, growing)
    reloaded = load_quantized(growing)
    _prove_reload(reloaded, packed)
    work.phase("measuring before and after")
    _publish(work, parent, growing, model, reloaded, rows, held_out)


def _pack(work: Work, model: TinyLlama, scheme: Scheme) -> tuple[dict[str, Packed], dict[str, torch.Tensor]]:
    """Every matrix packed, one step each; its relative error is the metric."""
    weights = model.state_dict()
    matrices = [name for name, weight in weights.items() if weight.dim() == 2]
    work.begin(len(matrices))
    packed: dict[str, Packed] = {}
    for step, name in enumerate(matrices, start=1):
        packed[name] = quantized(weights[name], scheme_for(name, scheme))
        error = (dequantized(packed[name]) - weights[name]).norm() / weights[name].norm()
        work.tick(step, relative_error=float(error))
        if work.must_stop:
            raise StopAsked
    return packed, {name: weight for name, weight in weights.items() if weight.dim() != 2}


def _measured(work: Work, held_out: list[Row], tokenizer: Tokenizer, longest: int) -> list[Answered]:
    rows = [
        answered_row(row, tokenizer, max_length=longest) for row in held_out[: work.recipe["measured_rows"]]
    ]
    rows = [row for row in rows if any(row.counted[1:])]
    if not rows:
        raise CannotTrain(
            "no_rows", "The snapshot holds no held-out answer to measure the quantised model on."
        )
    return rows


def _prove_reload(reloaded: TinyLlama, packed: dict[str, Packed]) -> None:
    """The published file must stand for the very numbers that are measured."""
    weights = reloaded.state_dict()
    for name, matrix in packed.items():
        if not torch.equal(weights[name], dequantized(matrix)):
            raise CannotTrain("reload_differs", f"{name} reads back differently than it was packed.")


def _publish(
    work: Work,
    parent: Path,
    growing: Path,
    model: TinyLlama,
    reloaded: TinyLlama,
    rows: list[Answered],
    held_out: list[Row],
) -> None:
    before, after = row_losses(model, rows), row_losses(reloaded, rows)
    tokens = int(facts_of_parent(work).get("tokens_trained", 0))
    tokenizer = tokenizer_of(parent)
    count = {"count": work.recipe["samples"], "new_tokens": work.recipe["new_tokens"]}
    said = answers(reloaded, tokenizer, held_out, **count)
    beside = answers(model, tokenizer, held_out, **count)
    for place, ((question, text), (_, reference)) in enumerate(zip(said, beside, strict=True)):
        work.sample(work.total, question, text, reference, place=place)
    facts = {
        "kind": "ptq",
        "bits": work.recipe["bits"],
        "group": work.recipe["group"],
        "rows": {
            "train": 0,
            "held_out": len(rows),
            "truncated": sum(row.truncated for row in rows),
            "left_out": {},
        },
        "parameters": model.parameters_count,
        "tokens_trained": tokens,
        "bytes": {"before": (parent / WEIGHTS).stat().st_size, "after": (growing / WEIGHTS).stat().st_size},
        "perplexity": {"before": perplexity(before).as_json(), "after": perplexity(after).as_json()},
        "comparison": compared(before, after, tokens_trained=tokens),
    }
    with work.artifacts(facts) as folder:
        shutil.move(str(growing), str(folder / "model"))


if __name__ == "__main__":
    main(train)
