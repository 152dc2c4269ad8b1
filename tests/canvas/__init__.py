"""The canvas' own tests, which Node.js runs; those with a browser are in tests/browser."""
