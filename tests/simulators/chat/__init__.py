"""Slack and Discord on the loopback, both as senders and as receivers; what is wrong is refused."""
