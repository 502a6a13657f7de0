"""Gatehouse: alerts become gated broker orders, exactly once."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.application import bare_application, create_app, open_store

__all__ = ["bare_application", "create_app", "open_store"]


def __getattr__(name: str) -> Any:
    """Import the application when it is asked for: the processes of jobs have no use for it."""
    if name not in __all__:
        raise AttributeError(name)
    from app import application

    return getattr(application, name)
