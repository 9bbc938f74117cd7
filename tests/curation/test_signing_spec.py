"""A spec that cannot work is refused, and rows of two specs are never compared."""

from __future__ import annotations

from typing import Any

import pytest

from curation.signing.signed import joined
from curation.signing.signer import sign
from curation.signing.spec import DEFAULT_SPEC, Spec, SpecMismatch, demand_same, spec_at


@pytest.mark.parametrize(
    "wrong",
    [
        {"scheme": "legacy"}, {"normaliser": "nfkc-casefold-1"}, {"mode": "prose"}, {"shingle": 0}, {"permutations": 100},
        {"bands": 30}, {"threshold": 0}, {"threshold": 1.1},
    ],
)  # fmt: skip
def test_a_spec_that_cannot_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=str(next(iter(wrong.values())))):
        Spec(**wrong)


def test_rows_of_two_specs_are_never_compared() -> None:
    one, other = sign(["a text"]), sign(["a text"], Spec(name="seven", seed=7))
    assert one.estimate(0, one, 0) == 1.0
    with pytest.raises(SpecMismatch, match="seven"):
        one.estimate(0, other, 0)
    with pytest.raises(SpecMismatch):
        joined([one, other], DEFAULT_SPEC)


def test_the_same_name_does_not_make_two_specs_one() -> None:
    with pytest.raises(SpecMismatch):
        demand_same(DEFAULT_SPEC, Spec(threshold=0.7))


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.75, 0.9])
def test_a_spec_for_another_threshold_meets_the_pairs_at_it(threshold: float) -> None:
    spec = spec_at(threshold)
    assert spec.threshold == threshold
    assert 1 - (1 - threshold**spec.rows) ** spec.bands >= 0.97
    with pytest.raises(SpecMismatch):
        demand_same(spec, DEFAULT_SPEC)


def test_at_the_threshold_of_the_default_the_spec_is_the_default() -> None:
    assert spec_at(0.8) is DEFAULT_SPEC
