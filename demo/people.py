"""The project of the demo and its people. Passwords are printed: this exists in demo mode only."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from accounts.models import ApiToken, Membership, Project, Role, User
from accounts.models.access import Scope
from accounts.tokens import digest, new_secret

PASSWORD = "winnow the grain"
PEOPLE = (
    ("ana@demo.example", "Ana Ferreira", (Role.ANNOTATOR,)),
    ("leo@demo.example", "Leo Okafor", (Role.DATA_LEAD,)),
    ("mia@demo.example", "Mia Lindqvist", (Role.ML_ENGINEER,)),
    ("ada@demo.example", "Ada Operator", (Role.ADMIN,)),
)


@dataclass(frozen=True)
class Cast:
    """Who acts in the demo, and the token its assistant sends traces with."""

    project: Project
    annotator: User
    lead: User
    engineer: User
    admin: User
    token: str


def _person(project: Project, email: str, name: str, roles: tuple[Role, ...]) -> User:
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, PASSWORD, name=name)
    for role in roles:
        Membership.objects.get_or_create(project=project, user=user, role=role)
    return user


def _token(project: Project, owner: User) -> str:
    secret = new_secret()
    ApiToken.objects.filter(project=project, name="demo assistant", revoked_at=None).update(revoked_at=Now())
    ApiToken.objects.create(
        project=project,
        owner=owner,
        name="demo assistant",
        prefix=secret[:8],
        token_sha256=digest(secret),
        scopes=[Scope.INGEST],
    )
    return secret


@transaction.atomic
def gather() -> Cast:
    """The project and its people, made at the first call and found at later ones; the token is new each time."""
    project, _ = Project.objects.get_or_create(
        slug=settings.DEMO_PROJECT, defaults={"name": "Python helper", "training_use_default": "unknown"}
    )
    annotator, lead, engineer, admin = (_person(project, *person) for person in PEOPLE)
    return Cast(project, annotator, lead, engineer, admin, token=_token(project, lead))
