"""`./dev bench dedup`: the signature kernel, bulk clusters and the persistent index beside their peers, on real documents."""
