"""How a snapshot comes about: facts → choice → rows → screening → salts → shards → seal."""
