"""Planned batches and the words for what was measured."""

from math import exp, log

from trainers.runtime.batches import planned
from trainers.runtime.statistics import RowLoss, compared, perplexity, verdict

LENGTHS = [5, 50, 7, 48, 6, 52, 9, 47, 8, 51]


def test_the_plan_is_a_function_of_seed_and_epoch_and_longer_runs_begin_alike() -> None:
    short = planned(LENGTHS, batch_size=4, steps=5, seed=1)
    assert short == planned(LENGTHS, batch_size=4, steps=9, seed=1)[:5]
    assert short != planned(LENGTHS, batch_size=4, steps=5, seed=2)


def test_every_row_is_seen_in_every_epoch() -> None:
    epoch = planned(LENGTHS, batch_size=5, steps=2, seed=1)
    assert sorted(row for batch in epoch for row in batch) == list(range(10))


def test_rows_of_like_length_share_a_batch() -> None:
    for batch in planned(LENGTHS, batch_size=5, steps=2, seed=1):
        assert max(LENGTHS[row] for row in batch) - min(LENGTHS[row] for row in batch) < 10


def test_perplexity_is_weighted_by_tokens_and_inside_its_interval() -> None:
    losses = [RowLoss(nats=tokens * log(8 + tokens % 3), tokens=tokens) for tokens in range(1, 60)]
    shown = perplexity(losses)
    total = sum(row.nats for row in losses) / sum(row.tokens for row in losses)
    assert abs(shown.value - exp(total)) < 1e-9
    assert shown.low < shown.value < shown.high


def test_a_real_change_is_seen_and_no_change_is_not_claimed() -> None:
    before = [RowLoss(nats=10.0 + number % 5, tokens=10) for number in range(50)]
    worse = [RowLoss(row.nats * 1.1, row.tokens) for row in before]
    assert compared(before, worse, tokens_trained=2_000_000)["verdict"] == "worse"
    assert compared(before, before, tokens_trained=2_000_000)["verdict"] == "no_difference"


def test_too_little_is_said_where_it_is_true() -> None:
    assert verdict(0.1, 0.2, rows=50, tokens_trained=400_000) == "trained_too_little"
    assert verdict(-0.2, -0.1, rows=5, tokens_trained=2_000_000) == "too_few_rows"
    assert verdict(-0.2, -0.1, rows=50) == "better"
