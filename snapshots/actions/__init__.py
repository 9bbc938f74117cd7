"""What people and jobs do to selections and snapshots. One verb per function."""
