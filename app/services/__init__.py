"""The use cases: one permission check, one decision, one transaction each."""
