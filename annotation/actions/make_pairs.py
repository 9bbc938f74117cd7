"""Fill a campaign with pairs from production: variants, n-best answers, regenerations."""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from curation.bodies import pin
from curation.models import ConversationVersion

from ..candidates import Candidate, judgeable, prompt_clusters, read_candidates
from ..exchange import alternatives, asked_text, final_text, response_of
from ..filters import why_not_shown
from ..models import Campaign
from ..pairing import Asked, propose
from .make_items import NewItem, make_items
from .responses import NewResponse, store_responses

SOURCES = ("variants", "n_best", "regeneration")
CHUNK = 200


@dataclass
class PairsMade:
    """How many pairs are new, by source, and why others were not made; what came in equals what went out."""

    made: Counter[str] = field(default_factory=Counter)
    not_made: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """Pairs now waiting that were not there before."""
        return self.made.total()


@dataclass(frozen=True, slots=True)
class _Found:
    """Two answers to one question, with the versions they come from."""

    a: NewResponse
    b: NewResponse
    source: str
    versions: tuple[ConversationVersion, ...]


def make_pairs(
    *,
    who: User,
    campaign: Campaign,
    limit: int = 500,
    sources: Collection[str] = SOURCES,
    per_prompt: int = 2,
    seed: int = 0,
) -> PairsMade:
    """Make up to `limit` new pairs. Identical answers are an automatic tie and, like templated ones, not shown.

    Only settled, successful traces whose people allow training and that no quarantine screening hit are used;
    every conversation a pair points to is pinned first, so retention cannot take the question away.
    """
    require(who, "annotation.manage", campaign.project)
    if campaign.kind != "pair":
        raise Refused("not_a_pair_campaign", _("This campaign judges repairs, not pairs."))
    result = PairsMade()
    rng = random.Random(seed)
    found = _kept(_find(campaign, sources, per_prompt, seed), result)
    with transaction.atomic():
        while result.total < limit and (chunk := list(islice(found, min(CHUNK, limit - result.total)))):
            _store(campaign, chunk, rng, result)
        audit.record(
            actor=who.actor,
            verb="annotation.make_pairs",
            subject=campaign,
            project_id=campaign.project_id,
            data={"made": dict(result.made), "not_made": dict(result.not_made), "seed": seed},
        )
        audit.emit(
            subject=campaign,
            name="campaign.filled",
            project_id=campaign.project_id,
            data={"made": result.total},
        )
    return result


def _find(campaign: Campaign, sources: Collection[str], per_prompt: int, seed: int) -> Iterator[_Found]:
    """One pass over the bodies gives n-best pairs; proposals across requests follow, read again in chunks."""
    clusters = prompt_clusters(campaign.project)
    asked = []
    for candidate in read_candidates(judgeable(campaign.project).order_by("prompt_hash", "pk")):
        if "n_best" in sources:
            yield from _n_best(candidate)
        text = asked_text(candidate.conversation)
        group = clusters.get(candidate.version.pk, hash(text))
        asked.append(Asked(candidate.version.pk, group, candidate.generator, candidate.session, text[:2_000]))
    proposals = (one for one in propose(asked, per_group=per_prompt, seed=seed) if one.source in sources)
    while chunk := list(islice(proposals, CHUNK)):
        wanted = {key for proposal in chunk for key in (proposal.a, proposal.b)}
        read = read_candidates(ConversationVersion.objects.filter(pk__in=wanted))
        by_key = {candidate.version.pk: candidate for candidate in read}
        for proposal in chunk:
            yield _across(by_key[proposal.a], by_key[proposal.b], proposal.source)


def _n_best(candidate: Candidate) -> Iterator[_Found]:
    for other in alternatives(candidate.conversation)[:1]:
        yield _Found(
            _answer(candidate, "production"),
            NewResponse(candidate.version.pk, "n_best", candidate.generator, other),
            "n_best",
            (candidate.version,),
        )


def _across(a: Candidate, b: Candidate, source: str) -> _Found:
    again = "regeneration" if source == "regeneration" else "production"
    return _Found(_answer(a, "production"), _answer(b, again), source, (a.version, b.version))


def _answer(candidate: Candidate, origin: str) -> NewResponse:
    return NewResponse(candidate.version.pk, origin, candidate.generator, response_of(candidate.conversation))


def _kept(found: Iterable[_Found], result: PairsMade) -> Iterator[_Found]:
    for one in found:
        why = why_not_shown(final_text(one.a.messages), final_text(one.b.messages))
        if why is not None:
            result.not_made[why.value] += 1
        else:
            yield one


def _store(campaign: Campaign, chunk: list[_Found], rng: random.Random, result: PairsMade) -> None:
    responses = store_responses(
        project_id=campaign.project_id, found=[side for one in chunk for side in (one.a, one.b)]
    )
    pin([version for one in chunk for version in one.versions])
    new = [
        NewItem(one.a.version_id, (responses[2 * i], responses[2 * i + 1]), one.source, rng.random())
        for i, one in enumerate(chunk)
    ]
    made = set(make_items(campaign=campaign, found=new))
    sources = campaign.items.filter(pk__in=made).values_list("pair__source", flat=True)
    result.made.update(source for source in sources if source)
    if len(made) < len(chunk):
        result.not_made["already there"] += len(chunk) - len(made)
