"""What a model thinks of judged pairs, computed apart from TRL: the closed form its loss is checked against."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log1p
from typing import Any

import numpy as np
import torch

from trainers.runtime.rows import Answered, Preferred, Side
from trainers.runtime.scoring import row_losses
from trainers.runtime.statistics import RowLoss, compared, perplexity
from trainers.runtime.tiny_llama import TinyLlama


@dataclass(frozen=True)
class PairScore:
    """Loss of both answers of one pair under one model."""

    chosen: RowLoss
    rejected: RowLoss

    @property
    def log_ratio(self) -> float:
        """log π(chosen) − log π(rejected), in nats."""
        return self.rejected.nats - self.chosen.nats


@torch.no_grad()
def pair_log_ratios(model: TinyLlama, pairs: Sequence[Preferred]) -> list[PairScore]:
    """Score every pair, in the order given."""
    chosen = row_losses(model, [_joined(pair, pair.chosen) for pair in pairs])
    rejected = row_losses(model, [_joined(pair, pair.rejected) for pair in pairs])
    return [PairScore(*both) for both in zip(chosen, rejected, strict=True)]


def dpo_loss(policy: float, reference: float, beta: float) -> float:
    """−log σ(β(Δπ − Δ0)) of one pair's log ratios."""
    margin = beta * (policy - reference)
    return log1p(exp(-margin)) if margin > 0 else -margin + log1p(exp(margin))


def preference_facts(
    before: Sequence[PairScore], after: Sequence[PairScore], reference: Sequence[PairScore], *, beta: float
) -> dict[str, Any]:
    """Held-out loss, share of pairs whose margin over π0 is positive, and the perplexity of chosen answers."""
    margins = np.array(
        [beta * (now.log_ratio - then.log_ratio) for now, then in zip(after, reference, strict=True)]
    )
    draws = np.random.default_rng(0).integers(len(margins), size=(1_000, len(margins)))
    low, high = np.quantile((margins[draws] > 0).mean(axis=1), [0.025, 0.975])
    losses = [dpo_loss(a.log_ratio, r.log_ratio, beta) for a, r in zip(after, reference, strict=True)]
    chosen_before, chosen_after = [score.chosen for score in before], [score.chosen for score in after]
    return {
        "preference": {
            "held_out_loss": float(np.mean(losses)),
            "accuracy": {
                "value": float((margins > 0).mean()),
                "low": float(low),
                "high": float(high),
                "pairs": len(margins),
            },
            "margin": float(margins.mean()),
        },
        "perplexity": {
            "before": perplexity(chosen_before).as_json(),
            "after": perplexity(chosen_after).as_json(),
        },
        "comparison": compared(chosen_before, chosen_after),
    }


def _joined(pair: Preferred, side: Side) -> Answered:
    return Answered(pair.name, pair.prompt + side.ids, [False] * len(pair.prompt) + side.counted)
