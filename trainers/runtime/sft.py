"""Supervised fine-tuning with TRL on accepted and fixed answers. The loss falls on what the assistant wrote in the
judged turn, its tool calls included; rows come in as token ids with labels, so no library touches the text."""

import torch
from datasets import Dataset
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from trainers.runtime.batches import planned, tokens_in
from trainers.runtime.measuring import publish_model, samples_beside
from trainers.runtime.parents import (
    facts_of_parent,
    load_any,
    reference_folder,
    tokenizer_of,
    verified_parent,
)
from trainers.runtime.rows import Answered, answered_rows, read_rows
from trainers.runtime.scoring import row_losses
from trainers.runtime.statistics import compared, perplexity
from trainers.runtime.trl_run import (
    PlannedOrder,
    Reporting,
    common_arguments,
    load_for_training,
    run_trainer,
    save_trained,
)
from trainers.runtime.work import Work, main

IGNORED = -100


class PlannedSFT(PlannedOrder, SFTTrainer):
    """TRL's trainer over rows that are already tokens, labels and order."""


def dataset_of(rows: list[Answered], batches: list[list[int]]) -> Dataset:
    """Token ids and labels in the very order they are trained on."""
    ordered = [rows[place] for batch in batches for place in batch]
    labels = [
        [token if wanted else IGNORED for token, wanted in zip(row.ids, row.counted, strict=True)]
        for row in ordered
    ]
    return Dataset.from_dict({"input_ids": [row.ids for row in ordered], "labels": labels})


def train(work: Work) -> None:
    """Fine-tune, measure before and after on held-out answers, publish."""
    torch.set_num_threads(int(work.spec.get("threads", 1)))
    work.phase("reading rows")
    parent, recipe = verified_parent(work), work.recipe
    tokenizer = tokenizer_of(parent)
    raw = read_rows(work.run.rows, expected_sha256=work.spec["rows_sha256"])
    limits = {"max_length": recipe["max_length"], "max_rows": recipe["max_rows"]}
    rows = answered_rows(raw, tokenizer, **limits, loss_on=recipe["loss_on"])
    lengths = [len(row.ids) for row in rows.train]
    batches = planned(lengths, batch_size=recipe["batch_size"], steps=recipe["steps"], seed=work.seed)
    model, processing = load_for_training(parent)
    trainer = PlannedSFT(
        model=model,
        args=SFTConfig(**common_arguments(work), dataset_kwargs={"skip_prepare_dataset": True}),
        train_dataset=dataset_of(rows.train, batches),
        processing_class=processing,
        callbacks=[Reporting(work)],
    )
    run_trainer(trainer, work)
    work.phase("measuring before and after")
    saved = work.attempt.path / "trained"
    save_trained(trainer, saved)
    measured = (rows.held_out or rows.train)[: recipe["measured_rows"]]
    trained = load_any(saved)
    before, after = row_losses(load_any(parent), measured), row_losses(trained, measured)
    samples_beside(work, trained, load_any(reference_folder(work)), tokenizer, raw[1] or raw[0])
    facts = {
        "kind": "sft",
        "rows": rows.facts(),
        "parameters": trained.parameters_count,
        "tokens_trained": int(facts_of_parent(work).get("tokens_trained", 0)) + tokens_in(lengths, batches),
        "perplexity": {"before": perplexity(before).as_json(), "after": perplexity(after).as_json()},
        "comparison": compared(before, after),
    }
    publish_model(work, saved, parent, facts)


if __name__ == "__main__":
    main(train)
