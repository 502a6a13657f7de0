"""`make docs`: write the parts of the documentation that come from the code."""

import json
from pathlib import Path

from flask import Flask

from app.blueprints import register_blueprints
from app.blueprints.api.openapi.document import build_document
from docs.bots_page import bots_page
from docs.names_page import names_page
from docs.postman import postman_collection
from docs.reasons_page import reasons_page
from docs.settings_pages import environment_example, settings_page

ROOT = Path(__file__).resolve().parent.parent


def pages() -> dict[str, str]:
    """Return the text of every generated file, by its path from the repository's root."""
    return {
        ".env.example": environment_example(),
        "docs/settings.md": settings_page(),
        "docs/bots.md": bots_page(),
        "docs/reasons.md": reasons_page(),
        "docs/names.md": names_page(),
        "docs/gatehouse.postman_collection.json": _collection(),
    }


def main() -> None:
    """Write every page."""
    for path, text in pages().items():
        (ROOT / path).write_text(text, encoding="utf-8")


def _collection() -> str:
    routes = Flask("gatehouse", static_folder=None)
    register_blueprints(routes)
    collection = postman_collection(build_document(routes))
    return json.dumps(collection, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
