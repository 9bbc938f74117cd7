"""Start a prepared attempt as a detached program; another place to run is another function of this shape."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from core.errors import Unavailable
from trainers.folder import AttemptFolder

START_SECONDS = 30
PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "CUDA_VISIBLE_DEVICES",
    "WINNOW_INSTANCE",
)


def start_local(attempt: AttemptFolder) -> None:
    """Start the supervisor in a session of its own. Starting the same attempt twice leaves one supervisor."""
    command = [sys.executable, "-m", "trainers.runtime.supervisor", "--detach"]
    command += [str(attempt.run.path), str(attempt.number)]
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        with attempt.log.open("ab") as log:
            subprocess.run(
                command,
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=Path(settings.BASE_DIR),
                env=environment,
                timeout=START_SECONDS,
                close_fds=True,
            )
    except (subprocess.SubprocessError, OSError) as error:
        raise Unavailable("supervisor_not_started", f"The training program did not start: {error}") from error
