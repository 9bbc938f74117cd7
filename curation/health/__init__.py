"""Agentic health: how deep and how wide conversations go, what fails in them, and what became of them."""
