"""Settings: base, and one small module per place the project runs in."""
