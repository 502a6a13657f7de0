"""The dashboard: its source, its build, and the blueprint that serves it."""
