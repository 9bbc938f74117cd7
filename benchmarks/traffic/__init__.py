"""What `bench ingest` measures with: real servers, a sender in a process of its own, payloads with fresh ids."""
