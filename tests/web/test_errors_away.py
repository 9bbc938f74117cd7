"""While the database is away every page and the API say so plainly, and say what to do."""

from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper

from tests.conftest import Team


@pytest.mark.parametrize("path", ["/", "/p/acme/curation/traces/", "/api/v1/projects/acme/traces"])
def test_a_database_that_is_away_is_said_plainly(
    team: Team, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    browser = team.client(team.lead)
    browser.raise_request_exception = False

    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("connection to server on socket failed: hunter2")

    with monkeypatch.context() as gone:
        gone.setattr(CursorWrapper, "execute", fail)
        answer = browser.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "database does not answer" in answer.content.decode()
    assert b"hunter2" not in answer.content
    is_api = path.startswith("/api/")
    assert answer["Content-Type"].startswith("application/problem+json" if is_api else "text/html")
