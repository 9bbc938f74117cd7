"""Annotation measured: `./dev bench annotation`."""
