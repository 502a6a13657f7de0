"""What every answer tells a browser: nobody may frame it, guess its type, or load anything into it."""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

CONTENT_POLICY = "Content-Security-Policy"
Headers: TypeAlias = list[tuple[str, str]]

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# A page that is a form and nothing else.
FORM = NOTHING.replace("form-action 'none'", "form-action 'self'")
# What the dashboard loads, all of it from its own address; no inline script and no inline style.
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FEATURES = (
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen"),
    *("geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
    "usb",
)
_ALL: Headers = [
    (CONTENT_POLICY, NOTHING),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", ", ".join((*(f"{name}=()" for name in FEATURES), "clipboard-write=(self)"))),
    ("Cache-Control", "no-store"),
]
_HTTPS_FOR_A_YEAR = ("Strict-Transport-Security", "max-age=31536000")


class SecurityHeaders:
    """Adds what an answer does not say itself, around the whole application: for its own failures too."""

    def __init__(self, application: Callable[..., Iterable[bytes]], *, is_https: bool) -> None:
        self._application = application
        wanted = [*_ALL, _HTTPS_FOR_A_YEAR] if is_https else _ALL
        self._wanted = [(header[0].lower(), header) for header in wanted]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer with the headers."""

        def start(status: str, headers: Headers, *more: Any) -> Any:
            said = {name.lower() for name, _ in headers}
            unsaid = [header for name, header in self._wanted if name not in said]
            return start_response(status, [*headers, *unsaid], *more)

        return self._application(environ, start)
