"""Forms of the redaction rules: the next version, a report, a run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.privacy import Rule, RuleSet
from core.privacy.checks import CHECKS
from curation.ruling.drafts import offered, with_rules
from curation.ruling.lookalikes import IDENTIFIERS

KINDS = {
    "person": _("Name of a person"),
    "address": _("Address"),
    "email": _("E-mail address"),
    "phone": _("Phone number"),
    "card": _("Card number"),
    "iban": _("IBAN"),
    "us_ssn": _("Social security number"),
    "ip": _("IP address"),
    "secret": _("Key, password or token"),
    "other": _("Something else"),
}
FULL = "full"


class DraftForm(forms.Form):
    """The next version: which rules hold, in which lane, what counts as a secret name, and one rule that is new or changed."""

    lane = forms.ChoiceField(
        label=_("Lane"),
        choices=[
            ("structured", _("Structured: identifiers and secrets")),
            (FULL, _("Full: also names and addresses")),
        ],
        widget=forms.RadioSelect,
    )
    sensitive_keys = forms.CharField(
        label=_("Names of attributes whose whole value is secret"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono"}),
    )
    note = forms.CharField(label=_("What this version is for"), required=False, max_length=300)
    rule_id = forms.CharField(label=_("Name"), required=False, max_length=40)
    rule_kind = forms.CharField(label=_("Kind of stand-in"), required=False, max_length=24)
    rule_pattern = forms.CharField(
        label=_("Pattern (Python regular expression)"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "mono", "spellcheck": "false"}), strip=False,
    )  # fmt: skip
    rule_anchors = forms.CharField(
        label=_("Anchors, one a line"), required=False, widget=forms.Textarea(attrs={"rows": 2, "class": "mono"}),
        help_text=_("Plain texts of which one is always there. They make the search fast; without any, every text is searched."),
    )  # fmt: skip
    rule_check = forms.ChoiceField(label=_("Check of what was found"), required=False)
    rule_group = forms.IntegerField(
        label=_("Group that is replaced"),
        required=False,
        min_value=0,
        max_value=20,
        help_text=_("0 is all that matched."),
    )

    def __init__(self, base: RuleSet, model: str, *args: Any, edited: str = "", **kwargs: Any) -> None:
        self.base, self.model = base, model
        rule = next((one.rule for one in offered(base) if one.rule.id == edited), None)
        kwargs.setdefault("initial", _initial(base, rule))
        super().__init__(*args, **kwargs)
        checks = sorted({*CHECKS, *(one.rule.check for one in offered(base))})
        self.fields["rule_check"].choices = [(name, name or _("none")) for name in checks]  # type: ignore[attr-defined]

    def chosen(self) -> set[str]:
        """Ids of the rules that are to hold."""
        return set(self.data.getlist("rules")) if self.is_bound else {rule.id for rule in self.base.rules}  # type: ignore[attr-defined]

    def draft(self) -> RuleSet:
        """What the form says, as a set; whether each rule can be used is the action's to say."""
        said = self.cleaned_data
        tagger = (self.base.tagger or self.model) if said["lane"] == FULL else ""
        rule = self._rule(said) if said["rule_id"] else None
        names = self.chosen() | ({rule.id} if rule else set())
        return with_rules(self.base, names, rule, tagger=tagger, sensitive_keys=said["sensitive_keys"])

    def _rule(self, said: dict[str, Any]) -> Rule:
        before = next((one.rule for one in offered(self.base) if one.rule.id == said["rule_id"]), None)
        anchors = tuple(line for line in said["rule_anchors"].splitlines() if line)
        fields = {
            "kind": said["rule_kind"] or (before.kind if before else "other"),
            "pattern": said["rule_pattern"].replace("\r\n", "\n"),
            "anchors": anchors,
            "check": said["rule_check"],
            "group": said["rule_group"] or 0,
        }
        if before is None:
            return Rule(id=said["rule_id"], **fields)
        same = before.pattern == fields["pattern"]
        kept = {
            "gate": before.gate,
            "near_digits": before.near_digits,
            "context": before.context,
            "screen": before.screen,
        }
        return Rule(id=before.id, **fields, **(kept if same else {"context": before.context}))


def _initial(base: RuleSet, rule: Rule | None) -> dict[str, Any]:
    said = {"lane": FULL if base.tagger else "structured", "sensitive_keys": base.sensitive_keys}
    if rule is None:
        return said
    return said | {
        "rule_id": rule.id, "rule_kind": rule.kind, "rule_pattern": rule.pattern, "rule_anchors": "\n".join(rule.anchors),
        "rule_check": rule.check, "rule_group": rule.group,
    }  # fmt: skip


class FindForm(forms.Form):
    """A missed text, pasted; the server finds where it stands."""

    text = forms.CharField(
        label=_("The text that should have gone"), max_length=600,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text=_("Paste it from the conversation. Whole words are taken; the text itself is not kept."),
    )  # fmt: skip
    within = forms.ChoiceField(label=_("Where"), required=False)

    def __init__(self, places: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["within"].choices = [("", _("anywhere in this conversation")), *places]  # type: ignore[attr-defined]


class MissForm(forms.Form):
    """The place that was found, and what is to happen about it."""

    path = forms.CharField(widget=forms.HiddenInput)
    start = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    end = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    identifier = forms.ChoiceField(
        label=_("What it is"), choices=[(name, KINDS[name]) for name in IDENTIFIERS]
    )
    example = forms.CharField(
        label=_("Test case: an invented sentence, the part that must go in [[ ]]"), required=False, max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Left empty, a look-alike of the same form is invented. Never write the real text here."),
    )  # fmt: skip
    rerun = forms.BooleanField(
        label=_("Also replace it in everything that is stored"), required=False, initial=True
    )
    erase = forms.BooleanField(
        label=_("Destroy earlier versions that hold it, and snapshot rows made from them"), required=False,
        help_text=_("Cannot be undone. Without this, earlier versions stay readable for those who may read traces."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason for destroying"), required=False, max_length=300)


class FalseHitForm(forms.Form):
    """A stand-in that should not be there."""

    place = forms.ChoiceField(label=_("The stand-in"))
    example = forms.CharField(
        label=_("Test case: an invented sentence, the part that must stay in [[ ]]"), max_length=600,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example: The order number is [[4711-0815-22]]."),
    )  # fmt: skip

    def __init__(self, places: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = places  # type: ignore[attr-defined]


class VaultAskForm(forms.Form):
    """Which stand-in of a trace is to be opened, and why."""

    surrogate = forms.ChoiceField(label=_("The stand-in"))
    reason = forms.CharField(label=_("Why the original is needed"), max_length=300)

    def __init__(self, names: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["surrogate"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]
