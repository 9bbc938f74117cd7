"""The snapshot pages: each answers what its reader came for, and acts only through the actions."""

from typing import Any

import pytest
from django.test import Client

from snapshots.actions.review import approve_snapshot, request_review
from snapshots.models import Approval, Review, Snapshot, SnapshotRow
from tests.snapshots.conftest import World


@pytest.fixture
def lead(world: World) -> Client:
    return world.team.client(world.team.lead)


@pytest.fixture
def engineer(world: World) -> Client:
    return world.team.client(world.team.engineer)


def at(snapshot: Snapshot, tail: str = "") -> str:
    return f"/p/{snapshot.project.slug}/snapshots/{snapshot.pk}/{tail}"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_list_says_where_every_snapshot_stands(engineer: Client, world: World, sealed: Snapshot) -> None:
    base = f"/p/{world.team.project.slug}/snapshots/"
    assert "Sealed, not approved" in text(engineer.get(base))
    assert "No snapshot is like that" in text(engineer.get(base, {"state": "approved"}))
    request_review(who=world.team.engineer, snapshot=sealed)
    assert "Waiting for approval" in text(engineer.get(base, {"state": "requested"}))


def test_an_empty_list_offers_the_one_step_that_fills_it(engineer: Client, world: World) -> None:
    assert "new/sft/" in text(engineer.get(f"/p/{world.team.project.slug}/snapshots/"))


def test_the_form_counts_live_what_would_enter_and_leave(engineer: Client, world: World) -> None:
    world.repair(world.answer("good"), "accepted")
    world.repair(world.answer("cut off", truncated=True), "accepted")
    base = f"/p/{world.team.project.slug}/snapshots/new/sft/"
    form = text(engineer.get(base))
    assert "hx-get" in form
    fields = {"reasons": ["accepted"], "min_strength": "2.0", "validation_permille": "100", "seed": "0"}
    counts = text(engineer.get(f"{base}counts/", fields))
    assert "Accepted" in counts
    assert "Truncated" in counts
    assert "Nothing counted" in text(engineer.get(f"{base}counts/", fields | {"seed": "-1"}))


def test_posting_the_form_builds_a_snapshot(engineer: Client, world: World) -> None:
    world.repair(world.answer("good"), "accepted")
    base = f"/p/{world.team.project.slug}/snapshots/new/sft/"
    fields = {
        "name": "mine",
        "reasons": ["accepted"],
        "min_strength": "2.0",
        "validation_permille": "0",
        "seed": "1",
    }
    answer = engineer.post(base, fields)
    snapshot = Snapshot.objects.get(name="mine")
    assert answer["Location"] == at(snapshot)
    assert "Being built" in text(engineer.get(at(snapshot)))
    assert "every 1s" in text(engineer.get(at(snapshot, "progress/")))
    again = engineer.post(base, fields | {"reasons": []})
    assert "Nothing was changed" in text(again)


def test_a_sealed_snapshot_shows_what_is_in_it_and_its_evidence(engineer: Client, sealed: Snapshot) -> None:
    page = text(engineer.get(at(sealed)))
    for expected in (
        "What is in it",
        "Accepted",
        "Fixed",
        "Three rows at random",
        str(sealed.root)[:8],
        "Files",
    ):
        assert expected in page
    verified = engineer.post(at(sealed, "verify/"), headers={"HX-Request": "true"})
    assert text(verified).count("Holds") == 9


def test_a_failed_build_says_why(engineer: Client, world: World) -> None:
    world.answer("unjudged")
    page = text(engineer.get(at(world.snapshot())))
    assert "Nothing of this selection may enter" in page


