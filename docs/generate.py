"""`make docs`: write the parts of the documentation that come from the code."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from app.blueprints import register_blueprints
from app.blueprints.api.openapi.document import build_document
from deploy.cloud_build import cloud_build
from docs.bots_page import bots_page
from docs.names_page import names_page
from docs.postman import postman_collection
from docs.reasons_page import reasons_page
from docs.settings_pages import environment_example, settings_page

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write every page."""
    for path, written in PAGES.items():
        (ROOT / path).write_text(written(), encoding="utf-8")


def _collection() -> str:
    return _as_text(postman_collection(_document()))


def _described() -> str:
    return _as_text(_document())


def _document() -> dict[str, Any]:
    routes = Flask("gatehouse", static_folder=None)
    register_blueprints(routes)
    return build_document(routes)


def _as_text(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


# Every generated file by its path from the repository's root, and what writes its text.
PAGES: dict[str, Callable[[], str]] = {
    ".env.example": environment_example,
    "cloudbuild.yaml": cloud_build,
    "docs/settings.md": settings_page,
    "docs/bots.md": bots_page,
    "docs/reasons.md": reasons_page,
    "docs/names.md": names_page,
    "docs/gatehouse.postman_collection.json": _collection,
    # The dashboard's types are made from it.
    "app/dashboard/openapi.json": _described,
}

if __name__ == "__main__":
    main()
