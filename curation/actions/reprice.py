"""What conversations would cost under another version of the price book, and the revisions that say so.

A conversation version is never edited: its cost as it was fixed stays, and the latest revision beside it holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Max

from accounts.models import Project, User
from core import audit
from curation.actions.who import Who, allowed, person_of
from curation.bodies import load_many
from curation.conversation import Call
from curation.ingest.settling import DEAREST
from curation.models import AssetVersion, ConversationVersion, CostRevision
from curation.price_books import book_numbered
from curation.pricing import Book, cost_of

BATCH = 500
PLACES = Decimal("0.00000001")


@dataclass(slots=True)
class ModelChange:
    """One model's calls, what they cost now and would cost; `unpriced` calls have no price under the book either way."""

    model: str
    calls: int = 0
    old_usd: Decimal = Decimal(0)
    new_usd: Decimal = Decimal(0)
    unpriced: int = 0


@dataclass(slots=True)
class Repriced:
    """The changes by model, how many conversations got a revision, and how many have no text any more."""

    models: list[ModelChange]
    conversations: int
    changed: int
    retired: int


def reprice(*, who: Who, project: Project, book_number: int, since: date, write: bool = False) -> Repriced:
    """Price the current conversations of these days again; with `write`, a revision for each whose cost changes.

    Costs that senders reported stay as reported.
    """
    actor = allowed(who, "curation.manage", project)
    book = book_numbered(project.pk, book_number)
    found = ConversationVersion.objects.filter(project=project, current_of__isnull=False, day__gte=since)
    changes: dict[str, ModelChange] = {}
    total = Repriced([], 0, 0, 0)
    ids = list(found.order_by("day", "id").values_list("pk", flat=True))
    for at in range(0, len(ids), BATCH):
        with transaction.atomic():
            if write:
                _alone(project)
            versions = list(ConversationVersion.objects.with_cost().filter(pk__in=ids[at : at + BATCH]))
            _reprice(versions, book, changes, total, author=person_of(who), write=write)
    total.models = sorted(changes.values(), key=lambda one: (-one.new_usd, one.model))
    if write:
        audit.record(
            actor=actor, verb="price_book.reprice", subject=AssetVersion.objects.get(pk=book.version_id),
            project_id=project.pk, data={"since": since.isoformat(), "changed": total.changed},
        )  # fmt: skip
    return total


def _alone(project: Project) -> None:
    """One run at a time numbers revisions in a project; the other goes on from what it wrote, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"reprice {project.pk}"])


def _reprice(
    versions: Sequence[ConversationVersion], book: Book, changes: dict[str, ModelChange], total: Repriced, *,
    author: User | None, write: bool,
) -> None:  # fmt: skip
    bodies = load_many(versions)
    revised: list[tuple[ConversationVersion, Decimal | None]] = []
    for version in versions:
        if version.pk not in bodies:
            total.retired += 1
            continue
        total.conversations += 1
        new = _priced(bodies[version.pk].conversation["calls"], book, changes)
        if new != version.cost_now:  # type: ignore[attr-defined]
            total.changed += 1
            revised.append((version, new))
    if write and revised:
        _write(revised, book, author)


def _priced(calls: Sequence[Call], book: Book, changes: dict[str, ModelChange]) -> Decimal | None:
    """The new cost of a conversation; None when no call of it has a price."""
    costs = []
    for call in calls:
        model = call["model_answered"] or call["model_requested"] or "?"
        change = changes.setdefault(model, ModelChange(model))
        new = _new_cost(call, book)
        change.calls += 1
        change.old_usd += Decimal(str(call["cost_usd"] or 0))
        change.new_usd += new or 0
        change.unpriced += new is None
        if new is not None:
            costs.append(new)
    total = sum(costs, Decimal(0)).quantize(PLACES)
    return total if costs and 0 <= total < DEAREST else None


def _new_cost(call: Call, book: Book) -> Decimal | None:
    reported = call.get("price", {}).get("source", "reported") == "reported"
    if reported and call["cost_usd"] is not None:
        return Decimal(str(call["cost_usd"]))
    return cost_of(call, book)


def _write(
    revised: Sequence[tuple[ConversationVersion, Decimal | None]], book: Book, author: User | None
) -> None:
    last: dict[object, int] = defaultdict(int)
    there = CostRevision.objects.filter(version__in=[version for version, _ in revised])
    last |= dict(there.values_list("version").annotate(last=Max("number")))
    CostRevision.objects.bulk_create([
        CostRevision(
            project_id=version.project_id, version=version, number=last[version.pk] + 1, cost_usd=cost,
            book_id=book.version_id, author=author,
        )
        for version, cost in revised
    ])  # fmt: skip
