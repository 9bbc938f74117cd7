"""Full-text search over redacted conversations: words, queries, the index, and the stretch that was found."""
