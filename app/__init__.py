"""Sluice: design flows, run them, watch them. This package root imports nothing (see docs/architecture.md)."""
