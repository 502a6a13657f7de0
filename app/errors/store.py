"""What the store refuses."""

from app.errors.base import AppError


class StoreError(AppError):
    """The store refused."""

    code = "STORE_ERROR"


class StoreUnavailable(StoreError):
    """The store cannot be reached; nothing was accepted."""

    code, status = "STORE_UNAVAILABLE", 503


class RecordUnreadable(StoreError):
    """A record that nothing can replace is stored in a form that is not ours."""

    code = "RECORD_UNREADABLE"


class AlreadyExists(StoreError):
    """The key is taken."""

    code, status = "ALREADY_EXISTS", 409


class Conflict(StoreError):
    """The version that was read has been overwritten."""

    code, status = "CONFLICT", 409
