"""Versions with given texts, written straight into the tables: for tests of thousands of texts, where arriving would take minutes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from curation.actions.adopt_rules import current_rules
from curation.dedup.publish import Text, publish
from curation.dedup.spec import exact_hasher
from curation.models import CurationState, DistinctText
from curation.signing.signer import sign
from tests.conftest import Team

HEADS = """
    WITH n AS (SELECT * FROM unnest(%s::uuid[]) WITH ORDINALITY AS n(id, number)), heads AS (
        INSERT INTO curation_trace (id, project_id, external_id, day, occurred_at, service, environment, release, variant, model,
            session_key, user_key, route, source, licence, simulated, status, escalated, truncated, training_use,
            training_use_source, state, span_count)
        SELECT n.id, %s, n.id::text, '2026-01-01', '2026-01-01'::timestamptz + n.number * interval '1 second', '', '', '', '', '',
            '', '', 'jsonl', '', '', false, 'ok', false, false, 'allowed', '', 'settled', 0 FROM n
    ), versions AS (
        INSERT INTO curation_conversationversion (id, project_id, trace_id, number, day, content_hash, key_id, rules_id, redactions,
            turns, tool_calls, tool_errors, prompt_preview, answer_preview, prompt_hash)
        SELECT n.id, %s, n.id, 1, '2026-01-01', '', '', %s, '{}', 0, 0, 0, '', '', '' FROM n
    )
    INSERT INTO curation_curationstate (version_id, project_id, step, drop_reason, is_representative, domain, difficulty, kind, language)
    SELECT n.id, %s, 'published', '', false, '', '', '', '' FROM n
"""


def write(team: Team, texts: Sequence[str], view: str = "whole", batch: str = "") -> list[uuid.UUID]:
    """One published version for each text, in order; a batch that is named and there already is not written again."""
    project = team.project.pk
    name = batch or str(uuid.uuid4())
    versions = [uuid.uuid5(project, f"{name}:{place}") for place in range(len(texts))]
    if CurationState.objects.filter(version_id=versions[0]).exists():
        return versions
    exact, signed = exact_hasher(project), sign(texts)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(HEADS, [versions, project, project, current_rules(team.project.pk).pk, project])
        publish(project, [
            Text(version, view, exact(view, text), signed.shingles(place), signed.rows[place])
            for place, (version, text) in enumerate(zip(versions, texts, strict=True))
        ])  # fmt: skip
    return versions


def kept(team: Team) -> set[uuid.UUID]:
    """Versions that nothing leaves out."""
    states = CurationState.objects.filter(project=team.project, drop_reason="")
    return set(states.values_list("version_id", flat=True))


def texts_of(team: Team) -> dict[int, bytes]:
    """Shingles of every distinct text, as stored."""
    found = DistinctText.objects.filter(project=team.project)
    return {key: bytes(shingles) for key, shingles in found.values_list("pk", "shingles")}
