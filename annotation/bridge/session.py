"""One signed-in connection to an Argilla server, for the length of a job."""

from collections.abc import Mapping
from typing import Any

from .sdk import faults, sdk

TIMEOUT = 60
RETRIES = 1


class Session:
    """Signed in by an API key."""

    def __init__(self, url: str, api_key: str) -> None:
        with faults():
            self._client = sdk().Argilla(api_url=url, api_key=api_key, timeout=TIMEOUT, retries=RETRIES)

    def close(self) -> None:
        """Give the sockets back."""
        self._client.http_client.close()

    def _get(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        with faults():
            answer = self._client.http_client.get(path, params=params)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
        return found
