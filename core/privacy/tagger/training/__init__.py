"""Everything that makes a tagger; needs the `tagger` extra (Faker) and is never imported at ingest."""
