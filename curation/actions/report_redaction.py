"""A lead marks what redaction missed, or replaced wrongly. It takes effect at once, and becomes a test case of every later version.

A missed text is never kept: a keyed hash of its words goes into a patch of the rules (so that exactly this value is replaced
from now on, and in what is stored), and an invented look-alike becomes the case a rule has to pass.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core import audit
from core.errors import NotFound, Refused
from core.keyring import project_key
from core.privacy import RuleSet
from core.privacy.adjust import bare
from core.privacy.literals import Literal, digest, literal_of, words_of
from curation.actions.adopt_rules import hold_rules, put_into_force
from curation.actions.cleaned import cleaned
from curation.bodies import load
from curation.models import Asset, AssetVersion, ConversationVersion, RuleReport
from curation.models.rules import ReportKind
from curation.ruling.cases import standing, tried
from curation.ruling.lookalikes import IDENTIFIERS, lookalike
from curation.ruling.places import Place, at, surrogate_at
from curation.ruling.sets import LITERALS, bound, usable_rules

LONGEST_EXAMPLE = 600


@dataclass(frozen=True, slots=True)
class Reported:
    """The report and the patch that it made."""

    report: RuleReport
    version: AssetVersion


def report_miss(
    *,
    who: User | ApiToken,
    project: Project,
    version: ConversationVersion,
    place: Place,
    identifier: str,
    example: str = "",
) -> Reported:
    """The text at this place should have gone. `example` is an invented sentence with [[the part that must go]]."""
    require(who, "curation.manage", project)
    _of_project(project, version)
    if surrogate_at(place):
        raise Refused(
            "already_replaced", _("A stand-in is here already; mark it as a false hit if it is wrong.")
        )
    if identifier not in IDENTIFIERS:
        raise Refused("unknown_identifier", _("Choose what kind of identifier this is."))
    key = project_key(project.pk, LITERALS)
    name = uuid.uuid4()
    literal = _literal(place.value, name, identifier, key.id, key.secret)
    shown = _example(example, project) if example.strip() else lookalike(place.value, identifier, key.secret)
    _hides_nothing(shown[0], literal)
    with transaction.atomic():
        asset, before = hold_rules(project)
        rules = usable_rules(before.body, project.pk)
        if literal.digest in {one.digest for one in rules.literals}:
            raise Refused(
                "reported_already", _("This value was reported before and is replaced wherever it is found.")
            )
        report = _report(
            who, version, place, shown, id=name, kind=ReportKind.MISS, identifier=identifier, digest=literal.digest,
            key_id=key.id,
        )  # fmt: skip
        patch = replace(rules, literals=(*rules.literals, literal))
        return Reported(report, _patched(who, project, report, patch, (asset, before)))


def report_false_hit(
    *, who: User | ApiToken, project: Project, version: ConversationVersion, place: Place, example: str
) -> Reported:
    """The stand-in at this place should not be there. `example` is an invented sentence with [[the part that must stay]].

    From now on this value stays as it is; what was replaced before cannot be brought back.
    """
    require(who, "curation.manage", project)
    _of_project(project, version)
    found = surrogate_at(place)
    if not found:
        raise Refused("nothing_replaced", _("No stand-in is at this place."))
    shown = _example(example, project)
    with transaction.atomic():
        asset, before = hold_rules(project)
        rules = usable_rules(before.body, project.pk)
        if bare(found) in rules.spared:
            raise Refused("reported_already", _("This value was reported before and is left as it is."))
        report = _report(
            who,
            version,
            place,
            shown,
            id=uuid.uuid4(),
            kind=ReportKind.FALSE_HIT,
            identifier="other",
            surrogate=found[:96],
        )
        patch = replace(rules, spared=rules.spared | {bare(found)})
        return Reported(report, _patched(who, project, report, patch, (asset, before)))


def set_aside(*, who: User | ApiToken, project: Project, report_id: uuid.UUID, reason: str) -> RuleReport:
    """The case no longer has to pass; the reported value itself stays replaced (or spared)."""
    require(who, "curation.manage", project)
    if not reason.strip():
        raise Refused("no_reason", _("Say why no rule can be found for this case."))
    with transaction.atomic():
        hold_rules(project)
        report = RuleReport.objects.select_for_update().filter(project=project, pk=report_id).first()
        if report is None:
            raise NotFound("case_not_found", _("There is no such case in this project."))
        if report.set_aside_at is not None:
            raise Refused("set_aside_already", _("This case was set aside already."))
        RuleReport.objects.filter(pk=report.pk).update(
            set_aside_at=Now(),
            set_aside_by=person_behind(who),
            set_aside_reason=cleaned(reason.strip(), project=project)[:300],
        )
        audit.record(actor=who.actor, verb="rules.set_case_aside", subject=report, project_id=project.pk)
        audit.emit(
            subject=report,
            name="set_aside",
            project_id=project.pk,
            from_state="standing",
            to_state="set_aside",
        )
    report.refresh_from_db()
    return report


def read_place(version: ConversationVersion, path: str, start: int, end: int) -> Place | None:
    """The place in the version's stored text."""
    return at(load(version).conversation, path, start, end)


