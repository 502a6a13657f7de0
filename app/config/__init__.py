"""What the environment says, read once."""

from app.config.settings import Settings

__all__ = ["Settings"]
