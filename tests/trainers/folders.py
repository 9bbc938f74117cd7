"""Run folders made without the database, for tests of the runtime alone."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.trainers.approved import chat_rows
from tests.trainers.conftest import TINY
from trainers.folder import AttemptFolder, RunFolder
from trainers.manifests import seal, verify
from trainers.recipes import default


def make_run(
    path: Path,
    slug: str,
    *,
    rows: list[dict[str, Any]] | None = None,
    parent: Path | None = None,
    seed: int = 3,
    **recipe: Any,
) -> AttemptFolder:
    """A prepared run folder; `parent` is the artifacts folder of an earlier run."""
    shipped = default(slug)
    folder = RunFolder(path)
    folder.data.mkdir(parents=True)
    given = rows if rows is not None else chat_rows("preference" if shipped.kind == "dpo" else "sft", 30)
    lines = [json.dumps({"name": f"{number:04d}", **row}) + "\n" for number, row in enumerate(given)]
    folder.rows.write_text("".join(lines))
    spec: dict[str, Any] = {
        "kind": shipped.kind,
        "recipe": {**shipped.copied(), **TINY[slug], **recipe},
        "seed": seed,
        "rows_sha256": sha256(folder.rows.read_bytes()).hexdigest(),
        "grace_seconds": 10,
    }
    if parent is not None:
        shutil.copytree(parent / "model", folder.data / "parent")
        files = seal(folder.data / "parent")["files"]
        spec["parent"] = {"files": files, "facts": verify(parent)["facts"]}
    folder.write_spec(spec)
    return folder.take(1)


def copied(attempt: AttemptFolder, path: Path) -> AttemptFolder:
    """The same prepared run in another place, before its first attempt."""
    shutil.copytree(attempt.run.path, path)
    shutil.rmtree(path / "attempts")
    return RunFolder(path).take(1)
