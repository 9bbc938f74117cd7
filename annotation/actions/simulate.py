"""Let simulated annotators judge, through the very actions people use; every vote carries the mark."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID, uuid5

from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from curation.bodies import load_many
from curation.conversation import Conversation, last_user_text
from curation.models import ConversationVersion

from .. import simulated
from ..choices import RepairChoice
from ..exchange import as_of, evidence
from ..features import Features, measure, rests_on, without_stray_end
from ..models import Assignment, Campaign, Pair, Repair, Response
from ..sides import as_shown
from .claim import claim
from .repair import submit_repair
from .simulated_people import SimulatedPerson, simulated_people
from .submit import submit_judgment

Progress = Callable[[int, int], None]


def simulate_judgments(
    *,
    who: User,
    campaign: Campaign,
    limit: int,
    leave: int = 0,
    people: int = len(simulated.TEMPERAMENTS),
    seed: int = 0,
    progress: Progress | None = None,
) -> int:
    """Up to `limit` simulated votes, fewer when nothing is left for these annotators; how many were given.

    The most urgent items are taken first; the last `leave` items of the queue are kept for people.
    """
    require(who, "annotation.manage", campaign.project)
    crew = simulated_people(project=campaign.project, number=people)
    if not crew:
        raise Refused("nobody_to_simulate", _("At least one simulated annotator is needed."))
    reader = _Reader(campaign)
    rng = random.Random(seed)
    given = 0
    free = campaign.items.filter(state="open").aggregate(n=Sum("slots_left", default=0))["n"]
    limit = min(limit, free - leave * campaign.overlap)
    while given < limit and crew:
        person = rng.choices(crew, weights=[one.temperament.share for one in crew])[0]
        assignment = claim(who=person.user, campaign=campaign)
        if assignment is None:
            crew.remove(person)
            continue
        reader.answer(person, assignment, seed)
        given += 1
        if progress is not None and given % 25 == 0:
            progress(given, limit)
    audit.record(
        actor=who.actor,
        verb="annotation.simulate",
        subject=campaign,
        project_id=campaign.project_id,
        data={"given": given, "seed": seed},
    )
    return given


@dataclass
class _Reader:
    """Reads items for simulated annotators; measures every response once."""

    campaign: Campaign
    features: dict[UUID, Features] = field(default_factory=dict)

    @cached_property
    def conversations(self) -> dict[UUID, Conversation]:
        """Conversations of the whole queue, read in one go and once."""
        versions = ConversationVersion.objects.filter(items__campaign=self.campaign).distinct()
        return {key: stored.conversation for key, stored in load_many(versions).items()}

    def answer(self, person: SimulatedPerson, assignment: Assignment, seed: int) -> None:
        """Judge or repair one item under its lease."""
        if assignment.item.kind == "pair":
            self._judge(person, assignment, seed)
        else:
            self._repair(person, assignment, seed)

    def measured(self, response: Response) -> Features:
        """Features of a response against its own question and evidence."""
        if response.pk not in self.features:
            conversation = self._conversation(response)
            self.features[response.pk] = measure(
                response.text, prompt=last_user_text(conversation), evidence=evidence(conversation)
            )
        return self.features[response.pk]

    def _conversation(self, response: Response) -> Conversation:
        """As it stood when this answer was given."""
        key = response.version_id
        if key not in self.conversations:
            version = ConversationVersion.objects.get(pk=key)
            self.conversations[key] = load_many([version])[key].conversation
        return as_of(self.conversations[key], response.turn)

    def _judge(self, person: SimulatedPerson, assignment: Assignment, seed: int) -> None:
        pair = Pair.objects.select_related("response_a", "response_b").get(pk=assignment.item_id)
        a, b = pair.response_a, pair.response_b
        verdict = simulated.judge(
            person.temperament,
            self.measured(a),
            self.measured(b),
            swapped=assignment.swapped,
            words=len(a.text.split()) + len(b.text.split()),
            key=assignment.item.fingerprint,
            seed=seed,
        )
        submit_judgment(
            who=person.user,
            project=self.campaign.project,
            assignment_id=assignment.pk,
            lease_token=assignment.lease_token,
            key=uuid5(assignment.lease_token, "simulated"),
            shown=as_shown(verdict.answer, swapped=assignment.swapped),
            tags=[tag for tag in verdict.tags if tag in self.campaign.rules.get("tags", [])],
            rationale=verdict.rationale,
            active_ms=verdict.active_ms,
        )

    def _repair(self, person: SimulatedPerson, assignment: Assignment, seed: int) -> None:
        response = Repair.objects.select_related("response").get(pk=assignment.item_id).response
        edit = edited(response.text, self._conversation(response))
        choice = simulated.verdict_on_repair(
            person.temperament,
            self.measured(response),
            fixable=edit is not None,
            key=assignment.item.fingerprint,
            seed=seed,
        )
        text, tag = edit if edit and choice == RepairChoice.FIX else ("", "")
        submit_repair(
            who=person.user,
            project=self.campaign.project,
            assignment_id=assignment.pk,
            lease_token=assignment.lease_token,
            key=uuid5(assignment.lease_token, "simulated"),
            choice=choice,
            text=text,
            tags=[tag] if tag in self.campaign.rules.get("tags", []) else [],
            rationale=f"simulated: {choice.value}",
            active_ms=int(4_000 + 260 * len(response.text.split())),
        )


def edited(text: str, conversation: Conversation) -> tuple[str, str] | None:
    """The edits a program may honestly make, with their reason: cut a stray end, name the passage it rests on."""
    prompt = last_user_text(conversation)
    shorter = without_stray_end(text, prompt=prompt)
    if shorter != text.strip():
        return shorter, "verbosity"
    passages = [one for one in conversation["retrieval"] if rests_on(text, one["text"])]
    if passages and not measure(text, prompt=prompt, evidence=[]).cites:
        source = passages[0].get("uri") or passages[0]["document_id"]
        return f"{text}\n\nSource: {source}", "missing_citation"
    return None
