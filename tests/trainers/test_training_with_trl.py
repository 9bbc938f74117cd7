"""SFT and DPO with the real libraries on a tiny model, in this process: one import of TRL serves all of them."""

import json
import math
import random
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the training extra is not installed")
pytest.importorskip("trl", reason="the training extra is not installed")

from tests.trainers.folders import copied, make_run  # noqa: E402
from trainers.folder import AttemptFolder  # noqa: E402
from trainers.manifests import newest_checkpoint, verify  # noqa: E402
from trainers.runtime import base, dpo, ptq, sft  # noqa: E402
from trainers.runtime.batches import planned  # noqa: E402
from trainers.runtime.pairs import dpo_loss, pair_log_ratios  # noqa: E402
from trainers.runtime.parents import load_any, tokenizer_of  # noqa: E402
from trainers.runtime.rows import fitted, preferred_rows, read_rows  # noqa: E402
from trainers.runtime.scoring import pad_id  # noqa: E402
from trainers.runtime.work import CannotTrain, StopAsked, Work  # noqa: E402

pytestmark = pytest.mark.long

WEIGHTS = "model/model.safetensors"


def trained(attempt: AttemptFolder, train) -> Path:  # type: ignore[no-untyped-def]
    """Run a kind to its end; the unpublished artifacts."""
    work = Work(attempt)
    train(work)
    assert work.step == work.total
    verify(attempt.unpublished)
    return attempt.unpublished


class StopsAfter(Work):
    """A run that is asked to stop after some steps."""

    stop_after = 0

    @property
    def must_stop(self) -> bool:
        return self.step >= self.stop_after or super().must_stop


@pytest.fixture(scope="module")
def pi0(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(make_run(tmp_path_factory.mktemp("base") / "run", "base-tiny", steps=30), base.train)


@pytest.mark.parametrize(
    ("slug", "train", "stop"),
    [("base-tiny", base.train, 3), ("sft-tiny", sft.train, 2), ("dpo-tiny", dpo.train, 1)],
)
def test_a_run_stopped_and_resumed_ends_with_the_very_same_bits(  # type: ignore[no-untyped-def]
    slug: str, train, stop: int, pi0: Path, tmp_path: Path
) -> None:
    straight = make_run(tmp_path / "straight", slug, parent=None if slug == "base-tiny" else pi0)
    interrupted = copied(straight, tmp_path / "interrupted")
    whole = trained(straight, train)
    work = StopsAfter(interrupted)
    work.stop_after = stop
    with pytest.raises(StopAsked):
        train(work)
    found = newest_checkpoint(interrupted.run.checkpoints)
    assert found is not None
    assert found[0] == stop
    resumed = trained(interrupted.run.take(2), train)
    assert (resumed / WEIGHTS).read_bytes() == (whole / WEIGHTS).read_bytes()
    assert (whole / WEIGHTS).read_bytes() != (pi0 / WEIGHTS).read_bytes()
    steps = [
        line["step"] for _, line in interrupted.run.attempt(2).lines("metrics") if line["name"] == "loss"
    ]
    assert steps == list(range(stop + 1, work.total + 1))


def test_dpo_begins_at_ln_2_and_its_loss_is_the_closed_form(pi0: Path, tmp_path: Path) -> None:
    first = make_run(tmp_path / "first", "dpo-tiny", parent=pi0, steps=2, learning_rate=0.01)
    trained(first, dpo.train)
    losses = [line["value"] for _, line in first.lines("metrics") if line["name"] == "loss"]
    assert losses[0] == pytest.approx(math.log(2), abs=1e-6)

    rows = preferred_rows(
        read_rows(first.run.rows, expected_sha256=first.run.spec()["rows_sha256"]),
        tokenizer_of(pi0 / "model"),
        max_length=192,
        max_rows=100,
    )
    batch = planned([row.length for row in rows.train], batch_size=4, steps=2, seed=3)[1]
    pairs = [rows.train[place] for place in batch]
    reference = pair_log_ratios(load_any(pi0 / "model"), pairs)
    after_one = make_run(tmp_path / "one", "dpo-tiny", parent=pi0, steps=2, learning_rate=0.01)
    work = StopsAfter(after_one)
    work.stop_after = 1
    with pytest.raises(StopAsked):
        dpo.train(work)
    found = newest_checkpoint(after_one.run.checkpoints)
    assert found is not None
    policy = pair_log_ratios(load_any(found[1]), pairs)
    mine = [dpo_loss(p.log_ratio, r.log_ratio, 0.1) for p, r in zip(policy, reference, strict=True)]
    assert losses[1] == pytest.approx(sum(mine) / len(mine), rel=1e-5)
    assert losses[1] != pytest.approx(math.log(2), abs=1e-4)


def test_beta_stands_before_the_whole_difference() -> None:
    dice = random.Random(1)
    for _ in range(50):
        policy, beta = dice.uniform(-40, 40), dice.uniform(0.01, 2)
        assert dpo_loss(policy, policy, beta) == pytest.approx(math.log(2))


def test_sft_learns_from_answers_and_lowers_their_perplexity(pi0: Path, tmp_path: Path) -> None:
    run = make_run(tmp_path / "run", "sft-tiny", parent=pi0, steps=20, learning_rate=0.01)
    facts = verify(trained(run, sft.train))["facts"]
    assert facts["perplexity"]["after"]["value"] < 0.8 * facts["perplexity"]["before"]["value"]
    assert facts["rows"] == {"train": 24, "held_out": 6, "truncated": 0, "left_out": {}}
    (said,) = [line for _, line in run.lines("samples")]
    assert said["reference"] is not None


def test_rows_with_nothing_to_learn_from_are_left_out_and_counted(pi0: Path, tmp_path: Path) -> None:
    rows = [
        {"kind": "sft", "split": "train", "messages": [{"role": "user", "content": "q"}]},
        {
            "kind": "sft",
            "split": "validation",
            "messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}],
        },
    ]
    with pytest.raises(CannotTrain, match="no SFT rows"):
        sft.train(Work(make_run(tmp_path / "none", "sft-tiny", parent=pi0, rows=rows)))
    rows.append({**rows[1], "split": "train"})
    run = make_run(tmp_path / "one", "sft-tiny", parent=pi0, rows=rows, steps=1)
    assert verify(trained(run, sft.train))["facts"]["rows"]["left_out"] == {"no_answer_tokens": 1}


def test_tool_results_inside_an_answer_do_not_count_as_chosen(pi0: Path, tmp_path: Path) -> None:
    call = {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "f", "arguments": {}}}]}
    found = {"role": "tool", "content": "a secret result"}
    pair = {
        "kind": "preference",
        "split": "train",
        "prompt": [{"role": "user", "content": "q"}],
        "chosen": [call, found, {"role": "assistant", "content": "good"}],
        "rejected": [{"role": "assistant", "content": "bad"}],
    }
    attempt = make_run(tmp_path / "run", "dpo-tiny", parent=pi0, rows=[pair, pair])
    tokenizer = tokenizer_of(pi0 / "model")
    raw = read_rows(attempt.run.rows, expected_sha256=attempt.run.spec()["rows_sha256"])
    (row,) = preferred_rows(raw, tokenizer, max_length=192, max_rows=100).train
    counted = [token for token, wanted in zip(row.chosen.ids, row.chosen.counted, strict=True) if wanted]
    assert "secret" not in tokenizer.decode(counted)
    assert "secret" in tokenizer.decode(row.chosen.ids)
    collated = dpo.AnswerTokens(pad_token_id=pad_id(tokenizer)).torch_call(
        [dict(dpo.dataset_of([row], [[0]])[0])]
    )
    assert int(collated["completion_mask"][0].sum()) == len(counted)


