"""What is asked about the past."""

from app.schemas.base import Schema
from app.schemas.fields import Day, Text


class AnalyticsQuerySchema(Schema):
    """Which UTC days to look at, the last thirty without a word, and whose."""

    since = Day(data_key="from", load_default=None)
    until = Day(data_key="to", load_default=None)
    bot = Text(load_default=None, longest=48)
    broker = Text(load_default=None, longest=40)
