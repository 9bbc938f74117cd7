"""Recipes: every parameter of a choice of conversations as one versioned object that gives the same choice again."""
