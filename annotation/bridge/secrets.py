"""What opens the Argilla server, sealed: the database never holds it in clear, and a key sealed for one server opens no other."""

from accounts.models import Project
from core.keyring import project_key
from core.vault import opened, sealed

from ..models import ArgillaConnection

PURPOSE, API_KEY, WEBHOOK = "argilla", "api_key", "webhook"
PASSWORD_LENGTH = 24


def seal(
    secret: str, *, project: Project, server: str, name: str, key_id: str | None = None
) -> tuple[bytes, str]:
    """The sealed secret and the id of the keyring's key it was sealed under."""
    key = project_key(project.pk, PURPOSE, key_id)
    return sealed(secret.encode(), key.secret, _bound(project.pk, server, name)), key.id


def api_key_of(connection: ArgillaConnection) -> str:
    """The API key in clear, for the length of a job."""
    return _open(connection, bytes(connection.api_key), API_KEY)


def webhook_secret_of(connection: ArgillaConnection) -> str | None:
    """The webhook's secret in clear; None where Argilla was not asked to call."""
    if connection.webhook_secret is None:
        return None
    return _open(connection, bytes(connection.webhook_secret), WEBHOOK)


def first_password(project_id: object, profile_id: object, key_id: str | None = None) -> str:
    """The first password of an account made for an annotator: comes out of the keyring again, so it is stored nowhere."""
    return (
        project_key(project_id, f"{PURPOSE}-password", key_id)
        .mac(str(profile_id).encode())
        .hex()[:PASSWORD_LENGTH]
    )


def _open(connection: ArgillaConnection, data: bytes, name: str) -> str:
    key = project_key(connection.project_id, PURPOSE, connection.key_id)
    return opened(data, key.secret, _bound(connection.project_id, connection.server, name)).decode()


def _bound(project_id: object, server: str, name: str) -> str:
    return f"argilla:{project_id}:{server}:{name}"
