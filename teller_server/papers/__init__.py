"""Papers: contracts and forms set in type, shown page by page, and signed."""
