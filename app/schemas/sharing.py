"""What a one-time link shall show."""

from marshmallow import RAISE

from app.schemas.base import Schema
from app.schemas.fields import Text

ADDRESS = "Where alerts are sent."
MESSAGE = "The alert's message as it is pasted, with its secret; kept encrypted by the link's own key."


class ShareSchema(Schema):
    """What is shown on the other device, once."""

    class Meta:
        unknown = RAISE

    address = Text(required=True, longest=500, metadata={"description": ADDRESS})
    message = Text(required=True, longest=10_000, lines=True, metadata={"description": MESSAGE})
