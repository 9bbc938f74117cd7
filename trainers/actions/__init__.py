"""Verbs of training: launch, cancel, resume."""
