"""A file sent to any page, by anybody, is never written to disk, and one that is too large says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.conftest import Team

pytestmark = pytest.mark.django_db
BEYOND_DJANGO = 3 << 20
"""Bytes: of a file of this size Django would make a temporary one."""


@pytest.fixture(autouse=True)
def _nowhere_to_write(settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")


def test_a_large_file_for_a_page_that_takes_none_stays_in_memory() -> None:
    file = SimpleUploadedFile("train.jsonl", b"x" * BEYOND_DJANGO)
    assert Client().post("/login/", {"file": file, "username": "u", "password": "p"}).status_code == 200


def test_a_large_document_is_read_from_memory(team: Team) -> None:
    items = b'{"prompt": "%s"}\n' % (b"held out " * 400_000)
    assert len(items) > BEYOND_DJANGO
    sent = {"items": SimpleUploadedFile("exam.jsonl", items), "set_name": "exam"}
    page = team.client(team.lead).post("/p/acme/curation/quarantine/", sent, follow=True)
    assert page.status_code == 200


def test_a_file_beyond_the_limit_is_dropped_and_its_size_is_known(team: Team, settings: Any) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    book = SimpleUploadedFile("book.json", b" " * (5 << 20))
    page = team.client(team.admin).post("/p/acme/curation/prices/next/", {"book": book}, follow=True)
    assert "at most 4 MB" in page.content.decode()
