"""Measures the engine against the floor of the machine that it runs on. `make bench`."""