def test_what_is_too_long_loses_its_context_first_and_its_end_last(pi0: Path, tmp_path: Path) -> None:
    counted = [False] * 80 + [True] * 20
    assert fitted(list(range(100)), counted, 60)[0] == list(range(40, 100))
    ids, wanted = fitted(list(range(100)), counted, 24)
    assert ids == list(range(74, 98))
    ids, wanted = fitted(list(range(100)), [False] * 10 + [True] * 90, 40)
    assert ids == list(range(40))
    assert sum(wanted) == 30
    long = {"role": "assistant", "content": "word " * 400}
    pair = {
        "kind": "preference",
        "split": "train",
        "prompt": [{"role": "user", "content": "question " * 200}],
    }
    rows = [{**pair, "chosen": [long], "rejected": [{**long, "content": "other " * 400}]} for _ in range(3)]
    rows.append({**pair, "chosen": [long], "rejected": [{**long, "content": long["content"] + "x"}]})
    attempt = make_run(tmp_path / "run", "dpo-tiny", parent=pi0, rows=rows)
    raw = read_rows(attempt.run.rows, expected_sha256=attempt.run.spec()["rows_sha256"])
    made = preferred_rows(raw, tokenizer_of(pi0 / "model"), max_length=64, max_rows=2)
    assert all(row.length == 64 and len(row.prompt) == 16 for row in made.train)
    assert made.facts()["left_out"]["beyond_max_rows"] == 1


@pytest.mark.parametrize("slug", ["ptq-int8", "ptq-int4"])
def test_a_quantised_model_is_smaller_and_says_that_it_was_trained_too_little(
    slug: str, pi0: Path, tmp_path: Path
) -> None:
    facts = verify(
        trained(make_run(tmp_path / "run", slug, parent=pi0, rows=None, measured_rows=40), ptq.train)
    )["facts"]
    assert facts["bytes"]["after"] < facts["bytes"]["before"] / 2
    assert facts["perplexity"]["after"]["value"] == pytest.approx(
        facts["perplexity"]["before"]["value"], rel=0.2
    )
    assert facts["comparison"]["verdict"] in ("too_few_rows", "trained_too_little")


def test_a_parent_with_other_bytes_than_the_run_names_is_refused(pi0: Path, tmp_path: Path) -> None:
    attempt = make_run(tmp_path / "run", "ptq-int8", parent=pi0)
    weights = attempt.run.data / "parent" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(bytes(data))
    with pytest.raises(CannotTrain, match="not the one that was registered"):
        ptq.train(Work(attempt))


def test_rows_that_changed_after_the_approval_are_refused(pi0: Path, tmp_path: Path) -> None:
    attempt = make_run(tmp_path / "run", "sft-tiny", parent=pi0)
    lines = attempt.run.rows.read_text().splitlines()
    attempt.run.rows.write_text("\n".join([*lines, json.dumps(json.loads(lines[0]))]) + "\n")
    with pytest.raises(CannotTrain, match="not the ones that were approved"):
        sft.train(Work(attempt))
