"""Every error that Gatehouse raises on purpose.

AppError
├── SettingsError               the environment is not usable; stops the start
├── AlertRefused                nothing of it was stored
│   ├── MalformedAlert          400: not JSON, or not the dialect's shape
│   │   ├── MalformedIdea       422: not the shape of a trade idea
│   │   ├── MalformedStructure  400: a command's legs
│   │   └── MalformedTrim       400: a command's trim
│   ├── BotNamedTwice           400: by the address and, otherwise, by the alert
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
├── IdempotencyKeyReused        422: the operator's key stands for another request
├── RequestUnfinished           409: the first request with that key has no answer yet
├── PursuitOver                 409: the exit is not being pursued any more
├── ApprovalLinkRefused         403: forged or too old
├── RoleViewer                  403: who may look at everything wants to change something
├── ServiceAccountNotAllowed    403: Google's token is another account's
├── CertificatesUnavailable     503: Google's tokens cannot be checked just now
├── TokenAgain                  403: what is dangerous asks for the token once more
├── CrossSiteRequest            403: another site's page sent it with a session's cookie
├── JobOver                 409: the job is done, failed or ended already
├── ShareOver                   410: a one-time link was opened already, or is too old
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

from app.errors.base import (
    AppError,
    SettingsError,
)
from app.errors.broker import (
    BrokerCredentialsRefused,
    BrokerError,
    BrokerLoginRequired,
    BrokerRejected,
    BrokerUnavailable,
    OutcomeUnknown,
)
from app.errors.door import (
    AlertRefused,
    BodyTooLarge,
    BotNamedTwice,
    MalformedAlert,
    MalformedIdea,
    MalformedStructure,
    MalformedTrim,
    NotAuthenticated,
    SourceNotAllowed,
    TooManyRequests,
    TooManyWrongSecrets,
)
from app.errors.requests import (
    ApprovalLinkRefused,
    ApprovalOver,
    BotUnknown,
    CertificatesUnavailable,
    CrossSiteRequest,
    FyersNotConfigured,
    IdempotencyKeyReused,
    InvalidRequest,
    JobOver,
    LoginLinkRefused,
    LoginRefused,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    PursuitOver,
    RefreshRefused,
    RequestRefused,
    RequestUnfinished,
    RoleViewer,
    ServiceAccountNotAllowed,
    ShareOver,
    TokenAgain,
    TradeUnknown,
)
from app.errors.store import (
    AlreadyExists,
    Conflict,
    RecordUnreadable,
    StoreError,
    StoreUnavailable,
)

__all__ = [
    "AlertRefused",
    "AlreadyExists",
    "AppError",
    "ApprovalLinkRefused",
    "ApprovalOver",
    "BodyTooLarge",
    "BotNamedTwice",
    "BotUnknown",
    "BrokerCredentialsRefused",
    "BrokerError",
    "BrokerLoginRequired",
    "BrokerRejected",
    "BrokerUnavailable",
    "CertificatesUnavailable",
    "Conflict",
    "CrossSiteRequest",
    "FyersNotConfigured",
    "IdempotencyKeyReused",
    "InvalidRequest",
    "JobOver",
    "LoginLinkRefused",
    "LoginRefused",
    "MalformedAlert",
    "MalformedIdea",
    "MalformedStructure",
    "MalformedTrim",
    "NotAuthenticated",
    "NotFound",
    "OutcomeUnknown",
    "PreconditionFailed",
    "PreconditionRequired",
    "PursuitOver",
    "RecordUnreadable",
    "RefreshRefused",
    "RequestRefused",
    "RequestUnfinished",
    "RoleViewer",
    "ServiceAccountNotAllowed",
    "SettingsError",
    "ShareOver",
    "SourceNotAllowed",
    "StoreError",
    "StoreUnavailable",
    "TokenAgain",
    "TooManyRequests",
    "TooManyWrongSecrets",
    "TradeUnknown",
]
