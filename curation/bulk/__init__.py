"""Near-duplicates of many documents at once, in memory or from a folder: pure modules over `curation.signing`."""
