"""Programs that use Winnow from outside: over its public routes, never through its code."""
