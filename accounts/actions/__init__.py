"""What people do to people: invite, give roles, deactivate, reset, make tokens. One verb per function."""
