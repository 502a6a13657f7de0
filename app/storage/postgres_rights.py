"""What the database's user may do with the tables, which another user may have made."""

from app.errors import SettingsError
from app.storage.postgres_session import DatabaseSession

CURE = "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public to its user"
_LACKING = """
SELECT name FROM unnest(ARRAY['documents', 'terms', 'rate_buckets', 'change_counts', 'attempts']) AS name
WHERE NOT (
    SELECT bool_and(has_table_privilege(name, right_to))
    FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS right_to
)
"""


def lacking_rights(session: DatabaseSession) -> list[str]:
    """Return the tables that the user may not read and change as it has to."""
    return [name for (name,) in session.execute(_LACKING).fetchall()]


def check_rights(session: DatabaseSession) -> None:
    """Raise SettingsError where rights are missing: found by an alert, they would cost the alert."""
    if lacking := lacking_rights(session):
        raise SettingsError(f"DATABASE_URL: its user may not read and change {', '.join(lacking)}: {CURE}")
