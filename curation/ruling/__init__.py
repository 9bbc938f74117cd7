"""A project's redaction rules in use: versions, cases, reports, and what a new version does to what is stored."""
