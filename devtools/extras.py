"""Embedding and training install behind the running product; a small file tells it how far that is."""

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path

from devtools.install import HEAVY, Installer
from devtools.place import Place, Refusal, say


@dataclass
class BackgroundExtras:
    """Installs the heavy extras in a thread; `extras.json` in the state folder holds state, extras and message.

    state: "omitted" (asked to do without), "installing", "ready" or "failed" (message says why).
    """

    place: Place
    omit: bool = False
    thread: threading.Thread | None = field(default=None)

    @property
    def file(self) -> Path:
        """What the demo and the pages read."""
        return self.place.state / "extras.json"

    def start(self) -> None:
        """Return at once; nothing is installed when all is there already."""
        if self.omit:
            self._tell("omitted", "Started with --without-training.")
        elif not Installer(self.place).missing(HEAVY):
            self._tell("ready")
        else:
            self._tell("installing")
            self.thread = threading.Thread(target=self._install, daemon=True)
            self.thread.start()

    def _install(self) -> None:
        try:
            Installer(self.place).ensure(HEAVY)
        except Refusal as refusal:
            self._tell("failed", str(refusal))
            say(f"Embedding and training are not available: {refusal}")
        else:
            self._tell("ready")

    def _tell(self, state: str, message: str = "") -> None:
        temporary = self.file.with_suffix(".new")
        temporary.write_text(json.dumps({"state": state, "extras": list(HEAVY), "message": message}))
        temporary.replace(self.file)
