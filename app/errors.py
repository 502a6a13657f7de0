"""Every error that Gatehouse raises on purpose.

AppError
├── SettingsError               the environment is not usable; stops the start
├── AlertRefused                nothing of it was stored
│   ├── MalformedAlert          400: not JSON, or not the dialect's shape
│   │   ├── MalformedIdea       422: not the shape of a trade idea
│   │   ├── MalformedStructure  400: a command's legs
│   │   └── MalformedTrim       400: a command's trim
│   ├── BodyTooLarge            413
│   ├── SourceNotAllowed        403
│   ├── NotAuthenticated        401
│   └── TooManyRequests         429, with Retry-After
│       └── TooManyWrongSecrets 429: guessing is slowed
├── NotFound                    404
│   ├── BotUnknown              404: a command names it by number
│   └── TradeUnknown            404: the same, and alike for another bot's
├── InvalidRequest              400: an operator's request that is not as the API's document says
├── RequestRefused              409: an operator's request that cannot be carried out as things stand
├── ApprovalOver                409: the order waits for nobody any more
├── PursuitOver                 409: the exit is not being pursued any more
├── ApprovalLinkRefused         403: forged or too old
├── ShareOver               410: a one-time link was opened already, or is too old
├── FyersNotConfigured          409: nobody has set up an app to log in with
├── LoginLinkRefused            403: forged, used up or too old
├── LoginRefused                422: Fyers did not take the code
├── RefreshRefused              409: Fyers does not renew the token; log in instead
├── PreconditionFailed          412: If-Match is stale
├── PreconditionRequired        428: If-Match is missing
├── StoreError
│   ├── StoreUnavailable        503: nothing was accepted
│   ├── RecordUnreadable        500: what is stored is not ours, and is not replaced
│   ├── AlreadyExists           409
│   └── Conflict                409: somebody else wrote first
└── BrokerError
    ├── BrokerRejected          422: the broker proved that it did not take the order
    │   └── BrokerCredentialsRefused  422: because it does not accept our credentials
    ├── OutcomeUnknown          202: the order may be live
    └── BrokerUnavailable       503: a read could not be answered
        └── BrokerLoginRequired 503: because somebody has to log in first
"""

from typing import Any, ClassVar


class AppError(Exception):
    """The root: a stable code, an HTTP status and one sentence for the person who reads it."""

    code: ClassVar[str] = "INTERNAL_ERROR"
    status: ClassVar[int] = 500

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class SettingsError(AppError):
    """The environment is not usable; the sentence names the setting."""

    code = "SETTINGS_INVALID"


class AlertRefused(AppError):
    """An alert was turned away before anything of it was stored."""

    code, status = "ALERT_REFUSED", 400


class MalformedAlert(AlertRefused):
    """The body is not JSON, or not the shape that its dialect asks for."""

    code = "ALERT_MALFORMED"


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
    """The caller's address is not in ALLOWED_SOURCE_IPS."""

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


class PursuitOver(AppError):
    """An exit is done, ended or given up already."""

    code, status = "PURSUIT_OVER", 409


class ApprovalLinkRefused(AppError):
    """The link of an approval is not ours, or too old."""

    code, status = "APPROVAL_LINK_REFUSED", 403


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


class BrokerError(AppError):
    """A broker did not do what was asked; `reason` is a code of its own where it told more than that.

    `is_passing`: the same may be taken later, since it was the broker's state and not the order that was
    refused: an exit is tried again then.
    """

    code = "BROKER_ERROR"

    def __init__(
        self, message: str, *, reason: str | None = None, is_passing: bool = False, **details: Any
    ) -> None:
        super().__init__(message, **details)
        self.reason = self.code if reason is None else reason
        self.is_passing = is_passing


class BrokerRejected(BrokerError):
    """The broker proved that it did not take the order."""

    code, status = "BROKER_REJECTED", 422


class BrokerCredentialsRefused(BrokerRejected):
    """The broker does not accept our credentials, so it took nothing."""

    code = "BROKER_CREDENTIALS_REFUSED"


class OutcomeUnknown(BrokerError):
    """The order may be live. Reconcile by our id; never resend."""

    code, status = "OUTCOME_UNKNOWN", 202


class BrokerUnavailable(BrokerError):
    """A read could not be answered; what was asked for is unknown."""

    code, status = "BROKER_UNAVAILABLE", 503


class BrokerLoginRequired(BrokerUnavailable):
    """The broker wants a login before it answers anything, so nothing was sent."""

    code = "BROKER_LOGIN_REQUIRED"
