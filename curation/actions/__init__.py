"""What a person or a job does to traces: one verb per file."""
