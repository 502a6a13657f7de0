"""Slack and Discord: who speaks, what he wants, and what he is told."""
