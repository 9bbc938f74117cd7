"""The second tier of near-duplicates: alike in meaning, not in words. Suggestions for people; nothing is left out by itself."""
