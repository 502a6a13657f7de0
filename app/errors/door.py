"""What is turned away at the door, before anything of it is stored."""

from app.errors.base import AppError


class AlertRefused(AppError):
    """An alert was turned away before anything of it was stored."""

    code, status = "ALERT_REFUSED", 400


class MalformedAlert(AlertRefused):
    """The body is not JSON, or not the shape that its dialect asks for."""

    code = "ALERT_MALFORMED"


class BotNamedTwice(AlertRefused):
    """The address names one bot, and the alert another."""

    code = "BOT_NAMED_TWICE"


class MalformedIdea(MalformedAlert):
    """The body is JSON, but not the shape of a trade idea."""

    code, status = "IDEA_MALFORMED", 422


class MalformedStructure(MalformedAlert):
    """The legs of a bot command are not what its document asks for."""

    code = "STRUCTURE_MALFORMED"


class MalformedTrim(MalformedAlert):
    """A bot command's trim is no percentage from 1 to 100 of one trade."""

    code = "TRIM_MALFORMED"


class BodyTooLarge(AlertRefused):
    """The body is larger than MAX_CONTENT_LENGTH."""

    code, status = "BODY_TOO_LARGE", 413


class SourceNotAllowed(AlertRefused):
    """The caller's address is not among ALLOWED_SOURCE_IPS, or for ideas and commands not among their own."""

    code, status = "SOURCE_NOT_ALLOWED", 403


class NotAuthenticated(AlertRefused):
    """The secret or token is missing or wrong."""

    code, status = "NOT_AUTHENTICATED", 401


class TooManyRequests(AlertRefused):
    """The caller's token bucket is empty; `retry_after` is in whole seconds."""

    code, status = "TOO_MANY_REQUESTS", 429

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooManyWrongSecrets(TooManyRequests):
    """Too many wrong secrets came from one address; a right one is still taken."""

    code = "TOO_MANY_WRONG_SECRETS"
