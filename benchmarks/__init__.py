"""Measurements anyone can repeat: `./dev bench NAME`; one module per benchmark, one contract for all."""
