"""kill -9 of a reader in the middle of a file: what it committed stays, the next reader goes on, nothing is doubled."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from curation.models import IngestBatch, Receipt, Span, Trace
from tests.conftest import make_team
from tests.curation.records import record

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
RECORDS, PATIENCE = 5_000, 60
ROOT = Path(__file__).resolve().parent.parent.parent


def start_reader(file: Path) -> subprocess.Popen[bytes]:
    """`manage.py ingest` in a process of its own, on the test's database, as the app role."""
    database = connection.settings_dict
    url = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={database['HOST']}"
    )
    environment = os.environ | {"DATABASE_URL": url, "DATABASE_OWNER_URL": url, "WINNOW_DATABASE_ROLE": "owner",
                                "DJANGO_SETTINGS_MODULE": "config.settings.test"}  # fmt: skip
    command = [sys.executable, "manage.py", "ingest", str(file), "--project", "acme"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_a_killed_reader_loses_and_doubles_nothing(tmp_path: Path) -> None:
    make_team("acme")
    file = tmp_path / "traces.jsonl"
    lines = (
        json.dumps(record(request_id=f"r{number}", trace_id=f"{number:032x}"))
        for number in range(1, RECORDS + 1)
    )
    file.write_text("\n".join(lines))
    reader = start_reader(file)
    until = time.monotonic() + PATIENCE
    while not Receipt.objects.exists() and reader.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    reader.send_signal(signal.SIGKILL)
    reader.wait(10)
    kept = Receipt.objects.count()
    assert 0 < kept < RECORDS
    assert Span.objects.count() == kept
    assert IngestBatch.objects.get().finished_at is None
    out, err = start_reader(file).communicate(timeout=PATIENCE)
    assert f"{RECORDS - kept} taken, {kept} delivered before, 0 conflicting, 0 refused." in out.decode(), (
        err.decode()
    )
    assert Receipt.objects.count() == Span.objects.count() == Trace.objects.count() == RECORDS
