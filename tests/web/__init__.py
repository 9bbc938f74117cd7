"""Pages over all stations."""
