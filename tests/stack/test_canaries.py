"""Planted secrets over every route, sound and broken, also while servers die: afterwards no canary byte is anywhere."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest

from devtools.postgres import OWNER, SUPERUSER
from tests.stack.canaries import Find, Planter, search, search_folder, search_rows
from tests.stack.conftest import wait_until
from tests.stack.deliveries import Delivery, asked, broken, broken_public, odd_requests, public, rows, sound
from tests.stack.full_disk import no_room, swell_spans
from tests.stack.own_servers import OwnServers
from tests.stack.person import PAGES, Person, reports, types_everywhere
from tests.stack.uploads import broken_uploads, sound_uploads

MISSED = "Copper Lantern"
"""A name that no shipped rule knows, until somebody reports it."""
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


@dataclass
class Everybody:
    """An SDK and a person, each sending on a connection of its own, and where they plant."""

    servers: OwnServers
    planter: Planter
    sdk: Sender
    person: Person

    def of_sdk(self, tag: str) -> list[Delivery]:
        """What machines send, sound and broken."""
        plant, token = self.planter, self.sdk.token
        return [*sound(plant, tag), *public(plant, tag, token), *broken(plant, tag),
                *broken_public(plant, tag, token), *odd_requests(plant, tag)]  # fmt: skip

    def of_person(self, tag: str) -> list[Delivery]:
        """What a browser sends."""
        return [*sound_uploads(self.planter, tag), *broken_uploads(self.planter, tag)]

    @contextmanager
    def sending(self, tag: str, start: int) -> Iterator[None]:
        """Both send what is new until the block is over, from another quarter of their deliveries each time."""
        over = threading.Event()

        def deliver(send: Callable[[Delivery], int], make: Callable[[str], list[Delivery]]) -> None:
            while True:
                deliveries = make(tag)
                at = len(deliveries) * start // 4
                for one in deliveries[at:] + deliveries[:at]:
                    if over.is_set():
                        return
                    send(one)

        threads = [
            threading.Thread(target=deliver, args=(self.sdk.send, self.of_sdk)),
            threading.Thread(target=deliver, args=(self.person.send, self.of_person)),
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def during(self, fault: Fault, start: int) -> None:
        """Deliver while the fault happens; some of it is answered and some is not."""
        with self.sending(fault.__name__, start):
            time.sleep(1)
            fault(self)
            time.sleep(1)

    def answers(self) -> list[tuple[str, int, bytes]]:
        """All that either was told."""
        return [*self.sdk.answers, *cast(Sender, self.person.sender).answers]


Fault = Callable[[Everybody], None]


def postgres_crashes(everybody: Everybody) -> None:
    """As after a power cut."""
    everybody.servers.crash_postgres()
    time.sleep(2)
    everybody.servers.cluster.start()


def web_is_killed(everybody: Everybody) -> None:
    """kill -9, in the middle of uploads and batches."""
    everybody.servers.kill("web")
    time.sleep(1)
    everybody.servers.start_web()


def worker_is_killed(everybody: Everybody) -> None:
    """kill -9, in the middle of a run over what is stored."""
    everybody.servers.kill("worker")
    time.sleep(1)
    everybody.servers.start_worker()


def the_disk_is_full(everybody: Everybody) -> None:
    """Of the database, until somebody was told to come again."""
    swell_spans(everybody.servers.cluster)

    def put_off() -> int:
        return sum(status == 503 for _name, status, _said in everybody.answers())

    before = put_off()
    with no_room(everybody.servers.cluster):
        wait_until(lambda: put_off() > before + 3, seconds=120, why="refusals for want of room")


def everybody_of(servers: OwnServers, planter: Planter) -> Everybody:
    """A project, a token, and a lead who is signed in."""
    found = re.search(r"TOKEN (\S+)", servers.manage("shell", "-c", SETUP))
    assert found is not None, (servers.logs / "manage.log").read_text()[-2000:]
    person = Person(Sender(servers, found[1]))
    for _ in range(2):
        wrong = {"note": planter.all("sign-in note"), "next": f"/{planter.key('sign-in next')}/"}
        query = f"?next=/{planter.key('sign-in query')}/"
        assert person.sign_in(planter.key("sign-in"), planter.key("sign-in"), wrong, query) == 200
    assert person.sign_in("lead@acme.example", "a long password") == 302
    return Everybody(servers, planter, Sender(servers, found[1]), person)


def all_of(send: Callable[[Delivery], int], deliveries: Iterable[Delivery]) -> dict[str, int]:
    """The status of each, by its name."""
    return {one.name: send(one) for one in deliveries}


def stored(servers: OwnServers, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """As the owner reads it."""
    with psycopg.connect(servers.cluster.url(OWNER)) as owner:
        return owner.execute(sql, parameters).fetchall()  # type: ignore[arg-type]


def without(answers: dict[str, int], *fine: int) -> dict[str, int]:
    """Those with another status."""
    return {name: status for name, status in answers.items() if status not in fine}


def test_no_canary_is_anywhere_after_every_route_and_every_fault(servers: OwnServers, tmp_path: Path) -> None:
    planter = Planter()
    everybody = everybody_of(servers, planter)
    sdk, person = everybody.sdk, everybody.person
    trace, question = asked(f"Is {MISSED} on time?")
    assert sdk.send(question) == 200
    assert (
        without(all_of(sdk.send, [*sound(planter, "quiet"), *public(planter, "quiet", sdk.token)]), 200, 202)
        == {}
    )
    assert without(all_of(person.send, sound_uploads(planter, "quiet")), 200, 302) == {}
    refused = all_of(sdk.send, [*broken(planter, "quiet"), *broken_public(planter, "quiet", sdk.token)])
    refused |= all_of(sdk.send, odd_requests(planter, "quiet"))
    refused |= all_of(person.send, broken_uploads(planter, "quiet"))
    assert {name: status for name, status in refused.items() if not 200 <= status < 500} == {}
    assert sum(400 <= status < 500 for status in refused.values()) > 30

    servers.manage("shell", "-c", WORK)
    ((number,),) = stored(servers, "SELECT id::text FROM curation_trace WHERE external_id = %s", trace)
    types_everywhere(person, planter, number, "typed")
    for start, fault in enumerate((postgres_crashes, web_is_killed, the_disk_is_full)):
        everybody.during(fault, start)
    reports(person, planter, number, MISSED, "report")
    everybody.during(worker_is_killed, 3)
    erase = {"erase": "on", "reason": f"as {planter.email('second reason')} asked"}
    assert person.post("run again", f"{PAGES}/rules/runs/", erase) == 302
    done = "SELECT 1 FROM curation_reredaction WHERE state = 'done'"
    wait_until(lambda: stored(servers, done), seconds=180, why="a run over what is stored")

    file = tmp_path / f"{planter.key('file name')}.jsonl"
    file.write_bytes(rows(planter, "file"))
    servers.manage("ingest", str(file), "--project", "acme", "--settle")
    servers.manage("shell", "-c", WORK)
    assert stored(servers, "SELECT count(*) FROM curation_span")[0][0] > 50
    with psycopg.connect(servers.cluster.url(OWNER)) as owner:
        no_canary(search_rows(owner, planter))
        no_canary(search_rows(owner, planter, [MISSED.encode(), MISSED.casefold().encode()]))
    with psycopg.connect(servers.cluster.url(SUPERUSER), autocommit=True) as superuser:
        superuser.execute("CHECKPOINT")
    no_canary(
        [
            find
            for name, status, said in everybody.answers()
            if status >= 400 or name.startswith("upload")
            for find in search(said, f"answer {name} {status}", planter)
        ]
    )
    servers.stop()
    no_canary(search_folder(servers.folder, planter))
    kept = [
        file
        for place in (servers.logs, servers.folder / "valkey")
        for file in place.rglob("*")
        if file.is_file()
    ]
    assert [file.name for file in kept if MISSED.encode() in file.read_bytes()] == []
    assert list(servers.temporary.rglob("*.upload*")) == []


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
