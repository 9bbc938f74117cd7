"""A backup holds every row, trigger, grant and file, and is refused where it would destroy or lie."""

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from devtools import backup
from devtools.place import Place, Refusal
from devtools.postgres import APP, OWNER, SUPERUSER, Cluster
from devtools.services import Services, ensure_keys, environment
from tests.dev.conftest import Checkout

pytestmark = pytest.mark.stack
TABLES = """
SELECT format('SELECT %L, count(*), coalesce(md5(string_agg(t::text, E''\\n'' ORDER BY t::text)), '''') FROM %I t',
              relname, relname)
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname
"""
GUARDS = """
SELECT conrelid::regclass::text, conname, contype::text FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT tgrelid::regclass::text, tgname, concat_ws(' ', tgenabled, tgtype, tgfoid::regproc) FROM pg_trigger
  WHERE NOT tgisinternal
UNION ALL SELECT relname, 'acl', coalesce(relacl::text, '') || relowner::regrole FROM pg_class
  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S', 'v')
UNION ALL SELECT proname, 'function', prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
ORDER BY 1, 2, 3
"""
FILL = """
from accounts.models import Membership, Project, Role, User
from core import audit, storage
from core.models import AuditEntry
project = Project.objects.create(slug="acme", name="Acme — “first”")
person = User.objects.create_user("lead@example.org", "a long password", name="Zoë")
Membership.objects.create(project=project, user=person, role=Role.DATA_LEAD)
for number in range(50):
    AuditEntry.objects.create(verb="thing.done", subject_type="thing", subject_id=str(number), data={"n": number})
print(storage.put(b"a blob" * 1000))
"""


