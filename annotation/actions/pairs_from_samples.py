"""Two trained models answered the same questions: put their answers before people, blind."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import require
from core.errors import Refused
from curation.actions.cleaned import cleaned
from curation.conversation import message

from ..candidates import judgeable
from ..models import Campaign
from ..pair_sources import FoundPair, PairSource
from .make_pairs import PairsMade, put_before_people
from .responses import NewResponse

MOST = 2_000


@dataclass(frozen=True, slots=True)
class Sampled:
    """What two models answered to the question of one conversation version."""

    version_id: UUID
    first: str
    second: str


def pairs_from_samples(
    *, who: User, campaign: Campaign, models: tuple[str, str], samples: Sequence[Sampled], seed: int = 0
) -> PairsMade:
    """Pairs of `models[0]`'s and `models[1]`'s answers, redacted as everything that is stored.

    Conversations that may not be trained on now, answers that are the same or empty: counted, not made. Up to 2,000 at once.
    """
    require(who, "annotation.manage", campaign.project)
    if len(samples) > MOST:
        raise Refused("too_many_samples", _("At most %(n)d pairs are made at once.") % {"n": MOST})
    if not all(models) or models[0] == models[1]:
        raise Refused("one_model", _("Pairs of samples compare two models; name both."))
    versions = {
        one.pk: one for one in judgeable(campaign.project).filter(pk__in={s.version_id for s in samples})
    }
    result = PairsMade()
    found = []
    for one in samples:
        version = versions.get(one.version_id)
        if version is None:
            result.not_made["not permitted"] += 1
            continue
        a, b = (
            NewResponse(
                version.pk, "sampled", model, [message("assistant", cleaned(text, project=campaign.project))]
            )
            for model, text in zip(models, (one.first, one.second), strict=True)
        )
        found.append(FoundPair(a, b, PairSource.SAMPLED, version, (version,)))
    return put_before_people(who=who, campaign=campaign, found=found, limit=MOST, seed=seed, result=result)
