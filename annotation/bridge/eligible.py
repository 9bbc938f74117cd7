"""Whether an item could have been given to this person here: the conditions of a claim (`queue.SUITS`), for one item already judged."""

from django.utils.translation import gettext as _

from core.errors import Refused

from ..eligibility import in_field, seeker_of
from ..models import AnnotatorProfile, Item, ItemRole, Qualification
from ..rules import read


def require_eligible(item: Item, profile: AnnotatorProfile) -> None:
    """Refuse, saying why, where the queue would not have given the item to this person."""
    campaign = item.campaign
    if (
        campaign.practice_asked
        and not Qualification.objects.filter(campaign=campaign, profile=profile).exists()
    ):
        raise Refused("practice_first", _("This person has not passed the practice round of this campaign."))
    seeker = seeker_of(profile, read(campaign.rules))
    if seeker is None:
        raise _not_eligible(_("this campaign asks nothing of this person"))
    if set(item.asked_by) & set(seeker.own):
        raise _not_eligible(_("it shows this person's own conversation"))
    if seeker.languages is not None and item.language and item.language not in seeker.languages:
        raise _not_eligible(_("this person does not read its language"))
    if not in_field(item.stratum, seeker):
        raise _not_eligible(_("it is not of this person's field"))
    if item.role != ItemRole.WORK or (item.sensitive and not seeker.sensitive):
        raise _not_eligible(_("it is not given out, or carries a warning this person did not accept"))


def _not_eligible(why: str) -> Refused:
    return Refused(
        "not_eligible", _("This pair would not have been given to this person: %(why)s.") % {"why": why}
    )