def psql(cluster: Cluster, sql: str, role: str = SUPERUSER) -> "subprocess.CompletedProcess[str]":
    command = [
        cluster.binaries().path("psql"),
        "-XAt",
        "-v",
        "ON_ERROR_STOP=1",
        "-d",
        cluster.url(role),
        "-c",
        sql,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def manage(place: Place, variables: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=place.root,
        env=environment(place, variables, settings="config.settings.dev"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def contents(cluster: Cluster) -> list[str]:
    """Per table: name, number of rows, a digest of all rows."""
    queries = psql(cluster, TABLES).stdout.splitlines()
    return psql(cluster, " UNION ALL ".join(queries) + " ORDER BY 1").stdout.splitlines()


@pytest.fixture(scope="module")
def filled(lasting_place: Checkout) -> tuple[Place, str]:
    """A migrated database with rows and a blob; the servers run."""
    place = lasting_place
    ensure_keys(place)
    variables = Services(place, place.state).start()
    manage(place, variables, "migrate", "-v", "0")
    blob = manage(place, variables, "shell", "-v", "0", "-c", FILL).split()[-1]
    (place.state / "runs" / "run-1").mkdir(parents=True)
    (place.state / "runs" / "run-1" / "metrics.jsonl").write_text('{"loss": 1}\n')
    return place, blob


def test_everything_comes_back_and_still_defends_itself(filled: tuple[Place, str], open_folder: Path) -> None:
    place, blob = filled
    file = open_folder / "saved.tar"
    assert backup.backup(place, file) == 0
    other = Checkout(place.root, open_folder / "elsewhere")
    target = Cluster(other, other.state / "postgres")
    try:
        assert backup.restore(other, file) == 0
        assert not target.is_running()
        target.start()
        source = Cluster(place, place.state / "postgres")
        assert contents(target) == contents(source)
        assert any(line.startswith("core_auditentry|50|") for line in contents(target))
        assert psql(target, GUARDS).stdout == psql(source, GUARDS).stdout

        assert "permission denied" in psql(target, "DELETE FROM core_auditentry", APP).stderr
        assert "append-only" in psql(target, "DELETE FROM core_auditentry", OWNER).stderr
        assert "must be owner" in psql(target, "ALTER TABLE core_auditentry DISABLE TRIGGER ALL", APP).stderr

        stored = other.state / "blobs" / blob[:2] / blob
        assert stored.read_bytes() == b"a blob" * 1000
        assert (other.state / "runs" / "run-1" / "metrics.jsonl").exists()

        variables = {"DATABASE_URL": target.url(APP), "DATABASE_OWNER_URL": target.url(OWNER)}
        assert "No planned migration operations" in manage(other, variables, "migrate", "--plan")
    finally:
        target.stop()


def test_the_keys_are_kept_apart_and_asked_for(
    filled: tuple[Place, str], open_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, _ = filled
    file = open_folder / "saved.tar"
    backup.backup(place, file)
    assert "keyring.json" in capsys.readouterr().err
    secret = next(iter(json.loads((place.state / "keyring.json").read_text())["keys"].values()))
    with tarfile.open(file) as tar:
        assert not any("keyring" in name or "secret" in name for name in tar.getnames())
    assert secret.encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    other = Checkout(place.root, open_folder / "elsewhere")
    backup.restore(other, file)
    assert "Put back the keyring that has k" in capsys.readouterr().err


def test_a_database_with_tables_is_not_overwritten(filled: tuple[Place, str], open_folder: Path) -> None:
    place, _ = filled
    file = open_folder / "saved.tar"
    backup.backup(place, file)
    before = contents(Cluster(place, place.state / "postgres"))
    with pytest.raises(Refusal, match="not empty"):
        backup.restore(place, file)
    assert contents(Cluster(place, place.state / "postgres")) == before


def test_an_existing_file_is_not_overwritten(place: Place, open_folder: Path) -> None:
    (open_folder / "saved.tar").write_text("precious")
    with pytest.raises(Refusal, match="exists already"):
        backup.backup(place, open_folder / "saved.tar")
    assert (open_folder / "saved.tar").read_text() == "precious"


@pytest.mark.parametrize("harm", ["cut", "flipped", "another"])
def test_a_damaged_file_is_refused_and_nothing_is_restored(
    place: Place, open_folder: Path, harm: str
) -> None:
    Services(place, place.state).start()
    file = open_folder / "saved.tar"
    backup.backup(place, file)
    whole = file.read_bytes()
    at = whole.index(b"PGDMP") + 40
    harmed = {
        "cut": whole[: at + 5],
        "flipped": whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :],
        "another": b"x" * 99,
    }
    file.write_bytes(harmed[harm])
    other = Checkout(place.root, open_folder / "elsewhere")
    target = Cluster(other, other.state / "postgres")
    try:
        with pytest.raises(Refusal, match=r"not a whole backup|damaged"):
            backup.restore(other, file)
        target.start()
        assert contents(target) == []
    finally:
        target.stop()


def test_a_file_that_would_write_elsewhere_is_refused(place: Place, open_folder: Path) -> None:
    file = open_folder / "saved.tar"
    with tarfile.open(file, "w") as tar:
        tar.add(__file__, "blobs/../../outside")
    with pytest.raises(Refusal, match="not a whole backup"):
        backup.restore(place, file)
    assert not (open_folder / "outside").exists()


def test_a_missing_file_is_refused(place: Place) -> None:
    with pytest.raises(Refusal, match="There is no file"):
        backup.restore(place, Path("/nowhere/saved.tar"))


def test_a_given_database_is_saved_with_programs_of_its_own_version(
    filled: tuple[Place, str], open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, _ = filled
    monkeypatch.setenv("DATABASE_OWNER_URL", Cluster(place, place.state / "postgres").url(OWNER))
    file = open_folder / "saved.tar"
    assert backup.backup(place, file) == 0
    assert file.stat().st_size > 10_000


def test_a_file_that_goes_while_it_is_saved_is_passed_over(tmp_path: Path) -> None:
    runs = tmp_path / "runs" / "one"
    runs.mkdir(parents=True)
    (runs / "metrics.jsonl").write_text("kept")
    (runs / ".status.json.7").symlink_to(runs / "replaced meanwhile")
    with tarfile.open(tmp_path / "out.tar", "w") as tar:
        backup._add_folder(tar, tmp_path / "runs", "runs")
    with tarfile.open(tmp_path / "out.tar") as tar:
        assert tar.getnames() == ["runs", "runs/one", "runs/one/metrics.jsonl"]
        saved = tar.extractfile("runs/one/metrics.jsonl")
        assert saved is not None
        assert saved.read() == b"kept"
