"""A notifier for unit tests: what would be sent is kept at once, in order."""

from typing import Any

from app.services.observability.events import Event, EventKind


class HeardNotifier:
    """Stands where a Notifier stands; `events` is what the owner would get."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def notify(self, kind: EventKind, message: str, *, key: str = "", about: str = "") -> None:
        self.events.append(Event(kind, message, key, about))


def telling(titles: list[str]) -> dict[str, Any]:
    """Return what lets an application add the title of each of its messages to a list."""
    return {"notification_url": "json://127.0.0.1:1", "notify": lambda event: titles.append(event.title)}
