"""Find hard negatives among what may be trained on: answers proved wrong, and near misses; at most so many a stratum and rule."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from accounts.models import Project
from core import audit, embedding
from core.actors import system
from core.jobs import enqueue
from core.models import Job
from curation.actions.who import Who, actor_of, allowed
from curation.bodies import load_many
from curation.domain_vectors import TOPIC
from curation.falsehoods import Rule, falsehoods
from curation.jobs import MINE
from curation.models import ConversationVersion
from curation.near_misses import near_misses
from curation.sampling import draw, stratum_name
from curation.validators.policy import VALIDATORS

PER_STRATUM = 50
BATCH = 500
MOST_NEAR = 4000
"""Near misses are looked for among so many answers at most, drawn by the seed: each is embedded."""
NEAR_TOKENS = 96
"""Of questions as of answers: what tells one question from another often comes after what its domain is told by."""
Progress = Callable[[int, int, str], None]
_FIELD = f"""
    SELECT s.version_id, s.domain, s.difficulty, coalesce(s.cluster_id::text, s.version_id::text), v.prompt_hash,
           {TOPIC}, v.answer_preview,
           (s.drop_reason = '' AND NOT EXISTS (SELECT 1 FROM curation_feedback f WHERE f.trace_id = t.id AND f.rating = -1)
            AND NOT t.escalated AND NOT t.truncated AND v.tool_errors = 0) AS good
    FROM curation_curationstate s
    JOIN curation_conversationversion v ON v.id = s.version_id
    JOIN curation_trace t ON t.id = v.trace_id AND t.current_id = v.id AND t.training_use = 'allowed'
    WHERE s.project_id = %s AND s.step = 'done' AND s.drop_reason = ANY(%s)
    ORDER BY s.version_id
"""
_POSITIVES = """
    SELECT DISTINCT ON (v.prompt_hash) v.prompt_hash, v.id FROM curation_conversationversion v
    JOIN curation_curationstate s ON s.version_id = v.id AND s.step = 'done' AND s.drop_reason = ''
    JOIN curation_trace t ON t.current_id = v.id AND t.training_use = 'allowed' AND NOT t.escalated AND NOT t.truncated
    JOIN curation_feedback f ON f.trace_id = t.id AND f.rating = 1 AND NOT f.simulated
    WHERE v.project_id = %s AND v.prompt_hash = ANY(%s) AND v.id <> ALL(%s)
      AND NOT EXISTS (SELECT 1 FROM curation_feedback w WHERE w.trace_id = t.id AND w.rating = -1)
    ORDER BY v.prompt_hash, v.id
