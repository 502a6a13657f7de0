"""How backups are made of what the settings say."""

from functools import partial

from app.clock import Clock
from app.config import Settings
from app.repositories.everything import Everything
from app.services.observability.journal import Journal
from app.services.observability.notifier import Notifier
from app.services.operator.backups import Backups
from app.storage.base import Store
from app.wiring.backup_places import place_of
from app.wiring.store_addresses import of_settings
from app.wiring.stores import open_token_store


def backups_of(
    settings: Settings,
    store: Store,
    clock: Clock,
    journal: Journal,
    notifier: Notifier,
) -> Backups:
    """Return backups in their usual place, made by the clock where it has a thread and a time for it."""
    return Backups(
        partial(place_of, settings),
        partial(everything_of, settings, store),
        keep_days=settings.backup_keep_days,
        at=settings.backup_time,
        clock=clock,
        journal=journal,
        notifier=notifier,
    )


def everything_of(settings: Settings, store: Store) -> Everything:
    """Return what a backup of a store holds."""
    beside = open_token_store(settings)
    try:
        return Everything(store, of_settings(settings).tokens_key, beside=beside)
    finally:
        if beside is not None:
            beside.close()
