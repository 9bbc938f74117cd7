"""One file per verb: permission check, state change, audit entry and event in one transaction."""
