"""Who is behind a request, read by prepared statements: every page begins with these two."""

from typing import Any, Final

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from accounts.models import User
from core.columns import Columns
from core.prepared import select

SESSION, USER = Columns(Session, "s"), Columns(User, "u")
HELD: Final = (
    f"SELECT {SESSION} FROM django_session s WHERE s.session_key = %(key)s AND s.expire_date > now()"
)
PERSON: Final = f"SELECT {USER} FROM accounts_user u WHERE u.id = %(user)s"


class SessionStore(db.SessionStore):
    """Django's sessions in the database."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and a new key, where it is unknown or over."""
        found = select(HELD, {"key": self.session_key}) if self.session_key else []
        if not found:
            self._session_key = None
            return {}
        return self.decode(SESSION.take(iter(found[0])).session_data)


class SessionBackend(ModelBackend):
    """Django's passwords and permissions."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, if active."""
        found = select(PERSON, {"user": user_id})
        user = USER.take(iter(found[0])) if found else None
        return user if user and self.user_can_authenticate(user) else None
