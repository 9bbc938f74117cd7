"""Only servers the operator lists are ever called, and their keys are sealed where nobody reads them."""

import sys

import pytest
from django.db import DatabaseError, connection, transaction

from annotation.bridge import secrets
from annotation.bridge.connect import connect, connection_of
from annotation.models import ArgillaConnection, ArgillaDataset
from core.errors import PermissionRefused, Refused
from core.models import AuditEntry, Job
from core.vault import CannotOpen

pytestmark = pytest.mark.django_db
HERE, THERE = "https://argilla.example", "https://elsewhere.example"


@pytest.fixture(autouse=True)
def allowed(settings):
    settings.ARGILLA_SERVERS = [HERE, THERE]


def connected(team, server=HERE, key="owner.apikey"):
    return connect(who=team.lead, project=team.project, server=server, api_key=key)


@pytest.mark.parametrize(
    "server",
    [
        "http://127.0.0.1:5432",
        "http://169.254.169.254/",
        HERE + "/",
        HERE.upper(),
        "https://argilla.example@evil",
        "",
    ],
)
def test_an_address_the_operator_did_not_list_is_refused(team, server):
    with pytest.raises(Refused, match="does not let projects use"):
        connected(team, server)
    assert not Job.objects.exists()


def test_a_server_taken_off_the_list_is_called_no_more(team, settings):
    connected(team)
    settings.ARGILLA_SERVERS = [THERE]
    with pytest.raises(Refused, match="no longer allows"):
        connection_of(team.project)


def test_only_leads_and_administrators_connect(team):
    for who in (team.annotator, team.engineer):
        with pytest.raises(PermissionRefused):
            connect(who=who, project=team.project, server=HERE, api_key="k")


def test_the_key_stands_nowhere_in_clear(team):
    connected(team, key="owner.apikey.zqcanary")
    found = connection_of(team.project)
    assert secrets.api_key_of(found) == "owner.apikey.zqcanary"
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM annotation_argillaconnection t")
        assert b"zqcanary".hex() not in str(cursor.fetchall())
    assert "zqcanary" not in str(list(AuditEntry.objects.values())) + str(list(Job.objects.values()))


def test_a_key_sealed_for_one_server_opens_no_other(team):
    connected(team)
    ArgillaConnection.objects.update(server=THERE)
    with pytest.raises(CannotOpen):
        secrets.api_key_of(connection_of(team.project))


def test_a_new_key_keeps_the_calls_set_up_before(team):
    connected(team)
    hook, _key = secrets.seal("s", project=team.project, server=HERE, name=secrets.WEBHOOK)
    ArgillaConnection.objects.update(webhook_id=team.project.pk, webhook_secret=hook)
    connected(team, key="another")
    found = connection_of(team.project)
    assert (secrets.api_key_of(found), secrets.webhook_secret_of(found)) == ("another", "s")


def test_a_project_whose_campaigns_were_pushed_keeps_its_server(team, campaign):
    connected(team)
    ArgillaDataset.objects.create(
        campaign=campaign, connection=connection_of(team.project), dataset_id=campaign.pk, name="d"
    )
    with pytest.raises(Refused, match="were pushed to"):
        connected(team, THERE)


@pytest.mark.parametrize("key", ["", "  ", "a\nb", "schlüssel", "x" * 401])
def test_what_is_no_key_is_refused(team, key):
    with pytest.raises(Refused, match="API key"):
        connected(team, key=key)


@pytest.mark.parametrize("table", ["annotation_argillaanswer", "annotation_argillarefusal"])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_what_came_in_is_never_changed(table, act):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act.format(table))


def test_neither_pages_nor_endpoints_import_argilla():
    import subprocess

    program = (
        "import django, sys; django.setup(); import config.urls, config.wsgi;"
        "from django.urls import get_resolver; get_resolver().url_patterns;"
        "sys.exit('argilla' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
