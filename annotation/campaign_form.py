"""A campaign's settings as a form: a name is enough, everything else has a default and is folded away."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Project
from core.errors import Refused
from curation.models import Asset, AssetVersion
from curation.models.assets import AssetKind

from .axes import current_axes_of
from .models import Axis, Campaign
from .people_words import read_languages
from .rules import LONGEST_WARNING, MAX_OVERLAP, Adaptive, Eligibility, Rules, Selection, checked_strata, read
from .tags import REASONS

NEW = Rules(adaptive=Adaptive())
"""What a new campaign asks: each item judged once, a fifth twice, and once more where two disagree."""

NEW_OVERLAP, NEW_LEASE_MINUTES = 1, 10


def _number(label: Any, low: float, high: float, help_text: Any = "", *, whole: bool = True) -> Any:
    kind = forms.IntegerField if whole else forms.FloatField
    return kind(label=label, min_value=low, max_value=high, required=False, help_text=help_text)  # type: ignore[arg-type]


def _words(label: Any, help_text: Any, rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else None
    return forms.CharField(label=label, max_length=2_000, required=False, help_text=help_text, widget=widget)


class CampaignForm(forms.Form):
    """Everything a lead decides about a campaign; `full` says that the folded fields were on the page."""

    full = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    kind = forms.ChoiceField(
        label=gettext_lazy("What is judged"),
        required=False,
        choices=[
            ("pair", gettext_lazy("Pairs: which of two answers is better")),
            ("repair", gettext_lazy("Repairs: accept, fix or drop one answer")),
        ],
    )
    overlap = _number(gettext_lazy("People per item"), 1, MAX_OVERLAP)
    adaptive = forms.BooleanField(
        label=gettext_lazy("Judge some items once more, and again where people disagree"), required=False
    )
    share = _number(gettext_lazy("Share judged once more (%)"), 0, 100)
    most = _number(gettext_lazy("At most people per item, after conflicts"), 2, MAX_OVERLAP)
    stop_early = forms.BooleanField(
        label=gettext_lazy("Stop as soon as further answers could not change the outcome"), required=False
    )
    by_stratum = _words(
        gettext_lazy("Other numbers of people by stratum"), gettext_lazy("One a line, as in: law: 3"), 3
    )
    requires = forms.MultipleChoiceField(
        label=gettext_lazy("Every answer needs"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("tags", gettext_lazy("at least one reason")),
            ("rationale", gettext_lazy("an explanation in own words")),
        ],
    )
    tags = forms.MultipleChoiceField(
        label=gettext_lazy("Reasons to choose from"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=list(REASONS.items()),
        help_text=gettext_lazy(
            "A change is a new version of the list; answers keep the version they were given under."
        ),
    )
    guidelines = forms.ModelChoiceField(
        label=gettext_lazy("Guidelines"), required=False, queryset=AssetVersion.objects.none(),
        empty_label=gettext_lazy("none"),
    )  # fmt: skip
    languages = _words(
        gettext_lazy("People must read one of these languages"),
        gettext_lazy("Tags such as de, en. Empty: anybody."),
    )
    match_language = forms.BooleanField(
        label=gettext_lazy("Give an item only to people who read its language"), required=False
    )
    expertise = _words(
        gettext_lazy("Strata only for people with that expertise"),
        gettext_lazy("Separated by commas; * for every stratum. Empty: expertise is not asked for."),
    )
    strata = _words(
        gettext_lazy("Give out only these strata"), gettext_lazy("Separated by commas. Empty: all of them.")
    )
    lease_minutes = _number(
        gettext_lazy("Minutes an item is held"), 1, 1_440, gettext_lazy("Renewed while somebody works on it.")
    )
    in_sequence = forms.BooleanField(
        label=gettext_lazy("Pairs of one prompt one after the other"), required=False
    )
    active = forms.BooleanField(label=gettext_lazy("Uncertain pairs of thin strata first"), required=False)
    floor = _number(
        gettext_lazy("Share chosen at random all the same (%)"), 5, 100,
        gettext_lazy("Keeps estimates unbiased."),
    )  # fmt: skip
    gold_share = _number(
        gettext_lazy("Items with a known answer mixed in (%)"), 0, 50,
        gettext_lazy("Nobody can tell them apart; they are never exported."),
    )  # fmt: skip
    gold_per_day = _number(gettext_lazy("of them at most a day and person"), 0, 1_000)
    warning = forms.CharField(
        label=gettext_lazy("Content warning"), max_length=LONGEST_WARNING, required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy(
            "What people may see here, in a sentence. It covers every item until somebody wants to look, and only people"
            " willing to see such material are given any."
        ),
    )  # fmt: skip
    sensitive_per_day = _number(
        gettext_lazy("Warned-of items at most a day and person"), 0, 1_000,
        gettext_lazy("Only for people who are willing to see them; each may set a lower number."),
    )  # fmt: skip
    cost_per_hour = _number(gettext_lazy("Cost of an hour"), 0, 10_000, whole=False)
    cost_per_answer = _number(gettext_lazy("Cost of an answer, on top"), 0, 10_000, whole=False)
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, required=False)

    def __init__(self, data: Any = None, *, project: Project, campaign: Campaign | None = None) -> None:
        self.base = read(campaign.rules) if campaign else NEW
        first = initial_of(campaign) if campaign else _initial("", NEW_OVERLAP, NEW_LEASE_MINUTES, NEW)
        super().__init__(data, initial=first)
        if campaign:
            del self.fields["kind"]
        offered = self.fields["guidelines"]
        assert isinstance(offered, forms.ModelChoiceField)
        offered.queryset = _versions(project, campaign)
        self.axes = current_axes_of(project.pk)
        for axis in self.axes:
            self._add_axis(axis)

    def _add_axis(self, axis: Axis) -> None:
        self.fields[f"cap-{axis.pk}"] = _number(
            _("At most of one group"),
            1,
            MAX_OVERLAP,
            _("With few values and a low cap, votes side by side tell who is in which group."),
        )
        self.fields[f"distinct-{axis.pk}"] = _number(_("At least different groups"), 1, MAX_OVERLAP)
        self.initial[f"cap-{axis.pk}"] = self.base.caps.get(axis.name)
        self.initial[f"distinct-{axis.pk}"] = self.base.distinct.get(axis.name)

    @property
    def by_axis(self) -> list[tuple[Axis, Any, Any]]:
        """(axis, cap, distinct) as bound fields."""
        return [(axis, self[f"cap-{axis.pk}"], self[f"distinct-{axis.pk}"]) for axis in self.axes]

    def clean_languages(self) -> tuple[str, ...]:
        """Language tags."""
        try:
            return read_languages(self.cleaned_data["languages"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_currency(self) -> str:
        """Three letters (ISO 4217)."""
        given = str(self.cleaned_data["currency"]).strip().upper()
        if given and not (len(given) == 3 and given.isascii() and given.isalpha()):
            raise forms.ValidationError(_("A currency has three letters, as in EUR."))
        return given or self.base.currency

    def clean_by_stratum(self) -> dict[str, int]:
        """Stratum to number."""
        found = {}
        for line in str(self.cleaned_data["by_stratum"]).splitlines():
            name, colon, number = line.rpartition(":")
            if not line.strip():
                continue
            if not (
                colon and name.strip() and number.strip().isdecimal() and 1 <= int(number) <= MAX_OVERLAP
            ):
                raise forms.ValidationError(
                    _("“%(line)s” is not a stratum, a colon and a number from 1 to %(most)d.")
                    % {"line": line.strip()[:60], "most": MAX_OVERLAP}
                )
            found[name.strip()] = int(number)
        try:
            checked_strata(found)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return found

    @property
    def settings(self) -> dict[str, Any]:
        """What the actions take: overlap, lease, guidelines and rules; folded fields keep their default where absent."""
        data = self.cleaned_data
        minutes = data["lease_minutes"] or self.initial["lease_minutes"]
        return {
            "name": data["name"],
            "overlap": data["overlap"] or self.initial["overlap"],
            "lease_seconds": minutes * 60,
            "guidelines": data["guidelines"],
            "rules": self._rules() if data["full"] else replace(self.base, requires=tuple(data["requires"])),
        }

    def _rules(self) -> Rules:
        data, base = self.cleaned_data, self.base
        share, floor = self._percent("share"), self._percent("floor")
        adaptive = Adaptive(share, self._whole("most")) if data["adaptive"] else None
        return replace(
            base,
            tags=tuple(data["tags"]),
            requires=tuple(data["requires"]),
            caps=self._of_axes("cap"),
            distinct=self._of_axes("distinct"),
            overlap=data["by_stratum"],
            adaptive=adaptive,
            stop_early=data["stop_early"],
            eligibility=Eligibility(
                languages=data["languages"],
                expertise=tuple(_listed(data["expertise"])),
                strata=tuple(_listed(data["strata"])),
                match_language=data["match_language"],
            ),
            selection=Selection(data["active"], floor),
            gold_share=self._percent("gold_share"),
            gold_per_day=self._whole("gold_per_day"),
            warning=data["warning"].strip(),
            sensitive_per_day=self._whole("sensitive_per_day"),
            in_sequence=data["in_sequence"],
            cost_per_hour=data["cost_per_hour"],
            cost_per_answer=data["cost_per_answer"],
            currency=data["currency"],
        )

    def _percent(self, name: str) -> float:
        return self._whole(name) / 100

    def _whole(self, name: str) -> int:
        """The number given; emptied, the one that stood there."""
        given = self.cleaned_data[name]
        return int(self.initial[name] if given is None else given)

    def _of_axes(self, part: str) -> dict[str, int]:
        given = {axis.name: self.cleaned_data[f"{part}-{axis.pk}"] for axis in self.axes}
        return {name: number for name, number in given.items() if number}


def initial_of(campaign: Campaign) -> dict[str, Any]:
    """The form as the campaign stands."""
    first = _initial(campaign.name, campaign.overlap, campaign.lease_seconds // 60, read(campaign.rules))
    return {**first, "guidelines": campaign.guidelines_id}


def _initial(name: str, overlap: int, minutes: int, rules: Rules) -> dict[str, Any]:
    adaptive = rules.adaptive or Adaptive()
    fits = rules.eligibility
    return {
        "full": True,
        "name": name,
        "overlap": overlap,
        "adaptive": rules.adaptive is not None,
        "share": round(adaptive.share * 100),
        "most": adaptive.most,
        "stop_early": rules.stop_early,
        "by_stratum": "\n".join(f"{stratum}: {n}" for stratum, n in rules.overlap.items()),
        "requires": list(rules.requires),
        "tags": list(rules.tags),
        "languages": ", ".join(fits.languages),
        "match_language": fits.match_language,
        "expertise": ", ".join(fits.expertise),
        "strata": ", ".join(fits.strata),
        "lease_minutes": max(minutes, 1),
        "in_sequence": rules.in_sequence,
        "active": rules.selection.active,
        "floor": round(rules.selection.floor * 100),
        "gold_share": round(rules.gold_share * 100),
        "gold_per_day": rules.gold_per_day,
        "warning": rules.warning,
        "sensitive_per_day": rules.sensitive_per_day,
        "cost_per_hour": rules.cost_per_hour,
        "cost_per_answer": rules.cost_per_answer,
        "currency": rules.currency,
    }


def _versions(project: Project, campaign: Campaign | None) -> Any:
    """The current version of every guidelines asset, and the one this campaign has."""
    current = Asset.objects.filter(project=project, kind=AssetKind.GUIDELINES).values("current")
    found = AssetVersion.objects.filter(pk__in=current)
    if campaign and campaign.guidelines_id:
        found |= AssetVersion.objects.filter(pk=campaign.guidelines_id)
    return found.select_related("asset").order_by("asset__name", "-number")


def _listed(given: str) -> Iterable[str]:
    return dict.fromkeys(word.strip() for word in given.split(",") if word.strip())
