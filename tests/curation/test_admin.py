"""Operators look at curation in Django's admin; nothing there can be changed."""

import pytest
from django.test import Client

from tests.conftest import Team

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", ["ingestbatch", "refusal", "trace", "assetversion"])
def test_an_operator_sees_lists_without_a_way_to_add(team: Team, model: str) -> None:
    team.admin.is_staff = team.admin.is_superuser = True
    team.admin.save()
    client: Client = team.client(team.admin)
    assert client.get(f"/admin/curation/{model}/").status_code == 200
    assert client.get(f"/admin/curation/{model}/add/").status_code == 403
