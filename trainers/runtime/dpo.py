"""Direct preference optimisation with TRL on judged pairs (Rafailov et al. 2023):

    loss = −log σ( β · ( log π(chosen)/π(rejected) − log π0(chosen)/π0(rejected) ) )

β stands before the whole difference, so the loss is ln 2 while π = π0 (a test holds it to that). The reference
log-probabilities are computed once, before the first step. Tool results inside an answer are context and do not
count.
"""

from typing import Any

import torch
from datasets import Dataset
from trl.trainer.dpo_config import DPOConfig
from trl.trainer.dpo_trainer import DataCollatorForPreference, DPOTrainer

from trainers.runtime.batches import planned, tokens_in
from trainers.runtime.measuring import publish_model, samples_beside
from trainers.runtime.pairs import pair_log_ratios, preference_facts
from trainers.runtime.parents import (
    facts_of_parent,
    load_any,
    reference_folder,
    tokenizer_of,
    verified_parent,
)
from trainers.runtime.rows import Preferred, preferred_rows, read_rows
from trainers.runtime.scoring import pad_id
from trainers.runtime.trl_run import (
    PlannedOrder,
    Reporting,
    common_arguments,
    load_for_training,
    run_trainer,
    save_trained,
)
from trainers.runtime.work import Work, main


class AnswerTokens(DataCollatorForPreference):
    """TRL's collator, but only what the assistant wrote counts as the completion."""

    def torch_call(self, examples: list[dict[str, Any]]) -> dict[str, Any]:
        """Chosen rows first, rejected rows below, as TRL lays them."""
        batch = super().torch_call(examples)
        mask = torch.zeros_like(batch["completion_mask"])
        for place, (example, side) in enumerate((e, s) for s in ("chosen", "rejected") for e in examples):
            start, counted = len(example["prompt_ids"]), example[f"{side}_counted"]
            mask[place, start : start + len(counted)] = torch.tensor(counted, dtype=mask.dtype)
        batch["completion_mask"] = mask
        return batch


class PlannedDPO(PlannedOrder, DPOTrainer):
    """TRL's trainer over pairs that are already tokens and order."""

    def _prepare_dataset(self, dataset: Any, *_: Any, **__: Any) -> Any:
        return dataset


def dataset_of(rows: list[Preferred], batches: list[list[int]]) -> Dataset:
    """The columns TRL's collator reads, in the very order they are trained on."""
    ordered = [rows[place] for batch in batches for place in batch]
    return Dataset.from_dict(
        {
            "prompt_ids": [row.prompt for row in ordered],
            "chosen_ids": [row.chosen.ids for row in ordered],
            "rejected_ids": [row.rejected.ids for row in ordered],
            "chosen_counted": [row.chosen.counted for row in ordered],
            "rejected_counted": [row.rejected.counted for row in ordered],
        }
    )


def make_trainer(work: Work, rows: list[Preferred], batches: list[list[int]], filler: int) -> PlannedDPO:
    """TRL's trainer with π at the parent and π0 at the reference."""
    parent, reference = verified_parent(work), reference_folder(work)
    model, processing = load_for_training(parent)
    return PlannedDPO(
        model=model,
        ref_model=load_for_training(reference)[0],
        args=DPOConfig(
            **common_arguments(work),
            beta=float(work.recipe["beta"]),
            precompute_ref_log_probs=True,
            disable_dropout=True,
        ),
        train_dataset=dataset_of(rows, batches),
        processing_class=processing,
        data_collator=AnswerTokens(pad_token_id=filler),
        callbacks=[Reporting(work)],
    )


def train(work: Work) -> None:
    """Optimise, measure the preference of held-out pairs before and after, publish."""
    torch.set_num_threads(int(work.spec.get("threads", 1)))
    work.phase("reading pairs")
    parent, recipe = verified_parent(work), work.recipe
    tokenizer = tokenizer_of(parent)
    raw = read_rows(work.run.rows, expected_sha256=work.spec["rows_sha256"])
    rows = preferred_rows(raw, tokenizer, max_length=recipe["max_length"], max_rows=recipe["max_rows"])
    lengths = [row.length for row in rows.train]
    batches = planned(lengths, batch_size=recipe["batch_size"], steps=recipe["steps"], seed=work.seed)
    work.phase("reference log-probabilities")
    trainer = make_trainer(work, rows.train, batches, pad_id(tokenizer))
    run_trainer(trainer, work)
    work.phase("measuring before and after")
    saved = work.attempt.path / "trained"
    save_trained(trainer, saved)
    measured = (rows.held_out or rows.train)[: recipe["measured_rows"]]
    trained, reference = load_any(saved), load_any(reference_folder(work))
    before = pair_log_ratios(load_any(parent), measured)
    after, beside = pair_log_ratios(trained, measured), pair_log_ratios(reference, measured)
    samples_beside(work, trained, reference, tokenizer, raw[1] or raw[0])
    facts = {
        "kind": "dpo",
        "rows": rows.facts(),
        "parameters": trained.parameters_count,
        "beta": recipe["beta"],
        "tokens_trained": int(facts_of_parent(work).get("tokens_trained", 0))
        + 2 * tokens_in(lengths, batches),
        **preference_facts(before, after, beside, beta=recipe["beta"]),
    }
    publish_model(work, saved, parent, facts)


if __name__ == "__main__":
    main(train)
