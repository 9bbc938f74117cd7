"""What people type passes the same redaction as what production sends, before it is stored (invariant 1)."""

from django.utils.translation import gettext as _

from accounts.models import Project
from core.errors import Refused
from core.privacy import RedactionFailed, redact
from curation.ingest.redaction import redactor_for


def cleaned(text: str, *, project: Project) -> str:
    """The text with personal identifiers replaced; refused, and not stored, if that fails."""
    if not text:
        return ""
    redactor = redactor_for(project.pk)
    try:
        done = redact(text, keys=redactor.keys, rules=redactor.rules)
    except RedactionFailed as error:
        raise Refused(
            "redaction_failed",
            _("This text could not be checked for personal data and was not stored."),
            hint=_("Shorten it, or leave out what may identify a person."),
        ) from error
    return str(done.value)
