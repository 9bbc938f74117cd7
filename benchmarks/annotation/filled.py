"""A campaign with a queue of any length, straight into the tables, and people to judge it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.db import connection, transaction

from accounts.models import Membership, Project, Role, User
from annotation.actions.campaigns import create_campaign
from annotation.actions.profile import profile_of
from annotation.actions.responses import NewResponse, store_responses
from annotation.models import AnnotatorProfile, Campaign
from core.roles import ingest_role
from curation.bodies import packed
from curation.content import content_hash, prompt_hash
from curation.conversation import Message, Part, message, new_conversation
from curation.ingest.redaction import redactor_for
from curation.models import ConversationBody, ConversationVersion, CurationState, Trace

DAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
ANSWERS = 200
PARAGRAPH = (
    "The **refund** takes `5` to `10` days.\n\n- It goes to the card that was charged.\n- A bank may hold it for two days more."
    "\n\n```python\nrefund(order, amount=total)\n```\n\nAsk again if it has not arrived by then.\n\n"
)

ITEMS = """
INSERT INTO annotation_item
    (id, project_id, campaign_id, kind, version_id, fingerprint, slots_asked, slots_left, priority, state)
SELECT gen_random_uuid(), %(project)s, %(campaign)s, 'pair', %(version)s, md5(n::text), %(overlap)s,
       CASE WHEN n %% %(every)s = 0 THEN %(overlap)s ELSE 0 END, random(),
       CASE WHEN n %% %(every)s = 0 THEN 'open' ELSE 'closed' END
FROM generate_series(1, %(items)s) n
"""

PAIRS = """
INSERT INTO annotation_pair (item_id, response_a_id, response_b_id, source)
SELECT i.id, r.ids[1 + (i.n %% 100) * 2], r.ids[2 + (i.n %% 100) * 2], 'variants'
FROM (SELECT id, row_number() OVER () AS n FROM annotation_item WHERE campaign_id = %(campaign)s) i,
     (SELECT array_agg(id) AS ids FROM annotation_response WHERE version_id = %(version)s) r
"""

SEEN = """
INSERT INTO annotation_assignment
    (id, project_id, item_id, profile_id, state, lease_token, leased_until, prefetch, swapped, claimed_at, skip_reason, draft)
SELECT gen_random_uuid(), i.project_id, i.id, %(profile)s, 'submitted', gen_random_uuid(), now(), false, false, now(), '', '{}'
FROM (SELECT * FROM annotation_item WHERE campaign_id = %(campaign)s AND state = 'open' AND slots_left > 0
      ORDER BY priority DESC, id LIMIT %(number)s) i
"""


GIVEN_TO = """
UPDATE annotation_item i SET given_to = i.given_to || %(profile)s::uuid
FROM annotation_assignment s WHERE s.item_id = i.id AND s.profile_id = %(profile)s AND i.campaign_id = %(campaign)s
"""


def project_with_people(slug: str, number: int) -> tuple[Project, User, list[User]]:
    """A project, its lead and so many annotators."""
    project = Project.objects.create(slug=slug, name=slug, training_use_default="allowed")
    lead = User.objects.create_user(f"lead@{slug}.example", None, name="Lead")
    people = User.objects.bulk_create(
        User(email=f"judge{n}@{slug}.example", name=f"J{n}") for n in range(number)
    )
    Membership.objects.create(project=project, user=lead, role=Role.DATA_LEAD)
    Membership.objects.bulk_create(
        Membership(project=project, user=one, role=Role.ANNOTATOR) for one in people
    )
    for one in people:
        profile_of(who=one, project=project)
    return project, lead, people


def filled(
    project: Project,
    lead: User,
    *,
    items: int,
    every: int = 1,
    overlap: int = 3,
    answer: Callable[[int], list[Message]] | None = None,
) -> Campaign:
    """A campaign with so many pairs, one in `every` of them open, in a random order; `answer(n)` is the n-th answer."""
    campaign = create_campaign(
        who=lead, project=project, name=f"{items} items {uuid4().hex[:4]}", overlap=overlap
    )
    version = _version(project)
    _answers(project, version, answer or usual_answer)
    asked: dict[str, UUID | int] = {
        "project": project.pk,
        "campaign": campaign.pk,
        "version": version.pk,
        "overlap": overlap,
        "every": every,
        "items": items,
    }
    with connection.cursor() as cursor:
        cursor.execute(ITEMS, asked)
        cursor.execute(PAIRS, asked)
        cursor.execute(
            "VACUUM ANALYZE annotation_item, annotation_pair, annotation_assignment, annotation_judgment"
        )
    return campaign


def seen(campaign: Campaign, profile: AnnotatorProfile, number: int) -> None:
    """So many of the campaign's first open items have been judged by this person before."""
    with connection.cursor() as cursor:
        of = {"campaign": campaign.pk, "profile": profile.pk}
        cursor.execute(SEEN, of | {"number": number})
        cursor.execute(GIVEN_TO, of)
        cursor.execute("VACUUM ANALYZE annotation_assignment, annotation_item")


def _version(project: Project) -> ConversationVersion:
    value = new_conversation([message("user", "When does my refund come?"), message("assistant", PARAGRAPH)])
    rules = redactor_for(project.pk).rules_id
    head = Trace.objects.create(
        project=project,
        external_id=uuid4().hex,
        day=DAY.date(),
        occurred_at=DAY,
        route="bench",
        training_use="allowed",
        state="settled",
    )
    content, key_id = content_hash(value, project.pk)
    version = ConversationVersion.objects.create(
        project=project,
        trace=head,
        number=1,
        day=DAY.date(),
        content_hash=content,
        key_id=key_id,
        rules_id=rules,
        prompt_hash=prompt_hash(value, project.pk),
    )
    CurationState.objects.create(version=version, project=project, step="done", domain="refunds")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT curation_ensure_day(%s)", [DAY.date()])
        with ingest_role():
            ConversationBody.objects.create(
                day=DAY.date(),
                version_id=version.pk,
                project_id=project.pk,
                rules_id=rules,
                body=packed({"conversation": value, "marks": []}),
            )
    return version


def usual_answer(number: int) -> list[Message]:
    """About 600 words with lists and code."""
    return [message("assistant", PARAGRAPH * 15 + f"Number {number}.")]


def long_answer(number: int) -> list[Message]:
    """One answer of 40 KB."""
    return [message("assistant", PARAGRAPH * (40_000 // len(PARAGRAPH)) + f"Number {number}.")]


def tool_trace(number: int) -> list[Message]:
    """Thirty turns: calls, their results of eighty lines, and what was said in the end."""
    turns: list[Message] = []
    for step in range(14):
        lines = "\n".join(f"{number} {step} row {line}" for line in range(80))
        call: Part = {"type": "tool_call", "id": f"c{step}", "name": "measure", "arguments": {"list": step}}
        turns.append(Message(role="assistant", parts=[call]))
        turns.append(Message(role="tool", parts=[{"type": "tool_result", "id": f"c{step}", "result": lines}]))
    return [*turns, message("assistant", PARAGRAPH), message("assistant", f"Number {number}.")]


def _answers(project: Project, version: ConversationVersion, answer: Callable[[int], list[Message]]) -> None:
    """Two hundred different answers."""
    found = [NewResponse(version.pk, "production", f"model-{n % 2}", answer(n)) for n in range(ANSWERS)]
    store_responses(project_id=project.pk, found=found)
