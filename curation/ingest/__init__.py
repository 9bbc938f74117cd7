"""The way of a batch into the database: parse, redact, copy, settle."""
