"""Pages of annotation: judging, repair, my work, campaigns, profile."""
