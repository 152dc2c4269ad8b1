"""A client of the public API, for programs and for the terminal; it needs nothing else of the product.

`Sluice` in `connection.py` has a method for each operation; `command.py` is the command `sluice`.
"""
