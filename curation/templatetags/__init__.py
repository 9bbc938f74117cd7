"""Words of curation for templates."""
