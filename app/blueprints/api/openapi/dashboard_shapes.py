"""What the dashboard's own addresses answer."""

from app.blueprints.api.openapi.shapes import (
    TEXT,
    Shape,
    list_of,
    object_of,
    words_of,
)
from app.domain.topics import Topic

COUNT: Shape = {"type": "integer", "minimum": 0}

CHANGES = object_of(
    {
        "cursor": TEXT | {"description": "To be sent as `after` the next time."},
        "topics": object_of({topic.value: COUNT for topic in Topic}),
        "changed": list_of(words_of(Topic)) | {"description": "What differs from the cursor that was sent."},
    }
)

DASHBOARD: dict[str, Shape] = {
    "Changes": CHANGES,
}
