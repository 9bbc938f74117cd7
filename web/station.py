"""The inbox in the navigation."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Project, User
from core.registry import registry
from web.inbox import waiting_for


def _waiting(project: Project, user: User) -> int:
    return len(waiting_for(project, user))


registry.add_nav(_("Inbox"), "inbox", roles={"data_lead", "ml_engineer", "admin"}, order=5, waiting=_waiting)
