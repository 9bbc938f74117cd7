"""Who may do what: one table of verbs and roles, read by actions, pages, API and the documentation's test."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from accounts.models import ApiToken, Project, Role, User
from accounts.models.access import Scope
from core.columns import Columns
from core.errors import NotFound, PermissionRefused
from core.prepared import select

PROJECT = Columns(Project, "p")
ENTER: Final = f"""
SELECT {PROJECT}, ARRAY(SELECT m.role FROM accounts_membership m WHERE m.project_id = p.id AND m.user_id = %(user)s)
FROM accounts_project p WHERE p.slug = %(slug)s
"""
ROLES: Final = "SELECT role FROM accounts_membership WHERE user_id = %(user)s AND project_id = %(project)s"

ANNOTATOR, LEAD, ENGINEER, ADMIN = Role.ANNOTATOR, Role.DATA_LEAD, Role.ML_ENGINEER, Role.ADMIN

VERBS: Final[Mapping[str, frozenset[Role]]] = {
    "project.read": frozenset({ANNOTATOR, LEAD, ENGINEER, ADMIN}),
    "trace.read": frozenset({LEAD, ENGINEER, ADMIN}),
    "trace.ingest": frozenset({LEAD, ENGINEER, ADMIN}),
    "trace.export": frozenset({LEAD, ENGINEER}),
    "curation.read": frozenset({LEAD, ENGINEER, ADMIN}),
    "curation.manage": frozenset({LEAD, ADMIN}),
    "vault.manage": frozenset({LEAD, ADMIN}),
    "vault.reveal": frozenset({LEAD, ADMIN}),
    "backlog.read": frozenset({ANNOTATOR, LEAD, ENGINEER, ADMIN}),
    "backlog.open": frozenset({ANNOTATOR, LEAD, ENGINEER, ADMIN}),
    "backlog.manage": frozenset({LEAD, ADMIN}),
    "index.read": frozenset({ANNOTATOR, LEAD, ENGINEER, ADMIN}),
    "index.manage": frozenset({LEAD, ADMIN}),
    "annotation.judge": frozenset({ANNOTATOR, LEAD}),
    "annotation.read": frozenset({LEAD, ENGINEER, ADMIN}),
    "annotation.adjudicate": frozenset({ANNOTATOR, LEAD, ADMIN}),
    "annotation.manage": frozenset({LEAD, ADMIN}),
    "snapshot.read": frozenset({LEAD, ENGINEER, ADMIN}),
    "snapshot.create": frozenset({LEAD, ENGINEER}),
    "snapshot.request": frozenset({LEAD, ENGINEER}),
    "snapshot.approve": frozenset({LEAD}),
    "snapshot.withdraw": frozenset({LEAD, ADMIN}),
    "snapshot.export": frozenset({LEAD, ENGINEER}),
    "snapshot.erase": frozenset({LEAD, ADMIN}),
    "run.read": frozenset({LEAD, ENGINEER, ADMIN}),
    "run.launch": frozenset({ENGINEER}),
    "run.cancel": frozenset({ENGINEER, ADMIN}),
    "model.read": frozenset({LEAD, ENGINEER, ADMIN}),
    "lineage.read": frozenset({LEAD, ENGINEER, ADMIN}),
    "annotator.invite": frozenset({LEAD, ADMIN}),
    "member.read": frozenset({LEAD, ENGINEER, ADMIN}),
    "member.manage": frozenset({ADMIN}),
    "token.manage": frozenset({LEAD, ENGINEER, ADMIN}),
    "audit.read": frozenset({LEAD, ADMIN}),
}
READ_VERBS = frozenset(verb for verb in VERBS if verb.endswith(".read"))


def enter(user: User, slug: str) -> Project | None:
    """The project of that slug. The person's roles there are read with it, and hold for as long as this object lives.

    For a request's user, never a job's: what somebody may do is asked several times on the way through a request.
    """
    found = select(ENTER, {"slug": slug, "user": user.pk})
    if not found:
        return None
    values = iter(found[0])
    project = PROJECT.take(values)
    user._roles = {project.pk: frozenset(map(Role, next(values)))}  # type: ignore[attr-defined]
    return project


def roles_of(user: User, project: Project) -> frozenset[Role]:
    """The person's roles there; none for a deactivated one."""
    if not user.is_active:
        return frozenset()
    remembered: dict[UUID, frozenset[Role]] = getattr(user, "_roles", {})
    if project.pk in remembered:
        return remembered[project.pk]
    held = select(ROLES, {"user": user.pk, "project": project.pk})
    return frozenset(Role(name) for (name,) in held)


def owner_roles(token: ApiToken) -> frozenset[Role]:
    """The roles of the person behind a token, read once for as long as the token is remembered."""
    roles: frozenset[Role] | None = getattr(token, "_owner_roles", None)
    if roles is None:
        roles = roles_of(token.owner, token.project)
        token._owner_roles = roles  # type: ignore[attr-defined]
    return roles


def verbs_of(roles: Collection[Role]) -> frozenset[str]:
    """Every verb that at least one of the roles carries."""
    return frozenset(verb for verb, allowed in VERBS.items() if allowed.intersection(roles))


def _scope_carries(token: ApiToken, verb: str) -> bool:
    if verb == "trace.ingest":
        return Scope.INGEST in token.scopes or Scope.WRITE in token.scopes
    if verb in READ_VERBS:
        return Scope.READ in token.scopes or Scope.WRITE in token.scopes
    return Scope.WRITE in token.scopes


def may(who: User | ApiToken, verb: str, project: Project) -> bool:
    """Whether the person, or the token within its scopes and project, may do this."""
    if isinstance(who, ApiToken):
        return (
            who.project_id == project.pk
            and _scope_carries(who, verb)
            and bool(VERBS[verb] & owner_roles(who))
        )
    return bool(VERBS[verb] & roles_of(who, project))


def require(who: User | ApiToken, verb: str, project: Project) -> None:
    """Refuse unless allowed. Strangers to the project are told it does not exist."""
    if may(who, verb, project):
        return
    person = who.owner if isinstance(who, ApiToken) else who
    stranger = isinstance(who, ApiToken) and who.project_id != project.pk
    if stranger or not roles_of(person, project):
        raise NotFound("project_not_found", "There is no such project, or you are not a member of it.")
    needed = ", ".join(sorted(str(role.label) for role in VERBS[verb]))
    raise PermissionRefused(
        "not_allowed",
        f"Your role does not allow this ({verb}).",
        hint=f"It takes: {needed}. An administrator of the project can give it on the members page.",
        verb=verb,
    )
