"""One click from "needs work" to work: a repair of the answer, or a pair with another answer to the same question."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Project, User
from accounts.permissions import require
from core.errors import Refused
from curation.actions.backlog import resolve_item
from curation.bodies import pin
from curation.models import BacklogItem, ConversationVersion

from ..candidates import Candidate, judgeable, prompt_clusters, read_candidates
from ..exchange import alternatives, asked_text, final_text, response_of
from ..filters import why_not_shown
from ..models import Campaign, Decision, Item, ItemRole
from ..pairing import same_question
from .campaigns import create_campaign
from .make_items import NewItem, fingerprint, make_items
from .make_repairs import make_repairs
from .responses import NewResponse, store_responses

URGENT = 10.0
"""Above everything a campaign is filled with: somebody has asked for it."""

MOST_COMPARED = 50


def repair_from_backlog(*, who: User, backlog: BacklogItem, turn: int | None = None) -> Item:
    """Queue a repair of the item's last answer, or of one `turn` of it, in front of all others; the item closes with it."""
    project, version_id = _checked(who, backlog)
    with transaction.atomic():
        campaign = _campaign(who=who, project=project, kind="repair")
        make_repairs(
            who=who,
            campaign=campaign,
            version_ids=[version_id],
            backlog=backlog,
            turn=turn,
            priority=URGENT,
        )
        made = Item.objects.filter(
            campaign=campaign,
            kind="repair",
            version_id=version_id,
            role=ItemRole.WORK,
            repair__response__turn=turn,
        ).first()
        if made is None:
            raise Refused(
                "no_answer",
                _("There is no answer in words that could be repaired."),
                hint=_("Choose a turn in which the assistant said something."),
            )
        _put_in_front(made)
        resolve_item(who=who, item=backlog, resolution="repair", produced=made.pk)
    return made


def pair_from_backlog(*, who: User, backlog: BacklogItem) -> Item:
    """Queue the item's answer against another answer to the same question, and close the backlog item with it."""
    project, version_id = _checked(who, backlog)
    version = ConversationVersion.objects.select_related("trace").get(pk=version_id)
    own = next(read_candidates(ConversationVersion.objects.filter(pk=version_id)), None)
    other = own and _other_answer(project, version, own)
    if not own or not other:
        raise Refused(
            "no_second_answer",
            _("There is no second answer to this question to compare with."),
            hint=_("Make a repair of it instead."),
        )
    with transaction.atomic():
        campaign = _campaign(who=who, project=project, kind="pair")
        first = NewResponse(version_id, "production", own.generator, response_of(own.conversation))
        responses = store_responses(project_id=project.pk, found=[first, other])
        pin(ConversationVersion.objects.filter(pk__in={version_id, other.version_id}))
        new = NewItem(version_id, (responses[0], responses[1]), "backlog", URGENT, backlog.pk, sampled=False)
        make_items(campaign=campaign, found=[new])
        made = Item.objects.get(campaign=campaign, fingerprint=fingerprint(project.pk, new))
        _put_in_front(made)
        resolve_item(who=who, item=backlog, resolution="pair", produced=made.pk)
    return made


def _put_in_front(made: Item) -> None:
    """An item that waited already is asked for now; one accepted as it is settles nothing somebody complains about."""
    if Decision.objects.filter(item=made, item__state="decided", outcome="accepted").exists():
        raise Refused(
            "accepted_before",
            _("Somebody accepted this answer as it is; nothing would be asked of anybody."),
            hint=_("Compare it with another answer instead, or have the person change the decision."),
        )
    Item.objects.filter(pk=made.pk, state="open", priority__lt=URGENT).update(priority=URGENT)


def _checked(who: User, backlog: BacklogItem) -> tuple[Project, UUID]:
    require(who, "annotation.manage", backlog.project)
    if backlog.state != "open" or backlog.version_id is None:
        raise Refused(
            "backlog_not_workable",
            _("Only an open item about a conversation can become a repair or a pair."),
        )
    return backlog.project, backlog.version_id


def _campaign(*, who: User, project: Project, kind: str) -> Campaign:
    """The project's oldest open campaign of the kind, or a new one for work from the backlog."""
    found = Campaign.objects.filter(project=project, kind=kind, state="open").order_by("created_at").first()
    if found is not None:
        return found
    name = _("Repairs from the backlog") if kind == "repair" else _("Pairs from the backlog")
    return create_campaign(
        who=who, project=project, name=name, kind=kind, overlap=1 if kind == "repair" else 2
    )


def _other_answer(project: Project, version: ConversationVersion, own: Candidate) -> NewResponse | None:
    """Another choice of the same request first, then another request that asked the same."""
    mine = final_text(response_of(own.conversation))
    for other in alternatives(own.conversation):
        if why_not_shown(mine, final_text(other)) is None:
            return NewResponse(version.pk, "n_best", own.generator, other)
    for candidate in read_candidates(_same_prompt(project, version)):
        answer = response_of(candidate.conversation)
        if not same_question(asked_text(own.conversation), asked_text(candidate.conversation)):
            continue
        if why_not_shown(mine, final_text(answer)) is None:
            return NewResponse(candidate.version.pk, "production", candidate.generator, answer)
    return None


def _same_prompt(project: Project, version: ConversationVersion) -> QuerySet[ConversationVersion]:
    """A few versions with an equal or nearly equal prompt."""
    clusters = prompt_clusters(project)
    own = clusters.get(version.pk)
    near = [pk for pk, cluster in clusters.items() if own is not None and cluster == own][:MOST_COMPARED]
    found = judgeable(project).exclude(pk=version.pk)
    same = found.filter(prompt_hash=version.prompt_hash) if version.prompt_hash else found.none()
    ids = {*same.values_list("pk", flat=True)[:MOST_COMPARED], *near} - {version.pk}
    return found.filter(pk__in=ids).order_by("pk")
