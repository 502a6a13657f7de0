"""The dialect `chat`: a line of text that somebody confirmed with a button."""

from dataclasses import replace
from typing import Any

from marshmallow import ValidationError, post_load

from app.domain.chat import BUTTON_LIFE
from app.domain.signals import Dialect, Signal
from app.schemas.entry import DialectEntry, Reading
from app.schemas.fields import Key, Text
from app.schemas.foreign.parts import ForeignSchema
from app.schemas.foreign.text import FIELD, LONGEST_LINE, signal_of

# Its button may be pressed again for so long, after the process died behind it too.
DIALECT = Dialect("chat", known_seconds=int(BUTTON_LIFE.total_seconds()))


class ChatLineSchema(ForeignSchema):
    """One line in, Signal out; `by` said it."""

    text = Text(required=True, longest=LONGEST_LINE)
    by = Text(allow_none=True, longest=60)
    idempotency_key = Key(allow_none=True, longest=64)

    @post_load
    def _to_signal(self, data: dict[str, Any], **_: Any) -> Signal:
        try:
            signal = signal_of(data[FIELD], DIALECT)
        except ValidationError as error:
            raise ValidationError(error.messages, FIELD) from error
        return replace(signal, idempotency_key=data.get("idempotency_key"))


ENTRY = DialectEntry(
    dialect=DIALECT,
    service="chat",
    schema=ChatLineSchema(),
    told_by="a line in a chat",
    reading=Reading(),
    sample={FIELD: "buy AAPL 10 limit 190"},
    is_taken_at_webhook=False,
    sources="CHAT_SOURCE_IPS",
    path="/slack/commands",
)
