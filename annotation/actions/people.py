"""What is known of annotators as workers: team, languages, expertise, and whether they are given work here."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.models import ApiToken, Project, User
from accounts.permissions import may, require
from core import audit
from core.errors import Refused

from ..models import AnnotatorProfile
from ..people_words import PersonWords, read_expertise, read_languages, read_team
from .profile import give_back_leases, profile_of

MOST_EXPOSURES = 1_000


def welcome(project: Project, user: User, about: Mapping[str, Any]) -> None:
    """Somebody has joined by an invitation: a judge gets a pseudonym with the words the invitation carried."""
    if not may(user, "annotation.judge", project):
        return
    profile = profile_of(who=user, project=project)
    words = PersonWords(
        about.get("team", ""), tuple(about.get("languages", ())), tuple(about.get("expertise", ()))
    )
    fields = {name: value for name, value in _columns(words).items() if value}
    AnnotatorProfile.objects.filter(pk=profile.pk).update(**fields)


def describe_annotator(*, who: User | ApiToken, profile: AnnotatorProfile, words: PersonWords) -> bool:
    """A lead says team, languages and expertise; expertise a lead has said is confirmed. False if nothing changed."""
    require(who, "annotation.manage", profile.project)
    with transaction.atomic():
        locked = AnnotatorProfile.objects.select_for_update(no_key=True).get(pk=profile.pk)
        before = {name: getattr(locked, name) for name in ("team", "languages", "expertise")}
        after = _columns(words)
        if before == after:
            return False
        AnnotatorProfile.objects.filter(pk=locked.pk).update(**after)
        audit.record(
            actor=who.actor,
            verb="annotation.describe_annotator",
            subject=locked,
            project_id=locked.project_id,
            data={"before": before, "after": after},
        )
    return True


def describe_myself(*, who: User, project: Project, languages: str, expertise: str) -> None:
    """The person's own languages hold at once; expertise waits until a lead confirms it."""
    profile = profile_of(who=who, project=project)
    after = {
        "languages": list(_read(languages, read_languages)),
        "expertise_said": list(_read(expertise, read_expertise)),
    }
    with transaction.atomic():
        locked = AnnotatorProfile.objects.select_for_update(no_key=True).get(pk=profile.pk)
        before = {name: getattr(locked, name) for name in after}
        if before == after:
            return
        AnnotatorProfile.objects.filter(pk=locked.pk).update(**after)
        audit.record(
            actor=who.actor,
            verb="annotation.describe_myself",
            subject=locked,
            project_id=project.pk,
            data={"before": before, "after": after},
        )


def choose_exposure(*, who: User, project: Project, ok: bool, per_day: int | None) -> None:
    """Warned-of material only for who asked for it, and no more a day than they say; what they hold of it is let go."""
    profile = profile_of(who=who, project=project)
    if per_day is not None and not 1 <= per_day <= MOST_EXPOSURES:
        raise Refused(
            "exposure_out_of_range",
            _("A day takes 1 to %(n)d warned-of items; empty is the campaign's number.")
            % {"n": MOST_EXPOSURES},
        )
    with transaction.atomic():
        locked = AnnotatorProfile.objects.select_for_update(no_key=True).get(pk=profile.pk)
        if (locked.sensitive_ok, locked.sensitive_per_day) == (ok, per_day):
            return
        AnnotatorProfile.objects.filter(pk=locked.pk).update(sensitive_ok=ok, sensitive_per_day=per_day)
        if not ok:
            give_back_leases(profile)
        audit.record(
            actor=who.actor, verb="annotation.choose_exposure", subject=locked, project_id=project.pk
        )


def deactivate_annotator(*, who: User, profile: AnnotatorProfile) -> int:
    """Give this person no more work here and free what they hold at once; votes stay. How many leases were freed."""
    require(who, "annotation.manage", profile.project)
    with transaction.atomic():
        stopped = AnnotatorProfile.objects.filter(pk=profile.pk, deactivated_at=None).update(
            deactivated_at=Now()
        )
        freed = give_back_leases(profile)
        if stopped:
            _record(who, profile, "annotation.deactivate_annotator", "active", "deactivated", freed=freed)
    return freed


def reactivate_annotator(*, who: User, profile: AnnotatorProfile) -> None:
    """Give this person work again."""
    require(who, "annotation.manage", profile.project)
    with transaction.atomic():
        if (
            AnnotatorProfile.objects.filter(pk=profile.pk)
            .exclude(deactivated_at=None)
            .update(deactivated_at=None)
        ):
            _record(who, profile, "annotation.reactivate_annotator", "deactivated", "active")


def name_adjudicator(*, who: User, profile: AnnotatorProfile, adjudicates: bool) -> bool:
    """Let this person decide over votes of others, or no longer; decisions made stay. False if nothing changed."""
    require(who, "annotation.manage", profile.project)
    with transaction.atomic():
        changed = AnnotatorProfile.objects.filter(pk=profile.pk, adjudicates=not adjudicates).update(
            adjudicates=adjudicates
        )
        if changed:
            audit.record(
                actor=who.actor,
                verb="annotation.name_adjudicator",
                subject=profile,
                project_id=profile.project_id,
                data={"adjudicates": adjudicates},
            )
    return bool(changed)


def read_words(*, team: str, languages: str, expertise: str) -> PersonWords:
    """What a form says of a person; refused with the reason."""
    return PersonWords(
        _read(team, read_team),
        tuple(_read(languages, read_languages)),
        tuple(_read(expertise, read_expertise)),
    )


def _read(given: str, reader: Any) -> Any:
    try:
        return reader(given)
    except ValueError as error:
        raise Refused("words_unreadable", str(error), hint=_("Nothing was changed.")) from error


def _columns(words: PersonWords) -> dict[str, Any]:
    return {"team": words.team, "languages": list(words.languages), "expertise": list(words.expertise)}


def _record(who: User, profile: AnnotatorProfile, verb: str, before: str, after: str, **data: int) -> None:
    audit.record(actor=who.actor, verb=verb, subject=profile, project_id=profile.project_id, data=data)
    audit.emit(
        subject=profile,
        name="annotator.state",
        project_id=profile.project_id,
        from_state=before,
        to_state=after,
    )
