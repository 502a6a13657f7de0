"""The ledger as a table in PostgreSQL: what `sqlite_ledger.py` shows, in the same columns and words.

The columns that hold JSON are of the type jsonb, which can be asked further. What jsonb cannot hold (a NUL,
half a surrogate pair) is shown as U+FFFD.
"""

_READ = r"""
CREATE FUNCTION gatehouse_json(text text) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    RETURN text::jsonb;
EXCEPTION WHEN others THEN
    RETURN regexp_replace(
        text, '(?<!\\)((?:\\\\)*)\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})', '\1\\ufffd', 'g'
    )::jsonb;
END
$$;
"""
_TICKETS = """
SELECT
    value,
    value ->> 'status' AS status,
    jsonb_array_length(placed_orders) AS orders,
    (
        SELECT item.value FROM jsonb_array_elements(placed_orders) WITH ORDINALITY AS item(value, place)
        ORDER BY coalesce(item.value ->> 'role' = 'entry', false) DESC, item.place LIMIT 1
    ) AS placed,
    nullif(value #> '{opinion,decision}', 'null') || jsonb_build_object(
        'confidence', (value #>> '{opinion,decision,confidence}')::numeric
    ) AS decision,
    value #>> '{opinion,decision,notional_usd}' AS asked,
    value #>> '{entry,notional}' AS worth,
    coalesce(value ->> 'message', value ->> 'reason', 'none') AS why
FROM (
    SELECT gatehouse_json(documents.value) AS value FROM documents
    WHERE key >= 'tickets/' AND key < 'tickets0'
) AS ticket CROSS JOIN LATERAL (
    SELECT CASE WHEN jsonb_typeof(value -> 'orders') = 'array' THEN value -> 'orders' ELSE '[]' END
) AS listed(placed_orders)
"""
_DECISION = """
CASE
    WHEN orders > 0
    THEN decision || jsonb_build_object('notional_usd', round(coalesce(worth, asked)::numeric, 2))
    WHEN decision ->> 'action' = 'skip'
    THEN decision || jsonb_build_object('notional_usd', 0.0)
    ELSE decision || jsonb_build_object(
        'action', 'skip',
        'notional_usd', 0.0,
        'rationale', (decision ->> 'rationale') || ' Risk gate: ' || why,
        'risk_notes', coalesce(decision -> 'risk_notes', '[]') || to_jsonb(why)
    )
END
"""
_ORDER = """
CASE WHEN orders = 0 THEN '{}' ELSE jsonb_build_object(
    'dry_run', status = 'dry_run',
    'id', placed -> 'broker_order_id',
    'client_order_id', placed -> 'client_order_id',
    'symbol', placed -> 'symbol',
    'status', placed -> 'status',
    'side', placed -> 'side',
    'quantity', placed -> 'quantity',
    'notional_usd', round(worth::numeric, 2)
) END
"""
_ORDER_WITH_ACTION = f"""
{_ORDER} || CASE WHEN orders = 0 THEN '{{}}' ELSE jsonb_build_object('action', decision -> 'action') END
"""


def _view(order: str) -> str:
    return f"""
CREATE OR REPLACE VIEW webhook_events AS
SELECT
    coalesce(value ->> 'fingerprint', value ->> 'id') AS fingerprint,
    CASE
        WHEN status IN ('denied', 'expired') THEN 'skipped'
        WHEN status = 'rejected' THEN 'failed'
        WHEN status IN ('skipped', 'dry_run', 'failed') THEN status
        ELSE 'ordered'
    END AS status,
    nullif(value -> 'alert', 'null') AS payload_json,
    {_DECISION} AS decision_json,
    {order} AS order_json,
    value ->> 'message' AS error,
    value ->> 'created_at' AS created_at,
    value ->> 'updated_at' AS updated_at
FROM ({_TICKETS}) AS tickets
UNION ALL
SELECT
    coalesce(value ->> 'fingerprint', value ->> 'ticket'),
    'queued', value -> 'alert', NULL, NULL, NULL,
    value ->> 'received_at', value ->> 'received_at'
FROM (
    SELECT documents.key, gatehouse_json(documents.value) AS value
    FROM terms JOIN documents USING (key)
    WHERE terms.term = 'waiting' AND terms.key >= 'inbox/' AND terms.key < 'inbox0'
) AS entry
WHERE jsonb_typeof(value -> 'alert') = 'object' AND NOT EXISTS (
    SELECT 1 FROM documents AS answer WHERE answer.key = entry.key || '/' || (entry.value ->> 'ticket')
);
"""  # noqa: S608  # put together from the texts above alone


LEDGER_VIEW = _READ + _view(_ORDER)
LEDGER_ACTION = _view(_ORDER_WITH_ACTION)
