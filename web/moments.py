"""Times a person reads: relative, with the exact one on hover and in the machine-readable attribute."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def _words(count: int, unit: int) -> str:
    words = {
        1: ngettext("%d second", "%d seconds", count),
        60: ngettext("%d minute", "%d minutes", count),
        3600: ngettext("%d hour", "%d hours", count),
        86_400: ngettext("%d day", "%d days", count),
    }
    return words[unit] % count


_STEPS = ((60, 1), (3600, 60), (86_400, 3600), (30 * 86_400, 86_400))


def relative(moment: datetime, now: datetime | None = None) -> str:
    """`3 minutes ago`, `in 2 hours`; beyond 30 days the date."""
    seconds = ((now or timezone.now()) - moment).total_seconds()
    size = abs(seconds)
    if size < 5:
        return _("just now")
    for limit, unit in _STEPS:
        if size < limit:
            phrase = _words(int(size // unit) if seconds > 0 else max(1, round(size / unit)), unit)
            return (
                _("%(time)s ago") % {"time": phrase} if seconds > 0 else _("in %(time)s") % {"time": phrase}
            )
    return date_format(timezone.localtime(moment), "j M Y")


def moment(value: datetime | None) -> SafeString:
    """A <time> element the browser keeps fresh; nothing yet is a dash."""
    if not value:
        return mark_safe('<span class="faint">–</span>')
    exact = date_format(timezone.localtime(value), "j M Y, H:i:s T")
    return format_html(
        '<time datetime="{}" title="{}" data-moment>{}</time>', value.isoformat(), exact, relative(value)
    )
