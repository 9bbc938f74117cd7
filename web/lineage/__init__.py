"""Where a thing comes from and where it went: trace → redaction → cluster → judges → approver → run → model."""
