"""Put a next version of the redaction rules into force: every case passes, and nobody stores under the old ones meanwhile."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.persons import person_behind
from accounts.models import ApiToken, Project, User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from core.privacy import RuleSet
from curation.actions.cleaned import cleaned
from curation.ingest.redaction import redactor_for
from curation.models import Asset, AssetVersion, RuleCheck
from curation.models.assets import AssetKind
from curation.ruling.cases import Tried, standing, tried
from curation.ruling.drafts import sound
from curation.ruling.fence import change_rules_alone
from curation.ruling.sets import bound, changes, usable_rules


class CasesFail(Refused):
    """The draft fails cases; `failing` says which and why."""

    def __init__(self, failing: list[Tried]) -> None:
        super().__init__(
            "rules_fail_cases", _("%(n)d test cases fail under these rules.") % {"n": len(failing)},
            hint=_("Change the rules until they pass, or set a case aside with a reason."),
        )  # fmt: skip
        self.failing = failing


def current_rules(project_id: uuid.UUID) -> AssetVersion:
    """The version in force; at first use the rules of this release become the first one."""
    return AssetVersion.objects.select_related("asset", "created_by").get(
        pk=redactor_for(project_id).rules_id
    )


def adopt_rules(*, who: User | ApiToken, project: Project, draft: RuleSet, note: str = "") -> AssetVersion:
    """The draft as the next version, in force. Raises CasesFail, or Refused for a rule that cannot be used or no change."""
    require(who, "curation.manage", project)
    rules = sound(draft)
    with transaction.atomic():
        asset, before = hold_rules(project)
        held = usable_rules(before.body, project.pk)
        rules = replace(rules, literals=held.literals, spared=held.spared)
        if changes(held, rules).count == 0:
            raise Refused("rules_unchanged", _("These are the rules in force already; nothing was changed."))
        cases = tried(standing(project.pk), bound(rules, project.pk), project.pk)
        failing = [case for case in cases if case.wrong]
        if failing:
            raise CasesFail(failing)
        return put_into_force(
            who, asset, before, rules, note=cleaned(note.strip(), project=project)[:300], cases=len(cases)
        )


def hold_rules(project: Project) -> tuple[Asset, AssetVersion]:
    """The project's rules and the version in force, locked until the transaction ends: nobody stores or changes rules."""
    current_rules(project.pk)
    change_rules_alone(project.pk)
    found = Asset.objects.select_for_update().filter(
        project=project, kind=AssetKind.REDACTION_RULES, current__isnull=False
    )
    asset = found.order_by("pk")[0]
    return asset, AssetVersion.objects.get(pk=asset.current_id or 0)


def put_into_force(
    who: User | ApiToken,
    asset: Asset,
    before: AssetVersion,
    rules: RuleSet,
    *,
    note: str,
    cases: int,
    owed: int | None = None,
) -> AssetVersion:
    """Write the version with its proof and move the pointer; `owed` (cases a rule is still to be found for) makes it a patch."""
    number = before.number + 1
    made = replace(rules, version=number)
    version = AssetVersion.objects.create(
        project_id=asset.project_id, asset=asset, number=number, sha256=made.sha256, body=made.as_data(), note=note,
        created_by=person_behind(who),
    )  # fmt: skip
    RuleCheck.objects.create(
        version=version, project_id=asset.project_id, cases=cases, failed=owed or 0, patch=owed is not None
    )
    asset.current = version
    asset.save(update_fields=["current"])
    data = {"number": number, "sha256": made.sha256, "cases": cases, "owed": owed or 0}
    audit.record(actor=who.actor, verb="rules.adopt", subject=version, project_id=asset.project_id, data=data)
    audit.emit(subject=asset, name="rules.in_force", project_id=asset.project_id, data=data)
    return version
