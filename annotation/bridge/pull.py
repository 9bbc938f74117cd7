"""Pull a campaign's responses. What was taken in is known by (response, time of its last change): pulling again writes nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import require
from core import audit
from core.errors import NotFound, Refused
from core.jobs import RunningJob, enqueue
from core.models import Job, JobState

from ..actions.said import Under
from ..jobs import ARGILLA_PULL
from ..models import (
    AnnotatorProfile,
    ArgillaAccount,
    ArgillaAnswer,
    ArgillaDataset,
    ArgillaRecord,
    Campaign,
)
from .answers import Unreadable
from .connect import connection_of, signed_in
from .contents import fields_hash
from .push import answers_asked
from .refusals import write_down
from .take_in import DISCARDED, SUBMITTED, Incoming, take_in

if TYPE_CHECKING:
    from .sdk import There
    from .server import Server

REFUSED_THERE = "argilla_refused"


def start_pull(*, who: User, campaign: Campaign) -> Job:
    """Queue a pull; asked for by a person."""
    require(who, "annotation.manage", campaign.project)
    connection_of(campaign.project)
    if not ArgillaDataset.objects.filter(campaign=campaign).exists():
        raise NotFound("argilla_not_pushed", _("This campaign has not been pushed to Argilla."))
    audit.record(
        actor=who.actor, verb="annotation.pull_argilla", subject=campaign, project_id=campaign.project_id
    )
    return queue_pull(campaign)


def queue_pull(campaign: Campaign) -> Job:
    """A pull that starts after this moment: one that runs already may have passed what is new."""
    running = Job.objects.filter(
        kind=ARGILLA_PULL, state=JobState.RUNNING, dedupe_key=str(campaign.pk)
    ).exists()
    return enqueue(
        kind=ARGILLA_PULL,
        project_id=campaign.project_id,
        payload={"campaign": str(campaign.pk)},
        dedupe_key=f"{campaign.pk}:next" if running else str(campaign.pk),
    )


@dataclass
class _Pull:
    """One pull at work: what is known at its beginning, and what it counts."""

    running: RunningJob
    campaign: Campaign
    known: set[tuple[UUID, datetime]]
    people: dict[UUID, AnnotatorProfile]
    under: Under
    counts: Counter[str] = field(default_factory=Counter)

    def take_record(self, record: ArgillaRecord, raw: dict[str, Any]) -> None:
        """Every response of one record, in the order in which they were given: the first get the slots."""
        changed = fields_hash(raw["fields"]) != record.fields_hash
        for incoming in sorted(map(Incoming.read, raw["responses"] or ()), key=lambda one: one.updated_at):
            if incoming.status not in (SUBMITTED, DISCARDED):
                self.counts["drafts"] += 1
            elif (incoming.id, incoming.updated_at) in self.known:
                self.counts["known"] += 1
            else:
                self._take(record, incoming, changed=changed)

    def _take(self, record: ArgillaRecord, incoming: Incoming, *, changed: bool) -> None:
        try:
            profile = self._profile(incoming, changed=changed)
            with self.running.fence():
                taken = take_in(record=record, profile=profile, incoming=incoming, under=self.under)
                for span in taken.refused:
                    self._refuse(record, incoming, span)
        except (Refused, Unreadable) as why:
            self._refuse(record, incoming, why)
            return
        except IntegrityError:
            if not ArgillaAnswer.objects.filter(
                response_id=incoming.id, updated_at=incoming.updated_at
            ).exists():
                raise
            self.counts["known"] += 1
            return
        self.counts[taken.outcome] += 1

    def _refuse(self, record: ArgillaRecord, incoming: Incoming, why: Refused | Unreadable) -> None:
        write_down(project=self.campaign.project, record=record, incoming=incoming, why=why)
        part = isinstance(why, Unreadable) and why.code.startswith("span_")
        self.counts["refused_spans" if part else "refused"] += 1

    def _profile(self, incoming: Incoming, *, changed: bool) -> AnnotatorProfile:
        if changed:
            raise Refused(
                "record_changed",
                _("The texts were edited in Argilla: this judges something else than our pair."),
            )
        if incoming.user_id is None:
            raise Refused("nobody", _("Argilla no longer says who answered; a vote is somebody's, once."))
        if incoming.user_id not in self.people:
            raise Refused("stranger", _("No annotator is linked to this Argilla user."))
        return self.people[incoming.user_id]


def run_pull(running: RunningJob) -> dict[str, Any]:
    """Read every record, take in what is new, and say what differs there."""
    campaign = Campaign.objects.select_related("project").get(pk=running.payload["campaign"])
    dataset = ArgillaDataset.objects.get(campaign=campaign)
    with signed_in(campaign.project) as (_connection, server):
        there = server.dataset(dataset.dataset_id)
        if there is None:
            raise Refused(
                "argilla_dataset_gone",
                _("The data set %s was deleted in Argilla.") % dataset.name,
                hint=_("What was pulled is kept. Push makes a new one."),
            )
        pull = _begin(running, campaign, dataset)
        _read_all(pull, dataset, server)
        _withdraw(pull, dataset, server)
    return {**pull.counts, **_different(campaign, dataset, there)}


def _begin(running: RunningJob, campaign: Campaign, dataset: ArgillaDataset) -> _Pull:
    known = ArgillaAnswer.objects.filter(record__campaign=campaign).values_list("response_id", "updated_at")
    accounts = ArgillaAccount.objects.filter(connection_id=dataset.connection_id).select_related(
        "profile__user"
    )
    people = {account.user_id: account.profile for account in accounts}
    return _Pull(running, campaign, set(known), people, Under(guidelines=dataset.guidelines_id))


def _read_all(pull: _Pull, dataset: ArgillaDataset, server: "Server") -> None:
    from .server_data import UNREADABLE

    held = {str(one.pk): one for one in ArgillaRecord.objects.filter(campaign=pull.campaign)}
    waiting = {key for key, one in held.items() if one.record_id is not None}
    total, done = len(waiting), 0
    for raw in _records(server.pages(dataset.dataset_id, responses=True)):
        if UNREADABLE in raw:
            pull.counts["records_unreadable"] += 1
            pull.running.say(raw[UNREADABLE], level="warning")
            continue
        record = held.get(str(raw.get("external_id")))
        if record is None:
            pull.counts["records_not_ours"] += 1
            continue
        pull.take_record(record, raw)
        waiting.discard(str(record.pk))
        done += 1
        if done % 25 == 0:
            pull.running.progress(done, total, _("reading answers"))
    for key in waiting:
        _look_again(pull, held[key], server)
    pull.running.progress(total, total, _("reading answers"))


def _records(pages: Iterable[list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    for page in pages:
        yield from page


def _look_again(pull: _Pull, record: ArgillaRecord, server: "Server") -> None:
    """Pages shift when records are deleted meanwhile: what no page held is asked for by its id before it counts as gone."""
    try:
        raw = server.record(record.record_id) if record.record_id else None
    except Refused as refused:
        if refused.code != REFUSED_THERE:
            raise
        return
    if raw is None:
        pull.counts["records_gone"] += 1
    else:
        pull.take_record(record, raw)


def _withdraw(pull: _Pull, dataset: ArgillaDataset, server: "Server") -> None:
    """What was reported here is shown to nobody there; its answers are read once more before it goes."""
    reported = ArgillaRecord.objects.filter(
        campaign=pull.campaign, item__state="flagged", record_id__isnull=False
    )
    for record in reported:
        assert record.record_id is not None
        raw = server.record(record.record_id)
        if raw is not None:
            pull.take_record(record, raw)
            server.remove(dataset.dataset_id, [record.record_id])
        with pull.running.fence():
            ArgillaRecord.objects.filter(pk=record.pk).update(record_id=None)
        pull.counts["withdrawn"] += 1


def _different(campaign: Campaign, dataset: ArgillaDataset, there: "There") -> dict[str, Any]:
    """What somebody changed there, for the page."""
    found: dict[str, Any] = {}
    if there.name != dataset.name:
        found["renamed"] = there.name
    if there.detail is not None and there.detail != answers_asked(campaign):
        found["asks_for"] = there.detail
    return found
