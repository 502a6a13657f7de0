"""What Slack and Discord send, and what they are answered."""
