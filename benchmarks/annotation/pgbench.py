"""The same statements sent by pgbench, prepared: what the store does where no Python shares its processors.

pgbench comes with PostgreSQL; each of its clients is one annotator. Rows are not turned into anything.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.db import connection

from accounts.models import User
from annotation import ballot, queue
from annotation.models import AnnotatorProfile, Campaign
from benchmarks.annotation import judging

KEYS = 'SELECT profile, "user", gen_random_uuid() AS key, gen_random_uuid() AS id FROM bench_person WHERE n = :client_id \\gset'
PEOPLE = """
DROP TABLE IF EXISTS bench_person;
CREATE TABLE bench_person AS SELECT row_number() OVER ()::int - 1 AS n, id AS profile, user_id AS "user"
    FROM annotation_annotatorprofile WHERE id = ANY(%(profiles)s);
CREATE UNIQUE INDEX ON bench_person (n);
"""
ABSENT = ("response", "tags_version", "guidelines", "policy", "active_ms", "prompt", "languages", "strata")
PLAIN = {"seconds": "600", "prefetch": "false", "sensitive": "false", "simulated": "false", "strength": "0"}
WORDS = {"choice": "'tie'", "rationale": "''", "section": "''", "act": "''"}
EMPTY = dict.fromkeys(("barred", "groups", "not_strata", "own", "tags"), "'{}'")
VALUES = dict.fromkeys(ABSENT, "NULL") | PLAIN | WORDS | EMPTY
BY_CLIENT = {name: f":{name}::uuid" for name in ("profile", "user", "key", "id", "assignment", "item")}


def cycles(campaign: Campaign, people: Sequence[User], *, seconds: float) -> float | None:
    """Cycles of claim and vote a second, one client a person; None where there is no pgbench."""
    program = shutil.which("pgbench")
    if program is None:
        return None
    profiles = AnnotatorProfile.objects.filter(project=campaign.project, user__in=people)
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"profiles": list(profiles.values_list("pk", flat=True))})
        info = cursor.connection.info
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "cycle.sql"
        script.write_text(_script(campaign))
        clients = ["-c", str(len(people)), "-j", "2", "-T", str(int(seconds))]
        where = ["-h", info.host, "-p", str(info.port), "-U", info.user, info.dbname]
        run = subprocess.run(
            [program, "-n", "-M", "prepared", "-f", str(script), *clients, *where],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", run.stdout)
    return float(found[1]) if found else None


def _script(campaign: Campaign) -> str:
    of = VALUES | BY_CLIENT
    of |= {"campaign": f"'{campaign.pk}'", "project": f"'{campaign.project_id}'", "slot": ":slot::smallint"}
    claim = queue.CLAIM.rpartition("SELECT")[0] + "SELECT s.id AS assignment, s.item_id AS item FROM leased s"
    lock = judging.LOCK.replace("SELECT i.id,", "SELECT i.id AS locked,")
    counted = judging.COUNTED.replace("count(*)", "count(*) + 1 AS slot")
    lines = [
        KEYS,
        f"{_filled(claim, of)} \\gset",
        "BEGIN;",
        f"{_filled(lock, of)} \\gset",
        f"{_filled(counted, of)} \\gset",
        f"{_filled(ballot.RECORD, of)};",
        "COMMIT;",
    ]
    return "\n".join(lines) + "\n"


def _filled(sql: str, of: dict[str, str]) -> str:
    return re.sub(r"%\((\w+)\)s", lambda name: of[name[1]], " ".join(sql.split())).replace("%%", "%")
