"""Other products, measured beside ours in the same run."""
