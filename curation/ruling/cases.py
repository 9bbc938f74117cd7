"""Test cases of a project's rules: every standing report is one. A version that fails any does not come into force."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.keyring import project_key
from core.privacy import RedactionFailed, RuleSet, SurrogateKey, redact
from curation.ingest.redaction import SURROGATES
from curation.models import RuleReport
from curation.models.rules import ReportKind


@dataclass(frozen=True, slots=True)
class Tried:
    """One case against one set: what became of the example, and why that is wrong ("" when it is right)."""

    report: RuleReport
    became: str
    wrong: str


def standing(project_id: uuid.UUID) -> list[RuleReport]:
    """The reports that count as cases, oldest first."""
    return list(
        RuleReport.objects.filter(project_id=project_id, set_aside_at=None).order_by("reported_at", "id")
    )


def tried(reports: Iterable[RuleReport], rules: RuleSet, project_id: uuid.UUID) -> list[Tried]:
    """Every case put through the set (its literals bound)."""
    key = project_key(project_id, SURROGATES)
    keys = SurrogateKey(key.id, key.secret)
    return [_tried(report, rules, keys) for report in reports]


def _tried(report: RuleReport, rules: RuleSet, keys: SurrogateKey) -> Tried:
    target = report.example[report.example_start : report.example_end]
    try:
        became = str(redact(report.example, keys=keys, rules=rules).value)
    except RedactionFailed as failure:
        return Tried(report, "", _("the example could not be redacted (%(code)s)") % {"code": failure.code})
    if report.kind == ReportKind.FALSE_HIT:
        return Tried(report, became, "" if target in became else _("this is still replaced"))
    return Tried(report, became, _why_missed(report, target, became, rules))


def _why_missed(report: RuleReport, target: str, became: str, rules: RuleSet) -> str:
    if target in became:
        return _("nothing of this form is replaced")
    pieces = [word for word in target.split() if len(word) > 3 and word in became]
    if pieces:
        return _("only a part of it is replaced")
    return (
        ""
        if report.digest in {one.digest for one in rules.literals}
        else _("the reported value itself is no longer held back")
    )
