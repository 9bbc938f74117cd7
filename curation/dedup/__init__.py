"""Persistent near-duplicate detection: publish (commit) → probe → verify → merge. Publishing before probing is what loses no pair."""
