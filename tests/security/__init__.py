"""Attacks, as readable cases: what stands against them is told in docs/security.md."""
