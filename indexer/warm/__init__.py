"""A small process that keeps the encoder warm, so that no web process ever loads torch."""
