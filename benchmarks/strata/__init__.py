"""Strata on real labels: domains learned from few labels, how sure they are, near misses, flags by meaning, difficulty."""
