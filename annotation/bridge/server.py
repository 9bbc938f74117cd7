"""The server as jobs see it: its people, its data, its calls."""

from .server_calls import Calls
from .server_data import Data
from .server_people import People


class Server(People, Data, Calls):
    """One signed-in connection."""
