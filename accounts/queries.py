"""Reads for the members and tokens pages."""

from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.db.models.functions import Now

from accounts.models import ApiToken, Invitation, JoinLink, Membership, Project, Role, User
from accounts.permissions import VERBS, may


@dataclass(frozen=True)
class Member:
    """A person with the roles they hold here."""

    user: User
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class VerbRow:
    """One verb and, per role in the order of `Role`, whether it carries it."""

    verb: str
    allowed: tuple[bool, ...]


def members_of(project: Project) -> list[Member]:
    """Everybody with a role, people before simulated ones, by name."""
    held: dict[User, list[Role]] = {}
    for membership in Membership.objects.filter(project=project).select_related("user"):
        held.setdefault(membership.user, []).append(Role(membership.role))
    order = {role: place for place, role in enumerate(Role)}
    members = [Member(user, tuple(sorted(roles, key=order.__getitem__))) for user, roles in held.items()]
    return sorted(members, key=lambda m: (not m.user.is_active, m.user.is_simulated, str(m.user).lower()))


def open_invitations(project: Project) -> QuerySet[Invitation]:
    """Links that still work."""
    return (
        Invitation.objects.filter(project=project, accepted_at=None, revoked_at=None, expires_at__gt=Now())
        .select_related("invited_by")
        .order_by("-created_at")
    )


def open_join_links(project: Project) -> QuerySet[JoinLink]:
    """Team links that still let somebody in."""
    live = JoinLink.objects.filter(project=project, revoked_at=None, expires_at__gt=Now())
    return live.filter(used__lt=F("most")).select_related("created_by").order_by("-created_at")


def tokens_for(user: User, project: Project) -> QuerySet[ApiToken]:
    """One's own tokens; all of them for an administrator. Live ones first."""
    tokens = ApiToken.objects.filter(project=project).select_related("owner")
    if not may(user, "member.manage", project):
        tokens = tokens.filter(owner=user)
    return tokens.order_by(F("revoked_at").asc(nulls_first=True), "-created_at")


def verb_table() -> list[VerbRow]:
    """The table of roles and verbs as a page or a document shows it."""
    return [VerbRow(verb, tuple(role in allowed for role in Role)) for verb, allowed in VERBS.items()]
