"""People, projects and what lets them in."""

from accounts.models.access import ApiToken, Invitation, JoinLink
from accounts.models.project import Membership, Project, Role
from accounts.models.user import User

__all__ = ["ApiToken", "Invitation", "JoinLink", "Membership", "Project", "Role", "User"]
