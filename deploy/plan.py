"""The whole plan, in the order in which it is carried out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from deploy.rooms.accounts import accounts
from deploy.rooms.apis import apis
from deploy.rooms.buckets import buckets
from deploy.rooms.clock import clock
from deploy.rooms.database import database
from deploy.rooms.egress import egress
from deploy.rooms.image import image
from deploy.rooms.secrets import secrets
from deploy.rooms.service import service
from deploy.steps import Part, PlanStep
from deploy.wish import Wish

# What is made stands before what refers to it.
ROOMS: tuple[Callable[[Wish], Part], ...] = (
    apis,
    accounts,
    buckets,
    egress,
    database,
    secrets,
    image,
    service,
    clock,
)
STARTING = (service, clock)


def make_plan(wish: Wish) -> list[Part]:
    """Ask every room what is missing, all at once: each gcloud command takes a second.

    Where the state would be looked for in another place nothing new is started: it has to be moved first.
    """
    rooms = [room for room in ROOMS if not (wish.moves_state and room in STARTING)]
    with ThreadPoolExecutor(len(rooms)) as asking:
        return list(asking.map(lambda room: room(wish), rooms))


def steps_of(plan: list[Part]) -> list[PlanStep]:
    """Return the steps without their headings."""
    return [step for part in plan for step in part.steps]
