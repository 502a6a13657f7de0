"""Structures of options: entered by a ladder, watched, left by a ladder, over restarts and exactly once."""
