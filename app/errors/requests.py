"""What is refused of those who are let in."""

from app.errors.base import AppError


class NotFound(AppError):
    """There is no such thing."""

    code, status = "NOT_FOUND", 404


class BotUnknown(NotFound):
    """A bot command names a bot that does not exist."""

    code = "BOT_UNKNOWN"


class TradeUnknown(NotFound):
    """A bot command names a trade that does not exist, or is another bot's."""

    code = "TRADE_UNKNOWN"


class InvalidRequest(AppError):
    """An operator's request that is not as the API's document says."""

    code, status = "REQUEST_INVALID", 400


class RequestRefused(AppError):
    """An operator's request that is sound and cannot be carried out as things stand."""

    code, status = "REQUEST_REFUSED", 409


class ApprovalOver(AppError):
    """An order has been approved, rejected or given up already."""

    code, status = "APPROVAL_OVER", 409


class IdempotencyKeyReused(AppError):
    """An Idempotency-Key that was given for one request comes with another one."""

    code, status = "IDEMPOTENCY_KEY_REUSED", 422


class RequestUnfinished(AppError):
    """The first request with an Idempotency-Key has no answer yet, or was cut off."""

    code, status = "REQUEST_UNFINISHED", 409


class PursuitOver(AppError):
    """An exit is done, ended or given up already."""

    code, status = "PURSUIT_OVER", 409


class ApprovalLinkRefused(AppError):
    """The link of an approval is not ours, or too old."""

    code, status = "APPROVAL_LINK_REFUSED", 403


class RoleViewer(AppError):
    """The caller may look at everything and change nothing."""

    code, status = "ROLE_VIEWER", 403


class ServiceAccountNotAllowed(AppError):
    """Google's token is sound, and not that of TASKS_SERVICE_ACCOUNT."""

    code, status = "SERVICE_ACCOUNT_NOT_ALLOWED", 403


class CertificatesUnavailable(AppError):
    """Google's certificates cannot be had, so a token of its schedulers cannot be checked."""

    code, status = "CERTIFICATES_UNAVAILABLE", 503


class TokenAgain(AppError):
    """What was asked is dangerous, and the session's token was last given some time ago."""

    code, status = "TOKEN_AGAIN", 403


class CrossSiteRequest(AppError):
    """A change came with a session's cookie, and not from a page of our own."""

    code, status = "REQUEST_CROSS_SITE", 403


class JobOver(AppError):
    """A job is done, failed, canceled or interrupted already."""

    code, status = "JOB_OVER", 409


class ShareOver(AppError):
    """A one-time link was opened already, or its time is over."""

    code, status = "SHARE_OVER", 410


class FyersNotConfigured(AppError):
    """There is no Fyers app to log in with."""

    code, status = "FYERS_NOT_CONFIGURED", 409


class LoginLinkRefused(AppError):
    """The state of a login is forged, used up or too old."""

    code, status = "LOGIN_LINK_REFUSED", 403


class LoginRefused(AppError):
    """Fyers did not take the code of a login."""

    code, status = "LOGIN_REFUSED", 422


class RefreshRefused(AppError):
    """Fyers does not renew the token; somebody has to log in."""

    code, status = "REFRESH_REFUSED", 409


class PreconditionFailed(AppError):
    """If-Match names a version that has been overwritten."""

    code, status = "PRECONDITION_FAILED", 412


class PreconditionRequired(AppError):
    """The change needs If-Match, so that nobody's change is lost."""

    code, status = "PRECONDITION_REQUIRED", 428
