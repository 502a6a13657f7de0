"""What has to be known before the settings are read, since they may be unusable."""

import os
from collections.abc import Mapping

from app.parsing import boolean


def wants_cloud_logging(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the console is Cloud Logging's, so that even a start that fails is told as an entry."""
    try:
        return boolean(environment.get("USE_CLOUD_LOGGING", "").strip() or "false")
    except ValueError:
        return False
