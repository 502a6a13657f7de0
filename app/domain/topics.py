"""What the dashboard shows, by topics that change apart from each other."""

from enum import StrEnum


class Topic(StrEnum):
    """One of them; the order is that of its counter, for ever."""

    TICKETS = "tickets"
    ORDERS = "orders"
    POSITIONS = "positions"
    APPROVALS = "approvals"
    STATE = "state"
    BOTS = "bots"
    LOGINS = "logins"
    TRADES = "trades"
    JOBS = "jobs"
    REFUSALS = "refusals"
