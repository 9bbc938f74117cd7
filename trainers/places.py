"""Where the folder of a run lies on this host. Apart from `preparing`, because pages need it and not pyarrow."""

from pathlib import Path

from django.conf import settings

from trainers.folder import RunFolder
from trainers.models import Run


def folder_of(run: Run) -> RunFolder:
    """The run's folder on this host."""
    return RunFolder(Path(settings.RUNS_DIR) / run.folder)
