"""Who may use the product, and how they prove it."""
