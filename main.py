"""The entry: `python main.py` serves Gatehouse; `main:app` is the application for another server."""

import os
import sys
from typing import Any

from dotenv import load_dotenv

from app.config import Settings
from app.errors import AppError
from app.logs import configure_logging
from app.server import serve


def load_settings() -> Settings:
    """Read `.env` (which never overrides the environment) and set up logging."""
    load_dotenv()
    settings = Settings.from_environment()
    configure_logging(
        level=settings.log_level,
        file=settings.log_file,
        file_level=settings.file_log_level,
        cloud=settings.use_cloud_logging,
        cloud_level=settings.cloud_log_level,
        project=os.environ.get("GOOGLE_CLOUD_PROJECT"),
    )
    return settings


def main() -> None:
    """Serve, or say in one sentence why not."""
    try:
        serve(load_settings())
    except AppError as error:
        sys.exit(f"Gatehouse cannot start: {error.message}")


def __getattr__(name: str) -> Any:
    """Build `main:app` when it is asked for, and not when this file is run."""
    if name != "app":
        raise AttributeError(name)
    from app import create_app

    return create_app(load_settings(), background=True)


if __name__ == "__main__":
    main()
