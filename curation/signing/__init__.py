"""Texts to MinHash rows and shingle sets: pure, compiled where numba is installed, the same rows where it is not."""
