"""The launcher: real servers from the system's packages and from the wheel."""

import os
import stat
import subprocess
import time
from pathlib import Path

import pytest

from devtools import pgbinaries, rootless
from devtools.place import Place, Refusal
from devtools.postgres import APP, OWNER, SUPERUSER, Cluster

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for PostgreSQL")


def found(place: Place, wish: str) -> bool:
    return bool(pgbinaries.wheel(place) if wish == "wheel" else pgbinaries.system())


def started(place: Place, wish: str) -> Cluster:
    if not found(place, wish):
        pytest.skip(f"no PostgreSQL from {wish} here")
    cluster = Cluster(place, place.state / "postgres", wish=wish)
    cluster.start()
    return cluster


def ask(
    cluster: Cluster, role: str, sql: str, database: str = "winnow"
) -> "subprocess.CompletedProcess[str]":
    psql = cluster.binaries().path("psql")
    command = [psql, "-XAt", "-v", "ON_ERROR_STOP=1", "-d", cluster.url(role, database), "-c", sql]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("wish", ["system", "wheel"])
def test_a_server_starts_once_and_stops(place: Place, wish: str) -> None:
    cluster = started(place, wish)
    assert cluster.is_running()
    assert cluster.start() is False
    version = ask(cluster, OWNER, "SHOW server_version_num").stdout
    assert int(version) // 10000 == cluster.binaries().major >= pgbinaries.OLDEST_MAJOR
    assert cluster.stop() is True
    assert cluster.stop() is False
    assert cluster.start() is True


@pytest.mark.parametrize("wish", ["system", "wheel"])
def test_it_listens_on_a_socket_only_its_user_can_reach(place: Place, wish: str) -> None:
    cluster = started(place, wish)
    assert ask(cluster, SUPERUSER, "SHOW listen_addresses").stdout.strip() == ""
    assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700
    assert ask(cluster, SUPERUSER, "SHOW server_encoding").stdout.strip() == "UTF8"


def test_the_owner_may_make_tables_and_the_app_may_not(place: Place) -> None:
    cluster = Cluster(place, place.state / "postgres")
    cluster.start()
    assert ask(cluster, OWNER, "CREATE TABLE thing (id int)").returncode == 0
    assert "permission denied" in ask(cluster, APP, "CREATE TABLE other (id int)").stderr
    assert "permission denied" in ask(cluster, APP, "SELECT * FROM thing").stderr
    traits = "SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = "
    assert ask(cluster, APP, f"{traits}'{APP}'").stdout.strip() == "f|f|f|f"
    assert ask(cluster, OWNER, f"{traits}'{OWNER}'").stdout.strip() == "f|t|t|t"


def test_data_survives_a_killed_server(place: Place) -> None:
    cluster = Cluster(place, place.state / "postgres")
    cluster.start()
    ask(cluster, OWNER, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    pid = int((cluster.data / "postmaster.pid").read_text().splitlines()[0])
    subprocess.run(["kill", "-9", str(pid)], check=True)
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.05)
    assert cluster.start() is True
    assert ask(cluster, OWNER, "SELECT count(*) FROM kept").stdout.strip() == "1000"


def test_the_data_folder_of_another_major_version_is_refused(place: Place) -> None:
    cluster = Cluster(place, place.state / "postgres")
    cluster.data.mkdir(parents=True)
    (cluster.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(Refusal, match=r"made by PostgreSQL 14.*install PostgreSQL 14 again") as refusal:
        cluster.start()
    assert "./dev backup" in str(refusal.value)


def test_an_older_folder_keeps_its_own_major_while_that_is_installed(place: Place) -> None:
    majors = {binaries.major: binaries.origin for binaries in pgbinaries.system() + pgbinaries.wheel(place)}
    if len(majors) < 2:
        pytest.skip(f"two major versions are needed, here is {majors}")
    for major in majors:
        assert pgbinaries.choose(place, data_major=major).major == major


def test_a_very_long_path_gets_a_short_socket(place: Place) -> None:
    folder = place.state / ("long-" * 25) / "postgres"
    cluster = Cluster(place, folder)
    try:
        assert cluster.start() is True
        assert len(str(cluster.sockets)) < 80
        assert stat.S_IMODE(cluster.sockets.stat().st_mode) == 0o700
        assert ask(cluster, OWNER, "SELECT 1").stdout.strip() == "1"
        assert Cluster(place, folder).sockets == cluster.sockets
    finally:
        cluster.stop()
        cluster.sockets.rmdir()


def test_a_path_with_spaces_and_an_apostrophe_works(place: Place) -> None:
    cluster = Cluster(place, place.state / "it's a folder" / "postgres")
    try:
        assert cluster.start() is True
        assert ask(cluster, OWNER, "SELECT 1").stdout.strip() == "1"
    finally:
        cluster.stop()


def test_a_wrong_wish_is_refused_plainly(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WINNOW_POSTGRES", "docker")
    with pytest.raises(Refusal, match="neither 'system' nor 'wheel'"):
        pgbinaries.choose(place)


@as_root
def test_root_starts_it_as_nobody_where_nobody_can_reach_the_folder(place: Place) -> None:
    cluster = Cluster(place, place.state / "postgres")
    cluster.start()
    assert cluster.runner(cluster.binaries()).uid == cluster.data.stat().st_uid != 0


@as_root
def test_root_starts_it_in_a_user_namespace_where_nobody_cannot(place: Place) -> None:
    if subprocess.run([*rootless.NAMESPACE.prefix, "true"], check=False).returncode != 0:
        pytest.skip("user namespaces are not allowed here")
    closed = place.state / "closed"
    closed.mkdir(mode=0o700)
    cluster = Cluster(place, closed / "postgres")
    try:
        cluster.start()
        assert cluster.runner(cluster.binaries()) == rootless.NAMESPACE
        assert cluster.data.stat().st_uid == 0
        assert ask(cluster, OWNER, "SELECT 1").stdout.strip() == "1"
    finally:
        cluster.stop()


@as_root
def test_root_is_told_what_to_do_when_neither_way_works(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    closed = place.state / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refusal, match=r"Run \./dev as a normal user, or set DATABASE_URL"):
        rootless.runner_for(closed / "postgres", Path("/bin/true"))
