"""The ids of tickets: their moment comes from the clock, the rest from chance that can be handed in."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from app.domain.tickets import NOISE_BYTES, new_ticket_id

Randomness: TypeAlias = Callable[[int], bytes]
NewTicketId: TypeAlias = Callable[[datetime], UUID]


def ticket_ids(randomness: Randomness) -> NewTicketId:
    """Return what makes the id of a ticket that begins at a moment."""
    return lambda at: new_ticket_id(at, randomness(NOISE_BYTES))
