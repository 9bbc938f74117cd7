"""Whether an item could have been given to this person here: the conditions of a claim, for one item already judged."""

from dataclasses import replace

from django.utils.translation import gettext as _

from core.errors import Refused

from ..eligibility import seeker_of, why_not
from ..models import Adjudication, AnnotatorProfile, Item, ItemRole, Qualification
from ..rules import read


def require_eligible(item: Item, profile: AnnotatorProfile) -> None:
    """Refuse, saying why, where the queue would not have given the item to this person; groups are asked when it takes a slot."""
    campaign = item.campaign
    if (
        campaign.practice_asked
        and not Qualification.objects.filter(campaign=campaign, profile=profile).exists()
    ):
        raise Refused("practice_first", _("This person has not passed the practice round of this campaign."))
    seeker = seeker_of(profile, read(campaign.rules))
    if seeker is None:
        raise _not_eligible(_("this campaign asks nothing of this person"))
    if item.role != ItemRole.WORK:
        raise _not_eligible(_("it is not given out"))
    if Adjudication.objects.filter(item=item, by=profile.user_id).exists():
        raise _not_eligible(_("this person has decided over the votes on it"))
    why = why_not(item, replace(seeker, groups=()))
    if why is not None:
        raise _not_eligible(_words()[why])


def _words() -> dict[str, str]:
    return {
        "own": _("it shows this person's own conversation"),
        "language": _("this person does not read its language"),
        "field": _("it is not of this person's field"),
        "warned": _("it carries a warning this person did not accept"),
    }


def _not_eligible(why: str) -> Refused:
    return Refused(
        "not_eligible", _("This pair would not have been given to this person: %(why)s.") % {"why": why}
    )
