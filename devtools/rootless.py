"""PostgreSQL refuses to run as root: who runs it instead, and how."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devtools.place import Refusal

NOBODY = 65534


@dataclass(frozen=True)
class Runner:
    """How a server's commands are started: directly, as another user, or inside a user namespace."""

    uid: int | None = None
    gid: int | None = None
    prefix: tuple[str, ...] = ()

    def run(self, command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[str]:
        """Run to the end, from a folder every user may enter."""
        options.setdefault("cwd", "/")
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("capture_output", True)
        if self.uid is not None:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run([*self.prefix, *command], text=True, check=False, **options)

    def adopt(self, folder: Path) -> None:
        """Give a folder to the server's user, closed to everybody else."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.uid is not None and folder.stat().st_uid != self.uid:
            os.chown(folder, self.uid, self.gid if self.gid is not None else -1)
        folder.chmod(0o700)


PLAIN = Runner()
NAMESPACE = Runner(prefix=("unshare", "--user", f"--map-user={NOBODY}"))


def runner_for(folder: Path, binary: Path) -> Runner:
    """The runner for a server that keeps its data in `folder`; an existing folder keeps the one that made it."""
    if os.geteuid() != 0:
        return PLAIN
    if (folder / "data" / "PG_VERSION").exists():
        owner = (folder / "data").stat()
        return NAMESPACE if owner.st_uid == 0 else Runner(uid=owner.st_uid, gid=owner.st_gid)
    for candidate in (_nobody(), NAMESPACE):
        if candidate is not None and _works(candidate, folder, binary):
            return candidate
    raise Refusal(
        "PostgreSQL does not run as root, and neither of the ways around works here: the user 'nobody' cannot reach "
        f"{folder}, and user namespaces are not allowed. Run ./dev as a normal user, or set DATABASE_URL."
    )


def _nobody() -> Runner | None:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return None
    return Runner(uid=entry.pw_uid, gid=entry.pw_gid)


def _works(runner: Runner, folder: Path, binary: Path) -> bool:
    """Can this user enter the folder and run the server's binary?"""
    if runner.prefix and shutil.which(runner.prefix[0]) is None:
        return False
    runner.adopt(folder)
    probe = [
        "/bin/sh",
        "-c",
        'cd "$1" && touch probe && rm probe && exec "$2" --version',
        "sh",
        str(folder),
        str(binary),
    ]
    try:
        works = runner.run(probe).returncode == 0
    except (PermissionError, subprocess.SubprocessError):
        works = False
    if not works:
        os.chown(folder, 0, 0)
    return works
