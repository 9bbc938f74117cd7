"""Being called when somebody answers there."""

from uuid import UUID

from core.errors import Refused

from .sdk import GONE, There, faults, sdk
from .session import Session

EVENTS = ("response.created", "response.updated", "response.deleted")


class Calls(Session):
    """Webhooks."""

    def listen(self, url: str) -> There:
        """Ask to be called when somebody answers; `detail` is the secret that signs the calls."""
        with faults():
            hook = (
                sdk()
                .Webhook(url=url, events=list(EVENTS), description="Winnow", _client=self._client)
                .create()
            )
        return There(UUID(str(hook.id)), url, hook.secret)

    def stop_listening(self, webhook_id: UUID) -> None:
        """Not to be called any more; having been forgotten already is fine."""
        try:
            with faults():
                self._client.api.webhooks.delete(str(webhook_id))
        except Refused as refused:
            if refused.code != GONE:
                raise
