"""The vault: off unless asked for; sealed under keys the database does not hold; two people for a look; shredded per person."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core import keyring
from core.errors import NotFound, PermissionRefused, Refused
from core.models import AuditEntry
from core.vault import CannotOpen, new_data_key, opened, sealed
from curation.actions.reveal_original import ask_to_reveal, decide_reveal, reveal, shred_person, switch_vault
from curation.models import ConversationVersion, Reveal, RevealRequest, Trace, VaultEntry, VaultKey
from tests.conftest import Team
from tests.curation.arrivals import arrive
from tests.curation.ruled import said

pytestmark = pytest.mark.django_db
EMAIL = "anna@firm.example"


@pytest.fixture
def vault(team: Team, settings: Any, settle_at_once: None) -> None:
    """The installation has one and the project uses it."""
    settings.VAULT = True
    switch_vault(who=team.lead, project=team.project, enabled=True)


def sealed_trace(team: Team, **changes: Any) -> tuple[ConversationVersion, str]:
    """A conversation with an address in it, and its stand-in."""
    (version,) = arrive(team, (f"Write to {EMAIL} about it", "Done."), **changes)
    return version, said(version).split()[2]


def asked(team: Team) -> RevealRequest:
    """The lead asks for the address."""
    version, stand_in = sealed_trace(team)
    return ask_to_reveal(
        who=team.lead,
        project=team.project,
        trace=version.trace,
        surrogate=stand_in,
        reason="the customer called",
    )


def test_nothing_is_sealed_unless_installation_and_project_say_so(
    team: Team, settings: Any, settle_at_once: None
) -> None:
    sealed_trace(team)
    with pytest.raises(Refused) as refused:
        switch_vault(who=team.lead, project=team.project, enabled=True)
    assert refused.value.code == "no_vault"
    settings.VAULT = True
    sealed_trace(team)
    assert not VaultKey.objects.exists()


def test_an_original_is_shown_once_two_people_agree(team: Team, vault: None) -> None:
    request = asked(team)
    decide_reveal(who=team.second_lead, project=team.project, request_id=request.pk, grant=True)
    assert reveal(who=team.lead, project=team.project, request_id=request.pk) == EMAIL
    assert Reveal.objects.get().shown_to == team.lead
    assert AuditEntry.objects.filter(verb__startswith="vault.").values_list("verb", flat=True).count() == 4
    assert EMAIL not in str(list(AuditEntry.objects.values_list("data", flat=True)))


def test_the_pages_lead_to_a_request_and_the_other_lead_is_told(team: Team, vault: None) -> None:
    request = asked(team)
    trace, slug = request.entry.key.trace, team.project.slug
    page = team.client(team.lead).get(f"/p/{slug}/curation/traces/{trace.pk}/").content.decode()
    assert f"/p/{slug}/curation/traces/{trace.pk}/vault/" in page
    assert "asks for an original" in team.client(team.second_lead).get(f"/p/{slug}/inbox/").content.decode()
    for person in (team.lead, team.engineer):
        assert "asks for an original" not in team.client(person).get(f"/p/{slug}/inbox/").content.decode()
    page = team.client(team.engineer).get(f"/p/{slug}/curation/traces/{trace.pk}/").content.decode()
    assert "/vault/" not in page


def test_every_trace_of_a_person_holds_who_they_are(team: Team, vault: None) -> None:
    versions = [sealed_trace(team, user_id="anna.weber")[0] for _ in range(2)]
    for version in versions:
        trace = Trace.objects.get(pk=version.trace_id)
        assert VaultEntry.objects.filter(key__trace=trace, surrogate=trace.user_key).exists()


def test_nobody_grants_their_own_request(team: Team, vault: None) -> None:
    request = asked(team)
    with pytest.raises(Refused, match="Somebody else"):
        decide_reveal(who=team.lead, project=team.project, request_id=request.pk, grant=True)
    with pytest.raises(DatabaseError, match="reveal_four_eyes"), transaction.atomic():
        RevealRequest.objects.filter(pk=request.pk).update(
            state="granted", decided_by=team.lead, decided_at=timezone.now(), expires_at=timezone.now()
        )


def test_a_look_needs_a_standing_grant_and_the_one_who_asked(team: Team, vault: None) -> None:
    request = asked(team)
    with pytest.raises(Refused, match="No standing grant"):
        reveal(who=team.lead, project=team.project, request_id=request.pk)
    with pytest.raises(DatabaseError, match="while the grant stands"), transaction.atomic():
        Reveal.objects.create(request=request, shown_to=team.lead)
    decide_reveal(who=team.second_lead, project=team.project, request_id=request.pk, grant=True)
    with pytest.raises(Refused, match="No standing grant"):
        reveal(who=team.second_lead, project=team.project, request_id=request.pk)
    with pytest.raises(DatabaseError, match="decided once"), transaction.atomic():
        RevealRequest.objects.filter(pk=request.pk).update(state="denied", expires_at=None)


def test_a_grant_runs_out(team: Team, vault: None, monkeypatch: Any) -> None:
    from curation.actions import reveal_original

    monkeypatch.setattr(reveal_original, "GRANTED_FOR", -reveal_original.GRANTED_FOR)
    request = asked(team)
    decide_reveal(who=team.second_lead, project=team.project, request_id=request.pk, grant=True)
    with pytest.raises(Refused, match="No standing grant"):
        reveal(who=team.lead, project=team.project, request_id=request.pk)


def test_engineers_and_strangers_never_look(team: Team, other_team: Team, vault: None) -> None:
    request = asked(team)
    with pytest.raises(PermissionRefused):
        decide_reveal(who=team.engineer, project=team.project, request_id=request.pk, grant=True)
    with pytest.raises(NotFound):
        decide_reveal(who=other_team.lead, project=other_team.project, request_id=request.pk, grant=True)


def test_the_database_alone_opens_nothing(team: Team, vault: None, settings: Any) -> None:
    request = asked(team)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.sealed, k.wrapped FROM curation_vaultentry e JOIN curation_vaultkey k ON k.trace_id = e.key_id"
        )
        held = b"".join(bytes(part) for row in cursor.fetchall() for part in row)
    assert EMAIL.encode() not in held
    decide_reveal(who=team.second_lead, project=team.project, request_id=request.pk, grant=True)
    settings.KEYRING_JSON = '{"active": "test", "keys": {"test": "' + "cd" * 32 + '"}}'
    keyring.keyring.cache_clear()
    try:
        with pytest.raises(CannotOpen):
            reveal(who=team.lead, project=team.project, request_id=request.pk)
    finally:
        keyring.keyring.cache_clear()


def test_shredding_a_person_closes_all_their_traces_and_no_others(team: Team, vault: None) -> None:
    mine, stand_in = sealed_trace(team, user_id="u1")
    sealed_trace(team, user_id="u1")
    other, _ = sealed_trace(team, user_id="u2")
    person = Trace.objects.get(pk=mine.trace_id).user_key
    assert (
        shred_person(who=team.lead, project=team.project, user_key=person, reason="asked to be forgotten")
        == 2
    )
    assert set(VaultKey.objects.filter(wrapped=None).values_list("trace__user_key", flat=True)) == {person}
    assert VaultKey.objects.get(trace_id=other.trace_id).wrapped is not None
    with pytest.raises(NotFound):
        ask_to_reveal(
            who=team.lead, project=team.project, trace=mine.trace, surrogate=stand_in, reason="once more"
        )


def test_a_granted_look_after_shredding_shows_nothing(team: Team, vault: None) -> None:
    request = asked(team)
    decide_reveal(who=team.second_lead, project=team.project, request_id=request.pk, grant=True)
    person = Trace.objects.get(pk=request.entry.key_id).user_key
    shred_person(who=team.admin, project=team.project, user_key=person, reason="asked to be forgotten")
    with pytest.raises(NotFound, match="shredded"):
        reveal(who=team.lead, project=team.project, request_id=request.pk)
    assert not Reveal.objects.exists()


def test_a_shredded_key_never_comes_back(team: Team, vault: None) -> None:
    version, _ = sealed_trace(team)
    key = VaultKey.objects.get(trace_id=version.trace_id)
    before = key.wrapped
    shred_person(who=team.lead, project=team.project, user_key=version.trace.user_key, reason="x")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        VaultKey.objects.filter(pk=key.pk).update(wrapped=before, shredded_at=None, shredded_by=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        VaultEntry.objects.filter(key=key).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        VaultKey.objects.filter(pk=key.pk).delete()


def test_what_is_sealed_opens_only_where_it_belongs() -> None:
    key = new_data_key()
    data = sealed(b"text", key, "here")
    assert opened(data, key, "here") == b"text"
    for wrong in (
        (data, key, "there"),
        (data, new_data_key(), "here"),
        (data[:-1] + b"\0", key, "here"),
        (b"", key, "here"),
    ):
        with pytest.raises(CannotOpen):
            opened(*wrong)
    assert sealed(b"text", key, "here") != data
