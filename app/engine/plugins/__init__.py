"""The plugins: what nodes call."""
