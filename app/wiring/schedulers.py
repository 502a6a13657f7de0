"""Who may call the clock from outside."""

from app.config import Settings
from app.services.schedulers.certificates import Certificates
from app.services.schedulers.google_tokens import GoogleCallers


def google_callers(settings: Settings) -> GoogleCallers | None:
    """Return what knows Google's schedulers, where an account of theirs is named."""
    if settings.tasks_service_account is None:
        return None
    audience = settings.tasks_oidc_audience or settings.public_url or ""
    certificates = Certificates(settings.tasks_certs_url)
    return GoogleCallers(certificates, account=settings.tasks_service_account, audience=audience)
