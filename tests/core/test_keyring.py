"""Keys come from outside the database, differ by project and purpose, and old ones stay readable."""

import json
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.keyring import Keyring, create, project_key


def ring(**keys: str) -> str:
    return json.dumps({"active": next(iter(keys)), "keys": keys})


def test_two_projects_never_hash_alike() -> None:
    assert project_key("a", "row").mac(b"same") != project_key("b", "row").mac(b"same")
    assert project_key("a", "row").mac(b"same") != project_key("a", "other").mac(b"same")
    assert project_key("a", "row").mac(b"same") == project_key("a", "row").mac(b"same")


def test_rows_under_an_older_key_stay_readable() -> None:
    old, new = "11" * 32, "22" * 32
    rotated = Keyring.parse(ring(new=new, old=old))
    assert rotated.key().id == "new"
    assert rotated.key("old").mac(b"x") == Keyring.parse(ring(old=old)).key().mac(b"x")


def test_a_key_that_is_gone_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match="no key 'lost'"):
        Keyring.parse(ring(a="11" * 32)).key("lost")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"active": "a", "keys": {"a": "zz"}}', ring(a="11")])
def test_a_broken_keyring_stops_the_start_with_a_reason(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="keyring"):
        Keyring.parse(text)


def test_a_new_keyring_is_readable_by_its_owner_only_and_never_replaced(tmp_path: Path) -> None:
    file = tmp_path / "state" / "keyring.json"
    create(file)
    first = file.read_text()
    create(file)
    assert file.read_text() == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Keyring.parse(first).key().secret


def test_of_two_starts_at_once_one_keyring_stands_and_nothing_is_left_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "keyring.json"
    create(file)
    first = file.read_text()
    monkeypatch.setattr(Path, "exists", lambda self: False)
    create(file)
    monkeypatch.undo()
    assert file.read_text() == first
    assert list(tmp_path.iterdir()) == [file]
