"""Small declarative defaults: what a run of each kind does when nobody says otherwise.

A recipe is data. It is copied whole into the run's specification, so changing a default changes no run.
"""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Kind = Literal["base", "sft", "dpo", "ptq"]
MEASURING = {"measured_rows": 96, "samples": 3, "new_tokens": 40}


@dataclass(frozen=True)
class RecipeDefault:
    """A recipe as shipped. `wants` names the row kind it trains on; `parents` the kinds of model it starts from."""

    slug: str
    kind: Kind
    title: str | Promise
    summary: str | Promise
    wants: str
    parents: tuple[str, ...]
    parameters: dict[str, Any]

    def copied(self) -> dict[str, Any]:
        """Parameters of one run's own."""
        return deepcopy(self.parameters)


DEFAULTS: tuple[RecipeDefault, ...] = (
    RecipeDefault(
        slug="base-tiny",
        kind="base",
        title=_("Base pass, tiny"),
        summary=_("A tokenizer and a Llama of about one million parameters from random weights; becomes π0."),
        wants="any",
        parents=(),
        parameters={
            "vocabulary": 2048,
            "vocabulary_characters": 4_000_000,
            "shape": {
                "hidden_size": 128,
                "intermediate_size": 352,
                "num_hidden_layers": 4,
                "num_attention_heads": 4,
            },
            "block": 256,
            "batch_size": 16,
            "steps": 60,
            "learning_rate": 0.004,
            "weight_decay": 0.1,
            "checkpoint_every": 20,
            **MEASURING,
        },
    ),
    RecipeDefault(
        slug="sft-tiny",
        kind="sft",
        title=_("Supervised fine-tuning, tiny"),
        summary=_("TRL SFTTrainer on accepted and fixed answers; the loss falls on the judged turn only."),
        wants="sft",
        parents=("base", "sft"),
        parameters={
            "batch_size": 8,
            "steps": 24,
            "max_length": 384,
            "max_rows": 4000,
            "learning_rate": 0.001,
            "loss_on": "last_turn",
            "checkpoint_every": 12,
            **MEASURING,
        },
    ),
    RecipeDefault(
        slug="dpo-tiny",
        kind="dpo",
        title=_("Preference optimisation (DPO), tiny"),
        summary=_(
            "TRL DPOTrainer on judged pairs: −log σ(β(Δπ − Δπ0)), reference log-probabilities computed once."
        ),
        wants="preference",
        parents=("base", "sft", "dpo"),
        parameters={
            "batch_size": 8,
            "steps": 12,
            "max_length": 384,
            "max_rows": 4000,
            "learning_rate": 0.0002,
            "beta": 0.1,
            "checkpoint_every": 6,
            **MEASURING,
        },
    ),
    RecipeDefault(
        slug="ptq-int8",
        kind="ptq",
        title=_("Post-training quantisation, 8 bit"),
        summary=_(
            "Weights rounded to 8-bit integers, one scale per output row; perplexity before and after."
        ),
        wants="any",
        parents=("base", "sft", "dpo"),
        parameters={"bits": 8, "group": 0, **MEASURING},
    ),
    RecipeDefault(
        slug="ptq-int4",
        kind="ptq",
        title=_("Post-training quantisation, 4 bit"),
        summary=_("Weights rounded to 4-bit integers, one scale per 32 weights, two to a byte."),
        wants="any",
        parents=("base", "sft", "dpo"),
        parameters={"bits": 4, "group": 32, **MEASURING},
    ),
)


def default(slug: str) -> RecipeDefault:
    """The shipped recipe of that name; raises KeyError."""
    return by_slug()[slug]


def by_slug() -> dict[str, RecipeDefault]:
    """Shipped recipes by name."""
    return {recipe.slug: recipe for recipe in DEFAULTS}
