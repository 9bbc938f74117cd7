"""The broker: the system's Valkey or Redis, else the wheel's; what was queued survives a kill."""

import os
import signal
import stat
from pathlib import Path

import pytest
import redis

from devtools import broker as brokers
from devtools.broker import Broker
from devtools.place import Place, Refusal


def client(broker: Broker) -> "redis.Redis":
    return redis.Redis(unix_socket_path=str(broker.socket))


def test_it_starts_once_without_tcp_and_stops(place: Place) -> None:
    broker = Broker(place, place.state / "valkey")
    assert broker.start() is True
    assert broker.start() is False
    assert client(broker).config_get("port") == {"port": "0"}
    assert stat.S_IMODE(broker.folder.stat().st_mode) == 0o700
    assert broker.stop() is True
    assert broker.stop() is False


def test_what_was_queued_survives_a_kill(place: Place) -> None:
    broker = Broker(place, place.state / "valkey")
    broker.start()
    client(broker).rpush("queue", *range(100))
    client(broker).config_set("appendfsync", "always")
    client(broker).rpush("queue", "last")
    os.kill(int((broker.folder / "pid").read_text()), signal.SIGKILL)
    while broker.is_running():
        pass
    assert broker.start() is True
    assert client(broker).llen("queue") == 101


def test_a_very_long_path_gets_a_short_socket(place: Place) -> None:
    broker = Broker(place, place.state / ("long-" * 25) / "valkey")
    assert broker.start() is True
    assert len(str(broker.socket)) < 100
    assert client(broker).ping()
    broker.stop()
    broker.socket.parent.rmdir()


def test_without_any_server_the_person_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refusal, match="set BROKER_URL"):
        brokers.binary(Place(tmp_path, tmp_path))
