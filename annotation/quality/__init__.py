"""Quality of a campaign's votes: what is computed once per hash of them, in a worker, and stored."""
