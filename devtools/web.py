"""A free port, and whether the first page answers."""

import socket
from http.client import HTTPConnection, HTTPException

from devtools.place import Refusal

FIRST_PORT = 8000
PORTS_TRIED = 20


def answers(host: str, port: int) -> bool:
    """Does the product say that it is up?"""
    connection = HTTPConnection(host, port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def free_port(host: str, wanted: int | None) -> int:
    """The wanted port or a refusal; without a wish 8000 or the next free one."""
    for port in [wanted] if wanted is not None else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    taken = (
        f"Port {wanted} is"
        if wanted is not None
        else f"Ports {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1} are"
    )
    raise Refusal(f"{taken} taken. Choose one with --port.")
