"""What the dashboard asks beside what every operator asks."""

from app.schemas.base import Schema
from app.schemas.fields import Text

CURSOR = "What the last answer gave; without it, and after a restart, every topic has changed."


class ChangesQuerySchema(Schema):
    """Since when changes are wanted."""

    after = Text(load_default=None, longest=400, metadata={"description": CURSOR})
