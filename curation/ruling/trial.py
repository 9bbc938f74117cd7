"""What a draft would change, tried on recent conversations. Nothing is written, and only stand-ins with their surroundings are shown."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from dataclasses import dataclass, field

from core.keyring import project_key
from core.privacy import RedactionFailed, RuleSet, SurrogateKey
from core.privacy.surrogates import SURROGATE, kind_of
from curation.bodies import load_many
from curation.conversation import Conversation
from curation.ingest.redaction import SURROGATES, Redactor
from curation.models import ConversationVersion
from curation.ruling.places import texts, uncut
from curation.ruling.stored import redact_stored_conversation

CONVERSATIONS = 200
SECONDS = 6.0
SAMPLES, PER_KIND, AROUND = 12, 4, 60


@dataclass(frozen=True, slots=True)
class Sample:
    """A stand-in only the draft puts there, with the redacted text around it."""

    trace_id: uuid.UUID
    kind: str
    path: str
    before: str
    stand_in: str
    after: str


@dataclass(slots=True)
class Trial:
    """How many conversations were tried, how many would get a next version, and why."""

    tried: int = 0
    changed: int = 0
    unreadable: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    by_rule: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)

    @property
    def rules(self) -> list[tuple[str, int]]:
        """Rules and how often they caught something new, the busiest first."""
        return self.by_rule.most_common()


def try_on_recent(project_id: uuid.UUID, rules: RuleSet, *, limit: int = CONVERSATIONS) -> Trial:
    """Redact the newest conversations once more under `rules` (bound), as many as fit into a page's time."""
    key = project_key(project_id, SURROGATES)
    redactor = Redactor(0, rules, SurrogateKey(key.id, key.secret))
    newest = ConversationVersion.objects.filter(project_id=project_id, current_of__isnull=False)
    versions = list(newest.order_by("-current_of__occurred_at")[:limit])
    bodies = load_many(versions)
    trial, until = Trial(), time.monotonic() + SECONDS
    for version in versions:
        if version.pk not in bodies:
            continue
        if time.monotonic() > until:
            break
        _try_one(trial, version, bodies[version.pk].conversation, redactor)
    return trial


def _try_one(
    trial: Trial, version: ConversationVersion, conversation: Conversation, redactor: Redactor
) -> None:
    trial.tried += 1
    try:
        done = redact_stored_conversation(conversation, redactor)
    except RedactionFailed:
        trial.unreadable += 1
        return
    if not done.changed:
        return
    trial.changed += 1
    trial.kinds.update(done.kinds)
    trial.by_rule.update(done.by_rule)
    if len(trial.samples) < SAMPLES:
        trial.samples += samples(version.trace_id, conversation, done.value)[:PER_KIND]


def samples(trace_id: uuid.UUID, before: Conversation, after: Conversation) -> list[Sample]:
    """Stand-ins of `after` that `before` does not hold, in their surroundings (which passed the new rules, too)."""
    known = {found.group() for _, text in texts(before) for found in SURROGATE.finditer(text)}
    made = []
    for path, text in texts(after):
        for found in SURROGATE.finditer(text):
            if found.group() not in known:
                known.add(found.group())
                around = (
                    text[uncut(text, found.start() - AROUND) : found.start()],
                    text[found.end() : uncut(text, found.end() + AROUND)],
                )
                made.append(
                    Sample(trace_id, kind_of(found.group()), path, around[0], found.group(), around[1])
                )
    return made
