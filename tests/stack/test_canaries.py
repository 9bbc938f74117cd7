"""Planted secrets over every route, sound and broken, also while servers die: afterwards no canary byte is anywhere."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psycopg
import pytest

from devtools.postgres import OWNER, SUPERUSER
from tests.stack.canaries import Find, Planter, search, search_folder, search_rows
from tests.stack.deliveries import Delivery, broken, rows, sound
from tests.stack.own_servers import OwnServers

SETUP = """
from accounts.models import Membership, Project, Role, User
from accounts.actions.api_tokens import create_token
project = Project.objects.create(slug="acme", name="Acme", training_use_default="allowed")
lead = User.objects.create_user("lead@acme.example", "a long password", name="Lead")
Membership.objects.create(project=project, user=lead, role=Role.DATA_LEAD)
print("TOKEN", create_token(who=lead, project=project, name="t", scopes=["ingest", "read", "write"])[1])
"""
WORK = """
import time
from accounts.models import Project
from curation.actions.settle_traces import settle_traces
from curation.models import Trace
until = time.monotonic() + 60
while time.monotonic() < until and Trace.objects.filter(settle_after__isnull=False).exists():
    settle_traces()
from curation.pipeline import curate_for
for project in Project.objects.all():
    curate_for(project, 20)
"""


class Sender:
    """Delivers and keeps every answer: an error page may quote what was sent. (What is no error may name the address it was asked for.)"""

    def __init__(self, servers: OwnServers, token: str) -> None:
        self.servers, self.token = servers, token
        self.answers: list[tuple[str, int, bytes]] = []

    def send(self, one: Delivery) -> int:
        """The status; 0 when nobody answered."""
        connection = HTTPConnection("127.0.0.1", self.servers.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.token}", **one.headers}
        try:
            connection.request(one.method, one.path, one.body, headers)
            answer = connection.getresponse()
            headers_said = [header for header in answer.getheaders() if header[0].lower() != "location"]
            said = str(headers_said).encode() + answer.read()
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()
        self.answers.append((one.name, answer.status, said))
        return answer.status

    def sign_in(self, name: str) -> int:
        """A failed sign-in, as a person does who typed a secret into the wrong field."""
        page = self.send(Delivery("login page", "/login/", method="GET"))
        said = self.answers[-1][2].decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', said)
        cookie = re.search(r"csrftoken=(\w+)", said)
        assert page == 200
        assert token is not None
        assert cookie is not None
        form = f"csrfmiddlewaretoken={token[1]}&username={name}&password={name}".encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={cookie[1]}"}
        return self.send(Delivery("sign in", "/login/", form, headers))


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServers]:
    """The product on servers of its own."""
    made = OwnServers(tmp_path_factory.mktemp("canaries"), "tests.stack.canary_settings")
    try:
        made.start()
        yield made
    finally:
        made.stop()


pytestmark = pytest.mark.stack


def no_canary(finds: list[Find]) -> None:
    """Says where each one was planted and found, the first of each place."""
    told = {(one.where, one.place): one.around for one in finds}
    assert not told, "\n".join(
        f"{where} ← {place}: {around!r}" for (where, place), around in list(told.items())[:40]
    )


def during(servers: OwnServers, sender: Sender, planter: Planter, tag: str, fault: str) -> None:
    """Deliver while the fault happens; some of it is answered and some is not."""
    over = threading.Event()

    def deliver() -> None:
        while not over.is_set():
            for one in [*sound(planter, tag), *broken(planter, tag)]:
                sender.send(one)

    working = threading.Thread(target=deliver)
    working.start()
    time.sleep(1)
    if fault == "postgres":
        servers.crash_postgres()
        time.sleep(2)
        servers.cluster.start()
    else:
        servers.kill(fault)
        time.sleep(1)
        servers.start_web() if fault == "web" else servers.start_worker()
    time.sleep(1)
    over.set()
    working.join()


def test_no_canary_is_anywhere_after_every_route_and_every_fault(servers: OwnServers, tmp_path: Path) -> None:
    planter = Planter()
    found = re.search(r"TOKEN (\S+)", servers.manage("shell", "-c", SETUP))
    assert found is not None, (servers.logs / "manage.log").read_text()[-2000:]
    sender = Sender(servers, found[1])
    taken = {one.name: sender.send(one) for one in sound(planter, "quiet")}
    assert {name: status for name, status in taken.items() if status not in (200, 202)} == {}
    refused = {one.name: sender.send(one) for one in broken(planter, "quiet")}
    assert {name: status for name, status in refused.items() if not 200 <= status < 500} == {}
    assert sum(400 <= status < 500 for status in refused.values()) > 8
    assert {sender.sign_in(planter.key("sign-in")) for _ in range(2)} == {200}
    for fault in ("postgres", "web", "worker"):
        during(servers, sender, planter, fault, fault)
    file = tmp_path / f"{planter.key('file name')}.jsonl"
    file.write_bytes(rows(planter, "file"))
    servers.manage("ingest", str(file), "--project", "acme", "--settle")
    servers.manage("shell", "-c", WORK)
    with psycopg.connect(servers.cluster.url(OWNER)) as owner:
        stored = owner.execute("SELECT count(*) FROM curation_span").fetchone()
        assert stored is not None
        assert stored[0] > 20
        no_canary(search_rows(owner, planter))
    with psycopg.connect(servers.cluster.url(SUPERUSER), autocommit=True) as superuser:
        superuser.execute("CHECKPOINT")
    no_canary(
        [
            find
            for name, status, said in sender.answers
            if status >= 400
            for find in search(said, f"answer {name} {status}", planter)
        ]
    )
    servers.stop()
    no_canary(search_folder(servers.folder, planter))


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    import zstandard

    planter = Planter()
    (tmp_path / "plain").write_bytes(b"x" * 5000 + planter.email("here").encode())
    (tmp_path / "packed").write_bytes(
        b"y" * 300 + zstandard.compress(json.dumps([planter.all("there")]).encode())
    )
    (tmp_path / "spelled").write_bytes(planter.key("shout").upper().encode())
    (tmp_path / "clean").write_bytes(b"nothing")
    assert {one.where for one in search_folder(tmp_path, planter)} == {"plain", "packed (packed)", "spelled"}
    assert {one.place for one in search_folder(tmp_path, planter)} >= {"here", "shout"}
