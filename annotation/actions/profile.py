"""Who votes: the pseudonym a person judges under, and what that person chose to say about themselves."""

from collections.abc import Sequence
from typing import Final

from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import Project, User
from accounts.permissions import require
from core import audit
from core.columns import Columns
from core.errors import Refused
from core.prepared import select

from .. import queue
from ..models import AnnotatorProfile, Assignment, Axis, Campaign, Item, ProfileValue
from ..rules import read

PROFILE = Columns(AnnotatorProfile, "p")
OWN: Final = f"""
SELECT {PROFILE} FROM annotation_annotatorprofile p WHERE p.project_id = %(project)s AND p.user_id = %(user)s
"""

PREFER_NOT_TO_SAY = "prefer not to say"
"""A value like any other, so that silence and refusal can be told apart."""


def profile_of(*, who: User, project: Project) -> AnnotatorProfile:
    """This person's pseudonym here, made on first use; refused for people who may not judge."""
    require(who, "annotation.judge", project)
    found = select(OWN, {"project": project.pk, "user": who.pk})
    if found:
        profile = PROFILE.take(iter(found[0]))
        profile.user, profile.project = who, project
        return profile
    try:
        with transaction.atomic():
            return AnnotatorProfile.objects.create(project=project, user=who, simulated=who.is_simulated)
    except IntegrityError:
        return AnnotatorProfile.objects.get(project=project, user=who)


def define_axis(*, who: User, project: Project, name: str, values: Sequence[str]) -> Axis:
    """Open a dimension of diversity; changed values make a new number, votes keep the one they were frozen with."""
    require(who, "annotation.manage", project)
    wanted = [v.strip() for v in values if v.strip()]
    if len(set(wanted)) < 2:
        raise Refused("axis_too_small", _("An axis needs at least two different values."))
    if "=" in name or not name.strip():
        raise Refused("axis_name", _("An axis needs a name without an equals sign."))
    with transaction.atomic():
        latest = Axis.objects.filter(project=project, name=name).order_by("-number").first()
        number = latest.number + 1 if latest else 1
        axis = Axis.objects.create(
            project=project, name=name, number=number, values=[*dict.fromkeys(wanted), PREFER_NOT_TO_SAY]
        )
        audit.record(actor=who.actor, verb="annotation.define_axis", subject=axis, project_id=project.pk)
    return axis


def retire_axis(*, who: User, axis: Axis) -> None:
    """Ask it of nobody any more; what votes carry and reports said stays. Defined anew, it is asked again."""
    require(who, "annotation.manage", axis.project)
    with transaction.atomic():
        locked = Axis.objects.select_for_update().get(pk=axis.pk)
        if locked.retired_at is not None:
            return
        _refuse_needed(locked)
        Axis.objects.filter(project_id=axis.project_id, name=axis.name, retired_at=None).update(
            retired_at=Now()
        )
        audit.record(actor=who.actor, verb="annotation.retire_axis", subject=axis, project_id=axis.project_id)


def _refuse_needed(axis: Axis) -> None:
    """An open campaign that counts by it would wait for ever for people who are asked no more."""
    campaigns = Campaign.objects.filter(project_id=axis.project_id).exclude(state="closed").order_by("name")
    needed = [
        one.name for one in campaigns if axis.name in {*(rules := read(one.rules)).caps, *rules.distinct}
    ]
    if needed:
        raise Refused(
            "axis_needed",
            _("%(axis)s counts for the pairs of: %(names)s.")
            % {"axis": axis.name, "names": ", ".join(needed[:5])},
            hint=_("Take it out of their settings first, or close them."),
        )


def choose_value(*, who: User, project: Project, axis: Axis, value: str) -> None:
    """Say something about oneself on one axis, or take it back with ""; earlier votes keep what they had.

    Leases are given back first, so that the quotas they took return under the value they were taken with.
    The audit names the axis and never the value.
    """
    profile = profile_of(who=who, project=project)
    if axis.project_id != project.pk or (value and (axis.retired_at or value not in axis.values)):
        raise Refused("value_unknown", _("This axis has no such value."))
    with transaction.atomic():
        give_back_leases(profile)
        if value:
            ProfileValue.objects.update_or_create(profile=profile, axis=axis, defaults={"value": value})
        else:
            ProfileValue.objects.filter(profile=profile, axis=axis).delete()
        audit.record(actor=who.actor, verb="annotation.change_profile", subject=axis, project_id=project.pk)


def erase_profile(*, who: User, project: Project) -> None:
    """Remove everything said on any axis, also from votes given before; the votes stay, and count as of nobody's group.

    What was published stays as it is until the next release, which others change too: nothing can be subtracted.
    """
    profile = profile_of(who=who, project=project)
    with transaction.atomic():
        give_back_leases(profile)
        ProfileValue.objects.filter(profile=profile).delete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT annotation_forget_groups(%s)", [profile.pk])
        audit.record(actor=who.actor, verb="annotation.erase_profile", subject=profile, project_id=project.pk)


def give_back_leases(profile: AnnotatorProfile) -> int:
    """End every lease of this person, item by item in one order; how many ended."""
    held = Assignment.objects.filter(profile=profile, state="leased").order_by("item_id")
    ended = 0
    for assignment in held:
        Item.objects.select_for_update().get(pk=assignment.item_id)
        ended += queue.give_back([assignment.item_id], state="released", assignment=assignment.pk)
    return ended
