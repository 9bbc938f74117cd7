"""Simulated annotators as members of a project: marked on the user, the profile and every vote they give."""

from dataclasses import dataclass

from django.db import transaction

from accounts.models import Membership, Project, Role, User

from ..models import Axis
from ..simulated import TEMPERAMENTS, Temperament
from .profile import PREFER_NOT_TO_SAY, choose_value, profile_of


@dataclass(frozen=True, slots=True)
class SimulatedPerson:
    """A user without a password who judges by a temperament."""

    user: User
    temperament: Temperament


def simulated_people(*, project: Project, number: int = len(TEMPERAMENTS)) -> list[SimulatedPerson]:
    """The first `number` temperaments as members of the project; made once, found again afterwards."""
    return [_person(project, index, one) for index, one in enumerate(TEMPERAMENTS[:number])]


def _person(project: Project, index: int, temperament: Temperament) -> SimulatedPerson:
    with transaction.atomic():
        user, new = User.objects.get_or_create(
            email=f"{temperament.name}@{project.slug}.simulated.invalid",
            defaults={"name": f"{temperament.name} (simulated)", "is_simulated": True},
        )
        if new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        Membership.objects.get_or_create(project=project, user=user, role=Role.ANNOTATOR)
        profile = profile_of(who=user, project=project)
        said = set(profile.values.values_list("axis_id", flat=True))
        for axis in Axis.objects.filter(project=project, retired_at=None).exclude(pk__in=said):
            sayable = [value for value in axis.values if value != PREFER_NOT_TO_SAY]
            choose_value(who=user, project=project, axis=axis, value=sayable[index % len(sayable)])
    return SimulatedPerson(user, temperament)
