"""Pages of the index; each checks one verb and calls the same actions as API and command line."""
