"""Validators: what is wrong with a conversation in itself, one check a file, each with the places that show it."""
