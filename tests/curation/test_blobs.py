"""Values over 256 KB lie in storage under their hash, redacted; spans and conversations name them."""

import base64
import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from core import storage
from curation.actions.settle_traces import settle_traces
from curation.bodies import load, unpacked
from curation.ingest.blobs import forget_blobs, read_blob
from curation.models import Blob, BlobReference, ConversationVersion, Span, Trace
from tests.conftest import Team
from tests.curation.otlp_bodies import chat, said
from tests.curation.test_otlp_route import make_token, post

pytestmark = pytest.mark.django_db
LONG = "words of a long document that goes on and on " * 8_000
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1_200


def deliver(team: Team, question: str = LONG, **more: Any) -> None:
    body = gzip.compress(chat(question, **more).SerializeToString(), 1)
    assert post(make_token(team, "ingest"), body, Content_Encoding="gzip").status_code == 200


def files(settings: Any) -> list[Path]:
    root = Path(settings.STORAGE_URL.removeprefix("file://"))
    return [path for path in root.rglob("*") if path.is_file()]


def test_a_long_text_is_a_file_of_the_conversation(team: Team, settings: Any) -> None:
    settings.SETTLE_GRACE_SECONDS = 0
    deliver(team)
    settle_traces()
    blob = Blob.objects.get()
    assert (blob.size, blob.mime_type) == (len(LONG), "text/plain")
    body = unpacked(Span.objects.get().body)
    content = body["attributes"]["gen_ai.input.messages"][0]["parts"][0]["content"]
    assert content == {"blob": {"sha256": blob.sha256, "bytes": len(LONG), "mime_type": "text/plain"}}
    [part] = load(ConversationVersion.objects.get()).conversation["messages"][0]["parts"]
    assert part == {"type": "file", "sha256": blob.sha256, "size": len(LONG), "mime_type": "text/plain"}
    assert read_blob(team.project.pk, blob.sha256)[1] == LONG.encode()


def test_what_is_shorter_stays_where_it_is(team: Team) -> None:
    deliver(team, "x" * (256 << 10))
    assert not Blob.objects.exists()


def test_an_image_is_stored_as_its_bytes(team: Team) -> None:
    part = {"type": "blob", "mime_type": "image/png", "content": base64.b64encode(PNG).decode()}
    deliver(team, "look", history=[{"role": "user", "parts": [part]}])
    blob = Blob.objects.get()
    assert (blob.size, blob.mime_type) == (len(PNG), "image/png")
    assert read_blob(team.project.pk, blob.sha256)[1] == PNG


@pytest.mark.parametrize("mime_type", ["application/octet-stream", "text/csv"])
def test_text_hidden_in_base64_is_redacted_before_it_is_stored(
    team: Team, settings: Any, mime_type: str
) -> None:
    hidden = base64.b64encode(b"mail jane.doe@corp.com " + LONG.encode()).decode()
    part = {"type": "blob", "mime_type": mime_type, "content": hidden}
    deliver(team, "look", history=[{"role": "user", "parts": [part]}])
    stored = read_blob(team.project.pk, Blob.objects.get().sha256)[1]
    assert stored.startswith(b"mail ")
    assert b"jane" not in stored


def test_letters_alone_of_a_text_are_taken_for_no_base64(team: Team, settings: Any) -> None:
    words = "only words and blanks " * (20 << 10)
    part = {"type": "blob", "mime_type": "text/plain", "content": words}
    deliver(team, "look", history=[{"role": "user", "parts": [part]}])
    assert read_blob(team.project.pk, Blob.objects.get().sha256)[1] == words.encode()


def test_an_identifier_in_a_long_text_is_redacted_before_it_is_stored(team: Team, settings: Any) -> None:
    deliver(team, "mail jane.doe@corp.com " + LONG)
    assert b"jane" not in read_blob(team.project.pk, Blob.objects.get().sha256)[1]


def test_the_same_content_is_stored_once(team: Team, other_team: Team, settings: Any) -> None:
    deliver(team)
    deliver(team, trace_id=b"t" * 16)
    deliver(other_team)
    assert (Blob.objects.count(), BlobReference.objects.count(), len(files(settings))) == (2, 3, 1)


def test_a_file_is_removed_when_no_project_names_it(team: Team, other_team: Team, settings: Any) -> None:
    deliver(team)
    deliver(other_team)
    assert forget_blobs() == 0
    _as_owner("DELETE FROM curation_blobreference r USING curation_trace t WHERE t.id = r.trace_id"
              f" AND t.project_id = '{team.project.pk}'")  # fmt: skip
    assert forget_blobs() == 0
    assert [blob.project_id for blob in Blob.objects.all()] == [other_team.project.pk]
    _as_owner("DELETE FROM curation_blobreference")
    assert forget_blobs() == 1
    assert files(settings) == []


def test_a_page_gives_the_file_to_members_of_its_project_only(team: Team, other_team: Team) -> None:
    deliver(team)
    sha256 = Blob.objects.get().sha256
    page = f"/p/{{}}/curation/blobs/{sha256}/"
    answer = team.client(team.lead).get(page.format(team.project.slug))
    assert (answer.status_code, answer.content) == (200, LONG.encode())
    assert answer["Content-Disposition"].startswith("attachment")
    assert team.client(team.annotator).get(page.format(team.project.slug)).status_code == 403
    assert other_team.client(other_team.lead).get(page.format(other_team.project.slug)).status_code == 404


def test_a_reference_somebody_made_up_opens_nothing(team: Team, other_team: Team) -> None:
    deliver(other_team)
    made_up = {"blob": {"sha256": Blob.objects.get().sha256, "bytes": 1}}
    history = [{**said("user", ""), "parts": [{"type": "text", "content": made_up}]}]
    deliver(team, "look", history=history)
    page = f"/p/{team.project.slug}/curation/blobs/{made_up['blob']['sha256']}/"
    assert team.client(team.lead).get(page).status_code == 404


def test_without_room_in_storage_nothing_is_taken(team: Team, settings: Any, monkeypatch: Any) -> None:
    def full(data: bytes) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "put", full)
    answer = post(make_token(team, "ingest"), chat(LONG).SerializeToString())
    assert answer.status_code == 503
    assert not Trace.objects.exists()


def test_rows_of_blobs_are_written_by_the_ingest_role_and_removed_by_nobody(team: Team) -> None:
    deliver(team)
    for table in ("curation_blob", "curation_blobreference"):
        for sql in (
            f"INSERT INTO {table} DEFAULT VALUES",
            f"DELETE FROM {table}",
            f"UPDATE {table} SET id = 0",
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(sql)


def _as_owner(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(sql)
        cursor.execute("SET ROLE winnow_app")


def test_a_blob_cannot_take_the_name_of_another_kind_of_file(team: Team, settings: Any) -> None:
    """Somebody sends the bytes of a file that is stored already; retention must not remove that file later."""
    content = os.urandom(300 << 10)
    kept = storage.put(content)
    part = {"type": "blob", "mime_type": "image/png", "content": base64.b64encode(content).decode()}
    deliver(team, "look", history=[{"role": "user", "parts": [part]}])
    _as_owner("DELETE FROM curation_blobreference")
    forget_blobs()
    assert json.dumps(storage.get(kept) == content) == "true"
