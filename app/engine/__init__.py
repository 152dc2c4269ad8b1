"""The flow engine: a pure core and the shell around it. Imports nothing, so that the core loads alone."""
