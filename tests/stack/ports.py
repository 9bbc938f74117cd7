"""Ports for servers of tests, apart from those `./dev up` takes: where two servers share a port, the system deals requests out to both."""

import os
import socket

FIRST, EACH = 20_000, 500


def own_port(*, above: int = 0) -> int:
    """A free port of this test process's own range, above a given one. A server killed and started again finds it free."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = FIRST + EACH * number
    for port in range(max(first, above + 1), first + EACH):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"Ports {first} to {first + EACH - 1} are taken.")