def test_engineer_asks_lead_signs_on_the_page(engineer: Client, lead: Client, sealed: Snapshot) -> None:
    engineer.post(at(sealed, "ask/"), {"note": "first run"})
    review = Review.objects.get()
    page = at(sealed, f"reviews/{review.pk}/")
    assert "What a signature does" in text(lead.get(page))
    assert text(lead.get(page + "checks/")).count("Holds") == 10
    assert "Somebody else has to decide" in text(engineer.get(page))
    assert lead.post(page + "decide/", {"reason": "", "decision": "approve"}).status_code == 422
    assert engineer.post(page + "decide/", {"reason": "mine", "decision": "approve"}).status_code == 403
    lead.post(page + "decide/", {"reason": "looked", "decision": "approve"})
    assert Approval.objects.get().reason == "looked"
    assert "Approved by Lead" in text(engineer.get(at(sealed)))


def test_a_refusal_and_a_request_taken_back_end_the_review(
    engineer: Client, lead: Client, sealed: Snapshot
) -> None:
    engineer.post(at(sealed, "ask/"))
    review = Review.objects.get()
    lead.post(at(sealed, f"reviews/{review.pk}/decide/"), {"reason": "too few", "decision": "refuse"})
    assert "too few" in text(engineer.get(at(sealed)))
    engineer.post(at(sealed, "ask/"))
    second = Review.objects.get(state="open")
    engineer.post(at(sealed, f"reviews/{second.pk}/take-back/"))
    second.refresh_from_db()
    assert second.state == "cancelled"


def test_withdrawing_says_what_will_happen_first(lead: Client, world: World, sealed: Snapshot) -> None:
    assert lead.get(at(sealed, "withdraw/")).status_code == 404
    review = request_review(who=world.team.engineer, snapshot=sealed)
    approve_snapshot(who=world.team.lead, review=review, reason="fine")
    assert "stops" in text(lead.get(at(sealed, "withdraw/")))
    lead.post(at(sealed, "withdraw/"), {"reason": "licence"})
    assert not Approval.objects.standing().exists()


def test_rows_can_be_filtered_read_proven_and_erased(
    engineer: Client, lead: Client, sealed: Snapshot
) -> None:
    listing = text(engineer.get(at(sealed, "rows/"), {"reason": "fixed"}))
    row = SnapshotRow.objects.get(snapshot=sealed, reason="fixed")
    assert listing.count("table__title") == 1
    page = at(sealed, f"rows/{row.leaf}/")
    shown = text(engineer.get(page))
    assert "right" in shown
    assert str(sealed.root) in shown
    assert "Erase for good" not in shown
    assert "Erase for good" in text(lead.get(page))
    lead.post(page + "erase/", {"reason": "asked for"})
    erased = text(lead.get(page))
    assert "asked for" in erased
    assert ">right<" not in erased


def test_a_preference_row_shows_both_sides(engineer: Client, world: World) -> None:
    decision = world.pair(world.answer("a"), world.answer("b"))
    snapshot = world.snapshot(kind="preference")
    row = SnapshotRow.objects.get(snapshot=snapshot)
    page = text(engineer.get(at(snapshot, f"rows/{row.leaf}/")))
    assert "Chosen" in page
    assert decision.item.pair.response_a.text[:5] in page
    assert "Chosen" in text(engineer.get(at(snapshot)))


def test_files_lines_and_manifest_can_be_taken_out(engineer: Client, sealed: Snapshot) -> None:
    shard = sealed.shards.earliest("pk")
    assert len(engineer.get(at(sealed, f"files/{shard.name}")).content) == shard.bytes
    lines = b"".join(engineer.get(at(sealed, "rows.jsonl")).streaming_content)  # type: ignore[attr-defined]
    assert lines.count(b"\n") == 4
    assert engineer.get(at(sealed, "manifest.json")).json()["root"] == sealed.root


def test_later_snapshots_say_what_changed(engineer: Client, world: World, sealed: Snapshot) -> None:
    world.repair(world.answer("four"), "accepted")
    later = world.snapshot()
    assert f"Since {sealed}" in text(engineer.get(at(later)))
    added = text(engineer.get(at(later, "rows/"), {"only": "added"}))
    assert added.count("table__title") == 1
