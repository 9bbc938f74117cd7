"""The audit can be read by those who answer for the project, and changed by nobody."""

import pytest
from django.db import Error, connection, transaction

from accounts.actions.api_tokens import create_token
from accounts.actions.members import set_roles
from accounts.models import Role
from core.models import AuditEntry
from tests.conftest import Team


def test_acts_are_listed_newest_first_and_can_be_narrowed(team: Team) -> None:
    set_roles(who=team.admin, project=team.project, user_id=team.engineer.pk, roles=[Role.ANNOTATOR])
    token, _ = create_token(who=team.lead, project=team.project, name="ci", scopes=["read"])
    browser = team.client(team.lead)
    page = browser.get(f"/p/{team.project.slug}/accounts/audit/").content.decode()
    assert page.index("token.create") < page.index("member.set_roles")
    narrowed = browser.get(
        f"/p/{team.project.slug}/accounts/audit/", {"subject": str(token.pk)}
    ).content.decode()
    assert "member.set_roles" not in narrowed
    acts = browser.get(f"/api/v1/projects/{team.project.slug}/audit", {"verb": "token.create"}).json()[
        "results"
    ]
    assert [act["actor_id"] for act in acts] == [str(team.lead.pk)]


@pytest.mark.parametrize(
    "sql", ["UPDATE core_auditentry SET verb = 'nothing'", "DELETE FROM core_auditentry"]
)
def test_an_entry_cannot_be_changed_or_removed(team: Team, sql: str) -> None:
    create_token(who=team.lead, project=team.project, name="ci", scopes=["read"])
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AuditEntry.objects.filter(verb="token.create").count() == 1
