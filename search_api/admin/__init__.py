"""The pages at /admin, for writers and for those who run the service."""
