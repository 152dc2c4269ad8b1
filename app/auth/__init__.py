"""Who is asking: the sessions of people on pages."""