def _of_project(project: Project, version: ConversationVersion) -> None:
    if version.project_id != project.pk:
        raise NotFound("version_not_found", _("There is no such conversation in this project."))


def _literal(value: str, name: uuid.UUID, identifier: str, key_id: str, secret: bytes) -> Literal:
    try:
        return literal_of(
            value, name=f"reported_{name.hex[:12]}", kind=identifier, key_id=key_id, secret=secret
        )
    except ValueError as error:
        raise Refused(
            "not_a_value", _("Mark one to twelve words with three letters or digits at least."),
            hint=_("A longer text is reported in parts."),
        ) from error  # fmt: skip


def _example(text: str, project: Project) -> tuple[str, int, int]:
    """(sentence, start, end) from `… [[part]] …`; only the part, on which the rules are tried, may look like an identifier."""
    before, opened, rest = text.strip().partition("[[")
    part, closed, after = rest.partition("]]")
    before, after = cleaned(before, project=project), cleaned(after, project=project)
    if not opened or not closed or not part.strip() or len(before + part + after) > LONGEST_EXAMPLE:
        raise Refused(
            "bad_example", _("Write an invented sentence of at most 600 characters with the part in double brackets."),
            hint=_("For example: The order number is [[4711-0815-22]]."),
        )  # fmt: skip
    return before + part + after, len(before), len(before) + len(part)


def _hides_nothing(text: str, literal: Literal) -> None:
    """The example is kept as it is written, so it must not hold the reported text."""
    words = words_of(text)
    count = len(literal.shape)
    if any(
        digest(words[at : at + count], literal.secret) == literal.digest
        for at in range(len(words) - count + 1)
    ):
        raise Refused(
            "example_holds_it", _("The example holds the reported text itself; invent another one.")
        )


def _report(
    who: User | ApiToken,
    version: ConversationVersion,
    place: Place,
    shown: tuple[str, int, int],
    **fields: object,
) -> RuleReport:
    text, start, end = shown
    return RuleReport.objects.create(
        project_id=version.project_id, version=version, path=place.path[:400], start=place.start, end=place.end,
        example=text, example_start=start, example_end=end, reported_by=person_behind(who), **fields,
    )  # fmt: skip


def _patched(
    who: User | ApiToken,
    project: Project,
    report: RuleReport,
    rules: RuleSet,
    held: tuple[Asset, AssetVersion],
) -> AssetVersion:
    asset, before = held
    cases = tried(standing(project.pk), bound(rules, project.pk), project.pk)
    owed = sum(1 for case in cases if case.wrong)
    version = put_into_force(who, asset, before, rules, note="", cases=len(cases), owed=owed)
    data = {"kind": report.kind, "identifier": report.identifier, "rules": version.number}
    audit.record(actor=who.actor, verb="rules.report", subject=report, project_id=project.pk, data=data)
    audit.emit(subject=report, name="reported", project_id=project.pk, to_state="standing", data=data)
    return version
