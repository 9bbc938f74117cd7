"""What SFT and DPO share around a TRL trainer: planned batches, our checkpoints, our metrics, an honest end.

Imported by the two kinds only: importing TRL takes about twelve seconds and 480 MB.
"""

import shutil
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import SequentialSampler
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast, TrainerCallback
from transformers.trainer_callback import PrinterCallback, TrainerControl, TrainerState
from transformers.training_args import TrainingArguments

from trainers.runtime.work import StopAsked, Work

METRICS = {
    "loss": "loss",
    "learning_rate": "learning_rate",
    "grad_norm": "gradient_norm",
    "mean_token_accuracy": "token_accuracy",
    "rewards/accuracies": "reward_accuracy",
    "rewards/margins": "reward_margin",
}


class PlannedOrder:
    """Mixin for a TRL trainer whose data set already lies in the order of `batches.planned`: a resumed run skips
    exactly what was seen, whatever the library's own sampler would do."""

    def _get_train_sampler(self, train_dataset: Any = None) -> Any:
        return SequentialSampler(train_dataset if train_dataset is not None else self.train_dataset)  # type: ignore[attr-defined]

    def create_model_card(self, *_: Any, **__: Any) -> None:
        """The model card is the product's, made from the database."""


class Reporting(TrainerCallback):
    """Hands steps, metrics and checkpoints to the run folder, and asks the trainer to stop in time."""

    def __init__(self, work: Work) -> None:
        self.work = work

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> TrainerControl:
        """Save and stop at this step where the run must end."""
        self.work.step = state.global_step
        if self.work.must_stop and state.global_step < state.max_steps:
            control.should_save = control.should_training_stop = True
        return control

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: Any = None,
        **_: Any,
    ) -> None:
        """One line of metrics per step; the closing summary has no loss and is left out."""
        if logs and "loss" in logs:
            named = {METRICS[name]: float(value) for name, value in logs.items() if name in METRICS}
            self.work.tick(state.global_step, **named)

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """A folder the library saved becomes a checkpoint that proves itself."""
        saved = Path(str(args.output_dir)) / f"checkpoint-{state.global_step}"
        with self.work.checkpoint(state.global_step) as folder:
            for path in saved.iterdir():
                shutil.move(str(path), str(folder / path.name))
        saved.rmdir()


def common_arguments(work: Work) -> dict[str, Any]:
    """Arguments both trainers share; deterministic, offline, no reports to anybody."""
    recipe = work.recipe
    return {
        "output_dir": str(work.attempt.path / "saving"),
        "max_steps": int(recipe["steps"]),
        "per_device_train_batch_size": int(recipe["batch_size"]),
        "learning_rate": float(recipe["learning_rate"]),
        "lr_scheduler_type": "cosine",
        "warmup_steps": int(recipe["steps"]) // 10,
        "seed": work.seed,
        "data_seed": work.seed,
        "logging_steps": 1,
        "logging_first_step": True,
        "save_strategy": "steps",
        "save_steps": int(recipe["checkpoint_every"]),
        "report_to": [],
        "disable_tqdm": True,
        "remove_unused_columns": False,
        "gradient_checkpointing": False,
        "use_cpu": not torch.cuda.is_available(),
        "bf16": torch.cuda.is_available(),
        "dataloader_pin_memory": False,
        "max_length": None,
    }


def load_for_training(folder: Path) -> tuple[Any, PreTrainedTokenizerFast]:
    """Model and tokenizer of a verified folder, in full precision."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
    return model, PreTrainedTokenizerFast.from_pretrained(folder, local_files_only=True)


def run_trainer(trainer: Any, work: Work) -> None:
    """Train to the last step, from a proven checkpoint where one lies there; raises StopAsked when ended early."""
    trainer.remove_callback(PrinterCallback)
    resumed = work.resume_from()
    work.begin(int(work.recipe["steps"]), at=resumed[0] if resumed else 0)
    trainer.train(resume_from_checkpoint=str(resumed[1]) if resumed else None)
    work.step = trainer.state.global_step
    if work.step < work.total:
        raise StopAsked


def save_trained(trainer: Any, folder: Path) -> None:
    """The trained weights as a model folder."""
    trainer.model.save_pretrained(folder)
