"""What a person says about themselves."""

import zoneinfo

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.audit import record
from core.errors import Refused


def update_profile(*, user: User, name: str, time_zone: str, theme: str) -> User:
    """Set name, time zone (IANA) and theme; unknown values are refused."""
    if time_zone not in zoneinfo.available_timezones():
        raise Refused(
            "unknown_zone", _("%(zone)s is not a time zone of the IANA list.") % {"zone": time_zone}
        )
    if theme not in dict(User.THEMES):
        raise Refused("unknown_theme", _("The theme is auto, light or dark."))
    with transaction.atomic():
        user.name, user.time_zone, user.theme = name.strip(), time_zone, theme
        user.save(update_fields=["name", "time_zone", "theme"])
        record(actor=user.actor, verb="account.update_profile", subject=user, project_id=None)
    return user
