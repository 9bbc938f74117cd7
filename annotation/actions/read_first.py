"""Nobody answers under guidelines whose deciding words have changed since they read them."""

from typing import Final

from django.utils.translation import gettext as _

from core.errors import Refused

from ..guidance import must_read_again
from ..models import AnnotatorProfile, Campaign

CHANGED: Final = "guidelines_changed"
"""The code a page knows this refusal by: it keeps the answer and shows what changed."""


def require_read(profile: AnnotatorProfile, campaign: Campaign) -> None:
    """Refuse until the guidelines are read again."""
    if not must_read_again(profile, campaign):
        return
    raise Refused(
        CHANGED,
        _("What decides has changed since you read the guidelines of this campaign."),
        hint=_("Read what is different, then send your answer, or change it. Nothing you wrote is lost."),
    )
