"""What is read of a question when its meaning is compared, and from which likeness on a person is asked to look."""

VIEW_TOKENS = 32
"""Of what was asked over all turns: 64 cost twice as much and say hardly more (`./dev bench strata`)."""
NEAR = 0.8
"""Cosine to a held-out item from which a question is flagged: chosen on rewritten items against clean questions."""
