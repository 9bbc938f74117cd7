"""Keep what a release wrote: `python -m tests.upgrade.release_fixture 0.2.0` on an empty, migrated database.

Run once per release, as the owner, with pg_dump on the path. Statements instead of COPY, so that a test can load the
file over an ordinary connection into any supported PostgreSQL.
"""

import gzip
import os
import subprocess
import sys
from pathlib import Path

RELEASES = Path(__file__).parent / "releases"
META = ("\\", "SELECT pg_catalog.set_config('search_path'", "SET transaction_timeout")


def main(release: str) -> None:
    """Fill the database through the product's actions, then write the dump."""
    import django

    django.setup()
    from tests.browser.filled import fill
    from tests.conftest import make_team

    fill(make_team("acme"))
    dump = subprocess.run(
        ["pg_dump", "--inserts", "--no-owner", os.environ["DATABASE_OWNER_URL"]],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    kept = "\n".join(line for line in dump.splitlines() if not line.startswith(META))
    RELEASES.mkdir(exist_ok=True)
    (RELEASES / f"{release}.sql.gz").write_bytes(gzip.compress(kept.encode(), mtime=0))


if __name__ == "__main__":
    main(sys.argv[1])
