"""Bearer tokens for the API."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.tokens import use_token


class ApiTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer wnw_…`; request.auth is the ApiToken, request.user its owner."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """None lets the session authentication try."""
        words = get_authorization_header(request).decode("latin-1").split()
        if len(words) != 2 or words[0].lower() != "bearer":
            return None
        token = use_token(words[1])
        if token is None:
            raise AuthenticationFailed(
                "This token is unknown, expired or revoked. Make a new one on the API tokens page."
            )
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        """Makes DRF answer 401, not 403."""
        return "Bearer"
