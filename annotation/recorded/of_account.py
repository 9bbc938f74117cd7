"""How a person came to the project, what they are in it, and every act of theirs and on them, as the audit has it."""

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Invitation, Membership, User
from core.audit import subject_type
from core.models import AuditEntry

from ..models import AnnotatorProfile
from .section import Section

MEMBER = (("as", "role"), ("since", "created_at"))
INVITATIONS = (
    ("as", "role"),
    ("about_me", "about"),
    ("invited_at", "created_at"),
    ("until", "expires_at"),
    ("accepted_at", "accepted_at"),
    ("withdrawn_at", "revoked_at"),
)
TOKENS = (
    ("name", "name"),
    ("begins_with", "prefix"),
    ("may", "scopes"),
    ("made_at", "created_at"),
    ("until", "expires_at"),
    ("withdrawn_at", "revoked_at"),
    ("last_used_at", "last_used_at"),
)
ACTS = (("at", "at"), ("verb", "verb"), ("of", "subject_type"))
ACTS_ON_ME = (("at", "at"), ("verb", "verb"), ("what", "data"))


def of_account(profile: AnnotatorProfile) -> list[Section]:
    """The sections of the account; acts on the account itself belong to no project and stand in every project's file."""
    user = profile.user
    assert user is not None
    here = {"project": profile.project_id}
    invited = Invitation.objects.filter(Q(accepted_by=user) | Q(email=user.email), **here)
    tokens = ApiToken.objects.filter(**here, owner=user)
    return [
        Section(
            "memberships",
            _("What I am in this project"),
            Membership.objects.filter(**here, user=user),
            MEMBER,
        ),
        Section("invitations", _("Invitations to me"), invited, INVITATIONS),
        Section("tokens", _("Tokens of mine"), tokens, TOKENS),
        Section("acts", _("What I did, as the audit has it"), _acts(profile, tokens), ACTS),
        Section(
            "acts_on_me",
            _("What was done to my account and my profile, as the audit has it"),
            _acts_on(profile, user),
            ACTS_ON_ME,
        ),
    ]


def _entries(profile: AnnotatorProfile) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(Q(project_id=profile.project_id) | Q(project_id=None))


def _acts(profile: AnnotatorProfile, tokens: QuerySet[ApiToken]) -> QuerySet[AuditEntry]:
    """By the person or by one of their tokens."""
    keys = tokens.annotate(key=Cast("pk", CharField())).values("key")
    by_me = Q(actor_kind="user", actor_id=str(profile.user_id)) | Q(actor_kind="token", actor_id__in=keys)
    return _entries(profile).filter(by_me).exclude(verb="annotation.prefer_fix")


def _acts_on(profile: AnnotatorProfile, user: User) -> QuerySet[AuditEntry]:
    """Whoever acted; their name is theirs and stays out."""
    on_me = [Q(subject_type=subject_type(one), subject_id=str(one.pk)) for one in (profile, user)]
    return _entries(profile).filter(on_me[0] | on_me[1])
