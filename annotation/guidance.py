"""Which guidelines a person judges under, what they read last, and whether they have to read again."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.models import Project
from curation.models import Asset, AssetVersion
from curation.models.assets import AssetKind

from .models import AnnotatorProfile, Campaign, GuidelinesRead


@dataclass(frozen=True, slots=True)
class Guidance:
    """The version in force, the one this person read last, and whether decisions changed in between."""

    version: AssetVersion
    read: AssetVersion | None
    reread: bool

    @property
    def unread(self) -> bool:
        """Nothing of these guidelines was ever read: they open by themselves, once."""
        return self.read is None

    @property
    def asked(self) -> bool:
        """Whether the page shows them before it goes on."""
        return self.unread or self.reread


def guidance_for(profile: AnnotatorProfile, campaign: Campaign) -> Guidance | None:
    """None where the campaign has no guidelines."""
    version = campaign.guidelines
    if version is None:
        return None
    read = last_read(profile, version)
    since = AssetVersion.objects.filter(
        asset_id=version.asset_id,
        number__lte=version.number,
        number__gt=read.number if read else version.number,
        body__changes_decisions=True,
    )
    return Guidance(version, read, since.exists())


def must_read_again(profile: AnnotatorProfile, campaign: Campaign) -> bool:
    """Whether what decides has changed since this person read the campaign's guidelines: `reread`, in one statement."""
    if campaign.guidelines_id is None:
        return False
    read = GuidelinesRead.objects.filter(profile=profile, version__asset=OuterRef("asset"))
    in_force = AssetVersion.objects.filter(pk=campaign.guidelines_id)
    return AssetVersion.objects.filter(
        asset__versions=campaign.guidelines_id,
        body__changes_decisions=True,
        number__lte=Subquery(in_force.values("number")),
        number__gt=Subquery(read.order_by("-version__number").values("version__number")[:1]),
    ).exists()


def last_read(profile: AnnotatorProfile, version: AssetVersion) -> AssetVersion | None:
    """The newest version of the same guidelines that this person has read."""
    read = GuidelinesRead.objects.filter(profile=profile, version__asset_id=version.asset_id)
    newest = read.select_related("version").order_by("-version__number").first()
    return newest.version if newest else None


def texts_of(project: Project) -> "QuerySet[Asset]":
    """The project's guidelines and policies with their current versions."""
    found = Asset.objects.filter(project=project, kind__in=[AssetKind.GUIDELINES, AssetKind.POLICY])
    return found.select_related("current").order_by("kind", "name")


def texts_for(campaign: Campaign) -> list[tuple[str, str, int | None, list[Asset]]]:
    """What this campaign may be judged under: (kind, label, id of the text in force, those there are) where any is."""
    labels = {AssetKind.GUIDELINES: _("Guidelines"), AssetKind.POLICY: _("Policy")}
    held = {AssetKind.GUIDELINES: campaign.guidelines, AssetKind.POLICY: campaign.policy}
    texts = list(texts_of(campaign.project))
    rows = []
    for kind, label in labels.items():
        version = held[kind]
        found = [one for one in texts if one.kind == kind]
        if found:
            rows.append((kind.value, label, version.asset_id if version else None, found))
    return rows


def plain_text(version: AssetVersion) -> str:
    """The whole of a version as text, examples included: what two versions are compared by."""
    body = version.body
    examples = [f"Q: {one['question']}\nA: {one['answer']}" for one in body.get("examples", [])]
    return "\n\n".join([str(body.get("text", "")), *examples])