"""


@dataclass(frozen=True, slots=True)
class _Candidate:
    version_id: uuid.UUID
    domain: str
    difficulty: str
    cluster: str
    prompt_hash: str
    question: str
    answer: str
    good: bool

    @property
    def stratum(self) -> str:
        return stratum_name((self.domain, self.difficulty))


@dataclass(frozen=True, slots=True)
class _Mined:
    rule: Rule
    prompt: _Candidate
    negative: _Candidate
    evidence: dict[str, Any]
    margin: float | None = None

    @property
    def key(self) -> tuple[str, uuid.UUID, uuid.UUID]:
        """What is kept once."""
        return self.rule.value, self.prompt.version_id, self.negative.version_id

    @property
    def home(self) -> tuple[str, str]:
        """What gives one only: a cluster, for each rule."""
        return self.rule.value, self.prompt.cluster


@dataclass(slots=True)
class Mining:
    """What a run looked at, found, wrote, and held back by the caps; `left` says why, by rule."""

    looked_at: int = 0
    found: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    over_cap: Counter[str] = field(default_factory=Counter)

    def as_data(self) -> dict[str, Any]:
        """JSON form: the result of the job."""
        counts = {"found": self.found, "written": self.written, "over_cap": self.over_cap}
        return {
            "looked_at": self.looked_at,
            **{name: dict(sorted(one.items())) for name, one in counts.items()},
        }


def ask_to_mine(*, who: Who, project: Project, per_stratum: int = PER_STRATUM, seed: int = 0) -> Job:
    """Start a run in the background; the one that is under way is returned instead."""
    allowed(who, "curation.manage", project)
    payload = {"project": str(project.pk), "per_stratum": per_stratum, "seed": seed}
    return enqueue(kind=MINE, project_id=project.pk, payload=payload, dedupe_key=str(project.pk))


def mine_hard_negatives(
    project: Project,
    *,
    who: Who | None = None,
    per_stratum: int = PER_STRATUM,
    seed: int = 0,
    on_progress: Progress = lambda *_: None,
) -> Mining:
    """Find and keep; the same data and seed find the same. What is kept already counts towards the caps."""
    mining = Mining()
    candidates = _candidates(project)
    mining.looked_at = len(candidates)
    mined = list(_proved(candidates, on_progress))
    if embedding.available():
        on_progress(len(candidates), len(candidates), "embedding answers")
        mined += _near(candidates, seed)
    mining.found.update(one.rule.value for one in mined)
    kept = _capped(project, mined, per_stratum, seed, mining)
    with transaction.atomic():
        mining.written.update(_write(project, kept))
        audit.record(
            actor=actor_of(who) if who else system("curation"), verb="hard_negatives.mine", subject=project,
            project_id=project.pk, data=mining.as_data() | {"per_stratum": per_stratum, "seed": seed},
        )  # fmt: skip
    return mining


def _candidates(project: Project) -> list[_Candidate]:
    """What is kept, or was left out only by a validator: wrong is what is looked for."""
    with connection.cursor() as cursor:
        cursor.execute(_FIELD, [project.pk, ["", *VALIDATORS]])
        return [_Candidate(*row) for row in cursor.fetchall()]


def _proved(candidates: Sequence[_Candidate], on_progress: Progress) -> Iterator[_Mined]:
    for start in range(0, len(candidates), BATCH):
        some = {one.version_id: one for one in candidates[start : start + BATCH]}
        for key, stored in load_many(ConversationVersion.objects.filter(pk__in=some)).items():
            for false in falsehoods(stored.conversation):
                yield _Mined(false.rule, some[key], some[key], false.evidence)
        on_progress(min(start + BATCH, len(candidates)), len(candidates), "checking answers")


def _near(candidates: Iterable[_Candidate], seed: int) -> list[_Mined]:
    """Among answers nothing speaks against, one for each cluster and question."""
    drawn: dict[str, _Candidate] = {}
    for one in sorted(candidates, key=lambda one: draw(str(one.version_id), seed)):
        if one.good and one.answer:
            drawn.setdefault(one.prompt_hash or one.cluster, one)
    field_ = list(drawn.values())[:MOST_NEAR]
    if len(field_) < 2:
        return []
    questions = embedding.encode([one.question for one in field_], max_tokens=NEAR_TOKENS)
    answers = embedding.encode([one.answer for one in field_], max_tokens=NEAR_TOKENS)
    return [
        _Mined(
            Rule.NEAR_MISS,
            field_[one.question],
            field_[one.answer],
            {"own": one.own, "other": one.other},
            one.margin,
        )
        for one in near_misses(questions, answers, [one.cluster for one in field_])
    ]


def _capped(
    project: Project, mined: Sequence[_Mined], per_stratum: int, seed: int, mining: Mining
) -> list[_Mined]:
    """At most so many of one stratum and rule with those there are, one a cluster, drawn by the seed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stratum, rule, count(*) FROM curation_hardnegative WHERE project_id = %s GROUP BY 1, 2",
            [project.pk],
        )
        held: Counter[tuple[str, str]] = Counter(
            {(stratum, rule): n for stratum, rule, n in cursor.fetchall()}
        )
        cursor.execute(
            "SELECT rule, prompt_id, negative_id FROM curation_hardnegative WHERE project_id = %s",
            [project.pk],
        )
        known = set(cursor.fetchall())
    kept: list[_Mined] = []
    clusters = {one.home for one in mined if one.key in known}
    for one in sorted(mined, key=lambda one: draw(f"{one.prompt.version_id}{one.negative.version_id}", seed)):
        if one.key in known:
            continue
        cell = (one.prompt.stratum, one.rule.value)
        if held[cell] >= per_stratum or one.home in clusters:
            mining.over_cap[one.rule.value] += 1
            continue
        held[cell] += 1
        clusters.add(one.home)
        kept.append(one)
    return kept


def _write(project: Project, kept: Sequence[_Mined]) -> Counter[str]:
    positives = _positives(project, kept)
    rows = [
        (
            one.rule.value, one.prompt.version_id, one.negative.version_id,
            one.prompt.version_id if one.rule is Rule.NEAR_MISS else positives.get(one.prompt.prompt_hash),
            one.margin, one.prompt.stratum, Jsonb(one.evidence),
        )
        for one in kept
    ]  # fmt: skip
    if not rows:
        return Counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO curation_hardnegative (project_id, rule, prompt_id, negative_id, positive_id, margin, stratum, evidence)"
            " SELECT %s, * FROM unnest(%s::text[], %s::uuid[], %s::uuid[], %s::uuid[], %s::float8[], %s::text[], %s::jsonb[])"
            " ON CONFLICT (rule, prompt_id, negative_id) DO NOTHING RETURNING rule",
            [project.pk, *map(list, zip(*rows, strict=True))],
        )
        return Counter(rule for (rule,) in cursor.fetchall())


def _positives(project: Project, kept: Sequence[_Mined]) -> dict[str, uuid.UUID]:
    """For questions somebody else answered well: that answer, by the hash of the question."""
    asked = [one for one in kept if one.rule is not Rule.NEAR_MISS and one.prompt.prompt_hash]
    with connection.cursor() as cursor:
        cursor.execute(
            _POSITIVES,
            [
                project.pk,
                [one.prompt.prompt_hash for one in asked],
                [one.negative.version_id for one in asked],
            ],
        )
        return dict(cursor.fetchall())
