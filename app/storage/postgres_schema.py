"""The tables, and the function that writes them, in numbered steps; `postgres_migration.py` takes them."""

from app.storage.postgres_counts import COUNT_TABLES
from app.storage.postgres_ledger import LEDGER_ACTION, LEDGER_VIEW

_TABLES = """
CREATE TABLE documents (
    key text COLLATE "C" NOT NULL,
    value text NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (key)
) PARTITION BY RANGE (key);
CREATE TABLE documents_before_tickets PARTITION OF documents FOR VALUES FROM (MINVALUE) TO ('tickets/');
CREATE TABLE documents_after_tickets PARTITION OF documents FOR VALUES FROM ('tickets0') TO (MAXVALUE);
CREATE TABLE documents_tickets PARTITION OF documents FOR VALUES FROM ('tickets/') TO ('tickets0')
    PARTITION BY RANGE (key);
CREATE TABLE documents_tickets_other PARTITION OF documents_tickets DEFAULT;
CREATE TABLE terms (
    term text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    PRIMARY KEY (term, key)
);
"""
# One call writes all changes of a transaction, each with its terms, and tells of each what became of it:
# w (written, or written by an earlier call that was lost sight of), t (taken or moved), g (gone).
_WRITE = """
CREATE FUNCTION gatehouse_write(changes json, durable boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    change record;
    held bigint;
    outcome text;
    outcomes text := '';
BEGIN
    IF NOT durable THEN
        PERFORM set_config('synchronous_commit', 'off', true);
    END IF;
    FOR change IN
        SELECT * FROM json_to_recordset(changes) AS given(
            kind text, key text, value text, old bigint, new bigint, adds text[], drops text[], answers text
        )
    LOOP
        IF change.kind = 'create' THEN
            INSERT INTO documents VALUES (change.key, change.value, change.new) ON CONFLICT DO NOTHING;
        ELSIF change.kind = 'replace' THEN
            UPDATE documents SET value = change.value, version = change.new
            WHERE documents.key = change.key AND version = change.old;
        ELSE
            DELETE FROM documents WHERE documents.key = change.key AND version = change.old;
        END IF;
        outcome := 'w';
        IF NOT FOUND THEN
            SELECT version INTO held FROM documents WHERE documents.key = change.key;
            outcome := CASE WHEN held = change.new THEN 'w' WHEN held IS NULL THEN 'g' ELSE 't' END;
            IF change.kind = 'replace' AND outcome <> 'w' THEN
                RAISE EXCEPTION 'a version has moved' USING ERRCODE = 'GH409', DETAIL = change.key;
            END IF;
        END IF;
        IF outcome = 'w' THEN
            IF change.drops IS NOT NULL THEN
                DELETE FROM terms WHERE term = ANY (change.drops) AND terms.key = change.key;
            END IF;
            IF change.adds IS NOT NULL THEN
                INSERT INTO terms SELECT added, change.key FROM unnest(change.adds) AS added
                ON CONFLICT DO NOTHING;
            END IF;
            IF change.answers IS NOT NULL THEN
                DELETE FROM terms WHERE term = 'waiting' AND terms.key = change.answers;
            END IF;
        END IF;
        outcomes := outcomes || outcome;
    END LOOP;
    RETURN outcomes;
END
$$;
"""
# Never changed once it was released: another one follows it.
STEPS = (_TABLES + _WRITE + LEDGER_VIEW, COUNT_TABLES, LEDGER_ACTION)
