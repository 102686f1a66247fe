"""The bank's own systems as this branch reaches them: ports and their adapters."""
