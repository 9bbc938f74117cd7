"""Endpoints under /api/v1/projects/<slug>/ for selections, snapshots and signatures."""
