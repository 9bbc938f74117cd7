"""Production traces as the ingest would leave them, campaigns over them, and people who judge."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts.models import Membership, Project, Role, User
from annotation.actions.campaigns import create_campaign
from annotation.actions.make_items import NewItem, make_items
from annotation.actions.responses import NewResponse, store_responses
from annotation.models import Campaign, Item
from core.roles import ingest_role
from curation.bodies import packed
from curation.content import content_hash, prompt_hash
from curation.conversation import Conversation, message, new_conversation
from curation.ingest.redaction import redactor_for
from curation.models import ConversationBody, ConversationVersion, CurationState, Trace

DAY = date(2026, 11, 20)
NUMBERS = count(1)


def conversation(question: str, answer: str, *, passages: Sequence[str] = (), **more: Any) -> Conversation:
    """One question, one answer, and what retrieval gave."""
    made = new_conversation([message("user", question), message("assistant", answer)])
    made["retrieval"] = [
        {"document_id": f"doc-{n}", "text": text, "score": 1.0} for n, text in enumerate(passages)
    ]
    made.update(more)  # type: ignore[typeddict-item]
    return made


def store(
    project: Project, value: Conversation, *, variant: str = "base", **trace: Any
) -> ConversationVersion:
    """A settled trace with its first conversation version and its body."""
    rules = redactor_for(project.pk).rules_id
    head = Trace.objects.create(
        project=project,
        external_id=f"{next(NUMBERS):032x}",
        day=DAY,
        occurred_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
        route="test",
        variant=variant,
        **({"training_use": "allowed", "state": "settled"} | trace),
    )
    content, key_id = content_hash(value, project.pk)
    version = ConversationVersion.objects.create(
        project=project,
        trace=head,
        number=1,
        day=DAY,
        content_hash=content,
        key_id=key_id,
        rules_id=rules,
        prompt_hash=prompt_hash(value, project.pk),
    )
    Trace.objects.filter(pk=head.pk).update(current=version)
    CurationState.objects.create(version=version, project=project, step="done", domain="lists")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT curation_ensure_day(%s)", [DAY])
        with ingest_role():
            ConversationBody.objects.create(
                day=DAY,
                version_id=version.pk,
                project_id=project.pk,
                rules_id=rules,
                body=packed({"conversation": value, "marks": []}),
            )
    return version


def annotators(project: Project, number: int, *, simulated: bool = False) -> list[User]:
    """People who may judge in this project."""
    people = [
        User(email=f"judge{n}-{uuid4().hex[:6]}@{project.slug}.example", is_simulated=simulated)
        for n in range(number)
    ]
    User.objects.bulk_create(people)
    Membership.objects.bulk_create(
        Membership(project=project, user=user, role=Role.ANNOTATOR) for user in people
    )
    return people


def queue_pairs(campaign: Campaign, number: int, *, source: str = "variants") -> list[Item]:
    """Pairs of different answers to one question, straight into the queue."""
    version = store(campaign.project, conversation("What is a list?", "A list is a sequence."))
    found = [
        NewResponse(version.pk, "production", f"model-{n % 2}", [message("assistant", f"Answer {n}.")])
        for n in range(2 * number)
    ]
    responses = store_responses(project_id=campaign.project_id, found=found)
    new = [
        NewItem(version.pk, (responses[2 * n], responses[2 * n + 1]), source, 1 - n / (number + 1))
        for n in range(number)
    ]
    return list(Item.objects.filter(pk__in=make_items(campaign=campaign, found=new)).order_by("-priority"))


@pytest.fixture
def campaign(team) -> Campaign:  # type: ignore[no-untyped-def]
    """An open campaign of pairs, two judgments each, nothing required."""
    return create_campaign(who=team.lead, project=team.project, name="Which is better", overlap=2)


@pytest.fixture
def repairs(team) -> Campaign:  # type: ignore[no-untyped-def]
    """An open campaign of repairs, one decision each."""
    return create_campaign(who=team.lead, project=team.project, name="Mend", kind="repair", overlap=1)


@pytest.fixture
def people(team) -> Callable[[int], list[User]]:  # type: ignore[no-untyped-def]
    """Makes annotators."""
    return lambda number: annotators(team.project, number)
