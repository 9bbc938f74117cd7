"""Curation: traces in, redacted, deduplicated, stratified and screened."""
