"""The person behind a session or a token."""

from accounts.models import ApiToken, User


def person_behind(who: User | ApiToken) -> User:
    """A token acts for its owner."""
    return who.owner if isinstance(who, ApiToken) else who
