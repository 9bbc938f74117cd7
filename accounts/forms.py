"""Forms of the accounts pages: they check shape only; rules live in the actions."""

import zoneinfo
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actions.invite import DEFAULT_DAYS, MAX_DAYS
from accounts.models import Role, User
from accounts.models.access import Scope


class InviteForm(forms.Form):
    """Whom to invite, as what, and for how long the link works."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("The link works for this address only.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    days = forms.IntegerField(
        label=_("The link works for (days)"), min_value=1, max_value=MAX_DAYS, initial=DEFAULT_DAYS
    )

    def __init__(self, *args: Any, roles: Collection[Role] = tuple(Role), **kwargs: Any) -> None:
        """`roles` are those the inviting person may give."""
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]


class RolesForm(forms.Form):
    """The roles a member holds here."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With no role at all the person leaves the project and their tokens stop working."),
    )


class LimitsForm(forms.Form):
    """How much a token may send."""

    rate_limit = forms.IntegerField(
        label=_("Rows a second"),
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        help_text=_("Spans, log records, data points or records. Leave empty for no limit."),
    )
    daily_quota = forms.IntegerField(
        label=_("Rows a day"),
        min_value=1,
        max_value=2**53,
        required=False,
        help_text=_("Counted from midnight UTC. Beyond it senders are asked to come back the next day."),
    )


class TokenForm(LimitsForm):
    """A token's name, scopes, age and limits."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Where it is used, so that it can be found again.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("May be used to"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label=_("Works for (days)"),
        min_value=1,
        max_value=730,
        required=False,
        help_text=_("Leave empty for a token that works until it is revoked."),
    )
    training_use = forms.ChoiceField(
        label=_("Training use of what it sends"),
        required=False,
        choices=[
            ("", _("as the trace says, else the project's default")),
            ("allowed", _("allowed")),
            ("denied", _("denied")),
            ("unknown", _("unknown")),
        ],
    )


class ProfileForm(forms.Form):
    """What a person says about themselves."""

    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Times on every page are shown in it."))
    theme = forms.ChoiceField(
        label=_("Theme"), choices=[("auto", _("as the system")), ("light", _("light")), ("dark", _("dark"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = sorted(zoneinfo.available_timezones())
        self.fields["time_zone"].choices = [(zone, zone) for zone in zones]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, user: User) -> "ProfileForm":
        """Filled with what is known."""
        return cls(initial={"name": user.name, "time_zone": user.time_zone, "theme": user.theme})


def _new_password() -> forms.CharField:
    return forms.CharField(
        label=_("New password"),
        min_length=10,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters; a few unrelated words make a good one."),
    )


class NewPasswordForm(forms.Form):
    """A new password by reset link."""

    password = _new_password()


class ChangePasswordForm(forms.Form):
    """A new password by its owner."""

    old = forms.CharField(
        label=_("Current password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    password = _new_password()


class JoinForm(forms.Form):
    """Address, name and password of somebody who joins by a team link without an account."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("You sign in with it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = _new_password()


class NewcomerForm(forms.Form):
    """Name and password of somebody who accepts an invitation without an account."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = _new_password()
