"""The documentation of roles is the table the product uses."""

from pathlib import Path

from accounts.models import Role
from accounts.permissions import READ_VERBS, VERBS
from accounts.role_table import between_marks, table

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "roles.md"


def test_the_documented_table_is_the_one_in_force() -> None:
    assert between_marks(DOCUMENT.read_text()) == table()


def test_nobody_both_launches_training_and_approves_its_data_by_one_role() -> None:
    both = [role for role in Role if role in VERBS["run.launch"] & VERBS["snapshot.approve"]]
    assert both == []


def test_every_verb_is_carried_by_somebody_and_reading_verbs_are_named_so() -> None:
    assert all(VERBS.values())
    assert {verb for verb in VERBS if verb.endswith(".read")} == READ_VERBS
