"""The ids of tickets: their moment comes from the clock, the rest from chance that can be handed in."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypeAlias
from uuid import UUID

from app.domain.tickets import Randomness, new_ticket_id

NewTicketId: TypeAlias = Callable[[datetime], UUID]


def ticket_ids(randomness: Randomness) -> NewTicketId:
    """Return what makes the id of a ticket that begins at a moment."""
    return partial(new_ticket_id, randomness=randomness)
