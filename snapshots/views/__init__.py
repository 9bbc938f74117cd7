"""Pages under /p/<slug>/snapshots/."""
