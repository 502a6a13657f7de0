"""What the environment says, read once."""

from app.config.settings import Settings
from app.config.state_home import StateHome

__all__ = ["Settings", "StateHome"]
