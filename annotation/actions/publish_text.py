"""Guidelines and policies: write the next version, attach one to a campaign, have read one."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Project, User
from accounts.permissions import require
from core import audit
from core.errors import Refused
from curation.actions.cleaned import cleaned
from curation.models import Asset, AssetVersion
from curation.models.assets import AssetKind
from curation.price_books import digest_of

from ..models import AnnotatorProfile, Campaign, GuidelinesRead
from ..policy import BadPolicy, sections_of
from .profile import profile_of

KINDS = (AssetKind.GUIDELINES, AssetKind.POLICY)
LONGEST_NAME, LONGEST_NOTE, LONGEST_TEXT = 80, 400, 60_000


def publish_text(
    *,
    who: User,
    project: Project,
    kind: str,
    name: str,
    text: str,
    note: str = "",
    changes_decisions: bool = False,
    examples: Sequence[dict[str, str]] | None = None,
) -> AssetVersion:
    """The next version under this name, in force at once wherever an earlier one was; the same text is refused.

    `examples` replaces those of the version before; None keeps them.
    """
    require(who, "annotation.manage", project)
    name = " ".join(name.split())
    if kind not in KINDS or not 0 < len(name) <= LONGEST_NAME:
        raise Refused(
            "text_incomplete", _("A text needs a name of up to %(n)d characters.") % {"n": LONGEST_NAME}
        )
    written = cleaned(_lines(text, LONGEST_TEXT), project=project)
    if not written:
        raise Refused("text_empty", _("There is no text yet."))
    with transaction.atomic():
        Asset.objects.get_or_create(project=project, kind=kind, name=name)
        asset = Asset.objects.select_for_update().get(project=project, kind=kind, name=name)
        last = asset.versions.order_by("-number").first()
        kept = last.body.get("examples", []) if last and examples is None else list(examples or [])
        body = _body(kind, written, kept, changes_decisions)
        if last is not None and _said(last.body) == _said(body):
            raise Refused("text_same", _("This is what version %(n)d says already.") % {"n": last.number})
        version = AssetVersion.objects.create(
            project=project,
            asset=asset,
            number=last.number + 1 if last else 1,
            sha256=digest_of(body),
            body=body,
            note=cleaned(note.strip()[:LONGEST_NOTE], project=project),
            created_by=who,
        )
        asset.current = version
        asset.save(update_fields=["current"])
        _put_in_force(version)
        audit.record(
            actor=who.actor,
            verb=f"annotation.publish_{kind}",
            subject=version,
            project_id=project.pk,
            data={"name": name, "number": version.number, "changes_decisions": changes_decisions},
        )
    return version


def attach_text(*, who: User, campaign: Campaign, kind: str, asset: Asset | None) -> Campaign:
    """From now on this campaign is judged under the asset's current version, and follows its next ones."""
    require(who, "annotation.manage", campaign.project)
    wrong = asset is not None and (
        asset.kind != kind or asset.project_id != campaign.project_id or asset.current_id is None
    )
    if kind not in KINDS or wrong:
        raise Refused("text_unknown", _("There is no such text in this project."))
    with transaction.atomic():
        locked = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
        setattr(locked, kind, asset.current if asset else None)
        locked.save(update_fields=[kind])
        audit.record(
            actor=who.actor,
            verb=f"annotation.attach_{kind}",
            subject=locked,
            project_id=locked.project_id,
            data={"version": asset.current_id if asset else None},
        )
    return locked


def read_guidelines(*, who: User, project: Project, version: AssetVersion) -> AnnotatorProfile:
    """Remember that this person has read this version; reading it again changes nothing."""
    profile = profile_of(who=who, project=project)
    if version.project_id != project.pk or version.asset.kind != AssetKind.GUIDELINES:
        raise Refused("text_unknown", _("There are no such guidelines in this project."))
    GuidelinesRead.objects.bulk_create(
        [GuidelinesRead(project=project, profile=profile, version=version)], ignore_conflicts=True
    )
    return profile


def _lines(text: str, most: int) -> str:
    given = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(given) > most:
        raise Refused("text_too_long", _("The text is longer than %(n)d characters.") % {"n": most})
    return given


def _body(
    kind: str, text: str, examples: Sequence[dict[str, str]], changes_decisions: bool
) -> dict[str, Any]:
    common: dict[str, Any] = {"text": text, "changes_decisions": changes_decisions}
    if kind == AssetKind.GUIDELINES:
        return {**common, "examples": list(examples)}
    try:
        return {**common, "sections": [one.as_data() for one in sections_of(text)]}
    except BadPolicy as bad:
        raise Refused("policy_unnumbered", str(bad), hint=_("Number what answers should cite.")) from bad


def _said(body: dict[str, Any]) -> tuple[Any, ...]:
    return body.get("text"), body.get("examples", [])


def _put_in_force(version: AssetVersion) -> None:
    """Campaigns judged under an earlier version of this text are judged under the new one from now on."""
    kind = version.asset.kind
    followers = Campaign.objects.filter(**{f"{kind}__asset_id": version.asset_id})
    followers.update(**{kind: version})
