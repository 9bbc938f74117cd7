"""What people and jobs do to the index; page, API and command call the same functions."""
