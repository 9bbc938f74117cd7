"""Fill a campaign with pairs from production: each source by itself, and why others were not made."""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from curation.bodies import pin
from curation.models import ConversationVersion

from ..candidates import Candidate, judgeable, prompt_clusters, read_candidates
from ..exchange import alternatives, asked_text, response_of
from ..filters import PairFilter, why_not_shown
from ..models import Campaign
from ..pair_sources import LABELS, FoundPair, PairSource, edited_pairs, hard_negative_pairs, worded
from ..pairing import Asked, propose
from .automatic_ties import record_ties
from .make_items import NewItem, make_items
from .responses import NewResponse, store_responses

SOURCES = (PairSource.VARIANTS, PairSource.N_BEST, PairSource.REGENERATION)
"""What is looked for where nothing else is asked for: answers production gave by itself."""

ACROSS = frozenset(SOURCES)
CHUNK = 200


@dataclass
class PairsMade:
    """How many pairs are new, by source, and why others were not made; what came in equals what went out.

    `ties` of those with identical answers were not recorded before.
    """

    made: Counter[str] = field(default_factory=Counter)
    not_made: Counter[str] = field(default_factory=Counter)
    ties: int = 0

    @property
    def total(self) -> int:
        """Pairs now waiting that were not there before."""
        return self.made.total()


def make_pairs(
    *,
    who: User,
    campaign: Campaign,
    limit: int = 500,
    sources: Collection[str] = SOURCES,
    per_prompt: int = 2,
    seed: int = 0,
) -> PairsMade:
    """Make up to `limit` new pairs. Identical answers are recorded as an automatic tie and, like templated ones, not shown.

    Only settled, successful traces whose people allow training and that no quarantine screening hit are used;
    every conversation a pair points to is pinned first, so retention cannot take the question away.
    """
    result = PairsMade()
    unknown = set(sources) - set(LABELS)
    if unknown or not sources:
        raise Refused(
            "source_unknown",
            _("Choose where pairs come from: %(known)s.") % {"known": ", ".join(LABELS)},
        )
    found = _find(campaign, sources, per_prompt, seed, result)
    return put_before_people(who=who, campaign=campaign, found=found, limit=limit, seed=seed, result=result)


def put_before_people(
    *, who: User, campaign: Campaign, found: Iterable[FoundPair], limit: int, seed: int, result: PairsMade
) -> PairsMade:
    """Queue up to `limit` of the pairs found that are worth a person's time, in a seeded order; the rest is counted."""
    require(who, "annotation.manage", campaign.project)
    if campaign.kind != "pair":
        raise Refused("not_a_pair_campaign", _("This campaign judges repairs, not pairs."))
    rng = random.Random(seed)
    same: list[FoundPair] = []
    kept = _kept(campaign, found, result, same)
    with transaction.atomic():
        while result.total < limit and (chunk := list(islice(kept, min(CHUNK, limit - result.total)))):
            _store(campaign, chunk, rng, result)
        result.ties += record_ties(campaign, same)
        audit.record(
            actor=who.actor,
            verb="annotation.make_pairs",
            subject=campaign,
            project_id=campaign.project_id,
            data={
                "made": dict(result.made),
                "not_made": dict(result.not_made),
                "ties": result.ties,
                "seed": seed,
            },
        )
        audit.emit(
            subject=campaign,
            name="campaign.filled",
            project_id=campaign.project_id,
            data={"made": result.total},
        )
    return result


def _find(
    campaign: Campaign, sources: Collection[str], per_prompt: int, seed: int, result: PairsMade
) -> Iterator[FoundPair]:
    """The rarest sources first, so that a limit does not crowd them out."""

    def left(reason: str) -> None:
        result.not_made[reason] += 1

    return chain(
        edited_pairs(campaign, left) if PairSource.EDITED in sources else (),
        hard_negative_pairs(campaign, left) if PairSource.HARD_NEGATIVE in sources else (),
        _asked_twice(campaign, sources, per_prompt, seed) if ACROSS & set(sources) else (),
    )


def _asked_twice(
    campaign: Campaign, sources: Collection[str], per_prompt: int, seed: int
) -> Iterator[FoundPair]:
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


def _n_best(candidate: Candidate) -> Iterator[FoundPair]:
    for other in alternatives(candidate.conversation)[:1]:
        yield FoundPair(
            _answer(candidate, "production"),
            NewResponse(candidate.version.pk, "n_best", candidate.generator, other),
            PairSource.N_BEST,
            candidate.version,
            (candidate.version,),
        )


def _across(a: Candidate, b: Candidate, source: str) -> FoundPair:
    again = "regeneration" if source == PairSource.REGENERATION else "production"
    return FoundPair(
        _answer(a, "production"), _answer(b, again), PairSource(source), a.version, (a.version, b.version)
    )


def _answer(candidate: Candidate, origin: str) -> NewResponse:
    return NewResponse(candidate.version.pk, origin, candidate.generator, response_of(candidate.conversation))


def _kept(
    campaign: Campaign, found: Iterable[FoundPair], result: PairsMade, same: list[FoundPair]
) -> Iterator[FoundPair]:
    """Those worth a person's time; identical ones gather in `same` and are recorded as it fills."""
    for one in found:
        why = why_not_shown(*worded(one))
        if why is None:
            yield one
            continue
        result.not_made[why.value] += 1
        if why is PairFilter.IDENTICAL:
            same.append(one)
        if len(same) == CHUNK:
            result.ties += record_ties(campaign, same)
            same.clear()


def _store(campaign: Campaign, chunk: list[FoundPair], rng: random.Random, result: PairsMade) -> None:
    responses = store_responses(
        project_id=campaign.project_id, found=[side for one in chunk for side in (one.a, one.b)]
    )
    pin([version for one in chunk for version in one.versions])
    new = [
        NewItem(
            one.asked.pk,
            (responses[2 * i], responses[2 * i + 1]),
            one.source,
            rng.random(),
            sampled=one.drawn,
            hard_negative_id=one.hard_negative_id,
        )
        for i, one in enumerate(chunk)
    ]
    made = set(make_items(campaign=campaign, found=new))
    sources = campaign.items.filter(pk__in=made).values_list("pair__source", flat=True)
    result.made.update(source for source in sources if source)
    if len(made) < len(chunk):
        result.not_made["already there"] += len(chunk) - len(made)
