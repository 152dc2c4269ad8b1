"""Processes besides the web server: the supervisor, the workers, the scheduler, and what queued jobs call."""
