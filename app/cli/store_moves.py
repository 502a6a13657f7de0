"""How commands fill one store from another: opened with patience, with a bar, and told in the end."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from itertools import count

import click

from app.cli.commands import show_table
from app.errors import StoreError, StoreUnavailable
from app.repositories.store_copies import Walk
from app.repositories.store_moves import Destination, Origin, StoreMove
from app.storage.base import Store
from app.wiring.container import bare
from app.wiring.store_addresses import StoreAddress
from app.wiring.stores import open_store, open_token_store

# A store is asked for a million documents: one slow answer must not end that.
PATIENCE_SECONDS = Decimal(30)
STEPS = 200


@contextmanager
def opened(address: StoreAddress, *, whole: bool) -> Iterator[Store]:
    """Open a store with patience, and close it."""
    patient = replace(address.settings, store_timeout_seconds=PATIENCE_SECONDS)
    store = open_store(patient, whole=whole)
    try:
        yield store
    finally:
        store.close()


def origin_of(address: StoreAddress, store: Store) -> Origin:
    """Return a store as what is copied, with the tokens that lie in it or beside it."""
    beside = open_token_store(address.settings)
    try:
        return Origin.of_store(address.shown, store, address.tokens_key, beside=beside)
    finally:
        if beside is not None:
            beside.close()


def carry_out(
    origin: Origin, address: StoreAddress, store: Store, last_look: Callable[[], None], *, resume: bool
) -> None:
    """Fill a store; `last_look` may still raise before it counts as finished."""
    tokens_key = None if address.keeps_tokens_apart else address.tokens_key
    move = StoreMove(origin, Destination(address.shown, store, tokens_key, address.writers), _progress)
    move.begin(bare().clock(), resume=resume)
    with _resumable():
        walk, late = move.fill()
        last_look()
        move.end()
    _show(walk)
    if late:
        click.echo(f"{late} changes came while it was copied; they are in the copy too.")
    click.echo(f"{origin.name} and {address.shown} hold the same {walk.documents} documents.")


def _show(walk: Walk) -> None:
    """Print how many documents each folder has on both sides, and the digest that both have."""
    rows = [(name, each.documents, each.digest[:16]) for name, each in sorted(walk.folders.items())]
    show_table(("FOLDER", "DOCUMENTS", "SHA-256"), rows)


@contextmanager
def _resumable() -> Iterator[None]:
    """Say what to do next when a copy is cut off."""
    go_on = "The copy is unfinished, and nothing starts on it: the same command with --resume goes on."
    try:
        yield
    except KeyboardInterrupt as stopped:
        raise click.ClickException(f"Interrupted. {go_on}") from stopped
    except StoreError as error:
        raise StoreUnavailable(f"{error.message} {go_on}") from error


@contextmanager
def _progress(label: str, length: int) -> Iterator[Callable[[], None]]:
    steps, seen = max(1, length // STEPS), count(1)
    with click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:
        # Drawn seldom: a million documents must not wait for a terminal.
        yield lambda: bar.update(steps) if next(seen) % steps == 0 else None
        bar.update(max(0, length - bar.pos))
