"""People and tokens in the navigation."""

from typing import cast

from django.utils.translation import gettext_lazy as _

from core.registry import registry

ROLES = ("data_lead", "ml_engineer", "admin")
PROJECT = cast(str, _("Project"))

registry.add_nav(_("Members"), "accounts:members", roles=ROLES, order=90, group=PROJECT)
registry.add_nav(_("Audit"), "accounts:audit", roles=("data_lead", "admin"), order=92, group=PROJECT)
registry.add_nav(_("API tokens"), "accounts:tokens", roles=ROLES, order=91, group=PROJECT)
