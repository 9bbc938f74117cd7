"""What a person's accounts in Argilla are, and what came from them: answers taken in, and those that were refused."""

from django.utils.translation import gettext as _

from ..models import AnnotatorProfile, ArgillaAccount, ArgillaAnswer, ArgillaRefusal
from .section import Section

ACCOUNTS = (
    ("server", "connection__server"),
    ("name", "username"),
    ("argilla_user", "user_id"),
    ("since", "created_at"),
)
TAKEN = (
    ("campaign", "record__campaign__name"),
    ("answer", "judgment"),
    ("response", "response_id"),
    ("changed_there_at", "updated_at"),
    ("taken_at", "taken_at"),
)
REFUSED = (
    ("campaign", "campaign__name"),
    ("response", "response_id"),
    ("changed_there_at", "updated_at"),
    ("why", "code"),
    ("place", "place"),
    ("detail", "detail"),
    ("said", "said"),
    ("at", "created_at"),
)


def of_argilla(profile: AnnotatorProfile) -> list[Section]:
    """The sections of the bridge."""
    accounts = ArgillaAccount.objects.filter(profile=profile)
    refused = ArgillaRefusal.objects.filter(
        campaign__project=profile.project_id, user_id__in=accounts.values("user_id")
    )
    taken = ArgillaAnswer.objects.filter(profile=profile)
    return [
        Section("argilla_accounts", _("Argilla accounts that answer for me"), accounts, ACCOUNTS),
        Section("argilla_answers", _("Answers taken in from Argilla"), taken, TAKEN),
        Section("argilla_refused", _("Answers from Argilla that were not taken in"), refused, REFUSED),
    ]
