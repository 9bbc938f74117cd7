"""`./dev bench persistent`: near-duplicates kept in PostgreSQL beside datasketch's index on Redis (a part of `./dev bench dedup`)."""

from benchmarks.dedup.persistent import rows as rows

SETTING = "database"
