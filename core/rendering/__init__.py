"""Text of people and models → HTML that is safe to show, once per content and kept by its hash."""
