"""What somebody signs in with, and what he ends."""

from marshmallow import RAISE

from app.schemas.base import Schema
from app.schemas.fields import Flag, Text


class TokenSignInSchema(Schema):
    """Sign in with OPERATOR_TOKEN or VIEWER_TOKEN."""

    class Meta:
        unknown = RAISE

    token = Text(required=True, longest=500)


class LinkSignInSchema(Schema):
    """Sign in with the code of a link that the server has printed."""

    class Meta:
        unknown = RAISE

    start = Text(required=True, longest=200, metadata={"description": "What follows `#start=`; good once."})


class SignOutSchema(Schema):
    """Which sessions to end: one's own, or all."""

    everywhere = Flag(in_text=True, load_default=False)
