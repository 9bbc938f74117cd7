"""Documents for the persistent index: made of sentences' worth of common words, a fifth of them edits of earlier ones."""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction

VOCABULARY = 20_000
SHORTEST, LONGEST, EDITED = 40, 120, 0.2
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
"""The rows of a version that deduplication joins with; its body is not read here."""


def documents(count: int, seed: int) -> Iterator[str]:
    """`count` texts of about 480 characters; the rate of near-duplicates is the same however many there are."""
    draw, numbers = random.Random(seed), np.random.default_rng(seed)
    words = ["".join(draw.choices("etaoinshrdlu", k=draw.randint(2, 9))) for _ in range(VOCABULARY)]
    recent: list[list[str]] = []
    for _ in range(count):
        if recent and draw.random() < EDITED:
            said = [*draw.choice(recent)]
            said[draw.randrange(len(said))] = draw.choice(words)
        else:
            said = [
                words[at] for at in numbers.integers(0, VOCABULARY, draw.randint(SHORTEST, LONGEST)).tolist()
            ]
        recent = [*recent[-200:], said]
        yield " ".join(said)


@dataclass(frozen=True)
class Batch:
    """Versions in the database, with their texts signed and not yet published."""

    texts: list[Any]
    rows: Any


def signed(project: Any, texts: Sequence[str]) -> Batch:
    """Heads of these texts' versions are written here, so that publishing is all that is left."""
    from curation.actions.adopt_rules import current_rules
    from curation.dedup.publish import Text
    from curation.dedup.spec import exact_hasher
    from curation.signing.signer import sign

    exact, made = exact_hasher(project.pk), sign(texts)
    versions = [uuid.uuid4() for _ in texts]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(HEADS, [versions, project.pk, project.pk, current_rules(project.pk).pk, project.pk])
    return Batch(
        [
            Text(version, "whole", exact("whole", text), made.shingles(place), made.rows[place])
            for place, (version, text) in enumerate(zip(versions, texts, strict=True))
        ],
        made.rows,
    )
