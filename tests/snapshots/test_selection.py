"""A selection is one validated value with one name."""

from typing import Any

import pytest

from snapshots.selection import BadSpec, default_spec, parse_spec


def test_what_is_not_given_has_the_default_of_the_kind() -> None:
    assert parse_spec({"kind": "sft"}) == default_spec("sft")
    assert default_spec("sft").min_strength == 1.5
    assert not default_spec("preference").include_simulated


def test_the_same_choice_has_the_same_name_however_it_is_written() -> None:
    one = parse_spec({"kind": "sft", "domains": ["b", "a", "a"]})
    other = parse_spec({"domains": ["a", "b"], "kind": "sft", "seed": 0})
    assert one.sha256 == other.sha256
    assert parse_spec(one.as_data()) == one


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"kind": "gossip"}, "kind"),
        ({"kind": "sft", "reasons": ["judged"]}, "reasons"),
        ({"kind": "sft", "reasons": []}, "reasons"),
        ({"kind": "sft", "reasons": "accepted"}, "reasons"),
        ({"kind": "sft", "min_strength": 3}, "min_strength"),
        ({"kind": "sft", "min_strength": "2"}, "min_strength"),
        ({"kind": "sft", "max_rows": 0}, "max_rows"),
        ({"kind": "sft", "validation_permille": 900}, "validation_permille"),
        ({"kind": "sft", "include_simulated": "yes"}, "include_simulated"),
        ({"kind": "sft", "seed": True}, "seed"),
        ({"kind": "sft", "shuffle": 1}, "shuffle"),
    ],
)
def test_a_parameter_that_means_nothing_is_refused_by_name(spec: dict[str, Any], field: str) -> None:
    with pytest.raises(BadSpec) as refusal:
        parse_spec(spec)
    assert refusal.value.field == field
