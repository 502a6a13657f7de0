"""The ledger as a table, in the columns and words that the trade-idea document promises.

`queued` is an alert still in the inbox, whether it is researched or waits for a person. What was not traded
shows a decision to skip, and the gate that refused stands in its `risk_notes`. The order is the entry, where
exits follow it.
"""

_TICKETS = """
SELECT
    value,
    json_extract(value, '$.status') AS status,
    json_array_length(value, '$.orders') AS orders,
    (
        SELECT item.value FROM json_each(documents.value, '$.orders') AS item
        ORDER BY json_extract(item.value, '$.role') = 'entry' DESC, item.key LIMIT 1
    ) AS placed,
    json_set(
        json_extract(value, '$.opinion.decision'),
        '$.confidence', CAST(json_extract(value, '$.opinion.decision.confidence') AS REAL)
    ) AS decision,
    json_extract(value, '$.opinion.decision.notional_usd') AS asked,
    json_extract(value, '$.entry.notional') AS worth,
    coalesce(json_extract(value, '$.message'), json_extract(value, '$.reason'), 'none') AS why
FROM documents WHERE key >= 'tickets/' AND key < 'tickets0'
"""
_DECISION = """
CASE
    WHEN orders > 0
    THEN json_set(decision, '$.notional_usd', round(CAST(coalesce(worth, asked) AS REAL), 2))
    WHEN json_extract(decision, '$.action') = 'skip'
    THEN json_set(decision, '$.notional_usd', 0.0)
    ELSE json_set(
        decision,
        '$.action', 'skip',
        '$.notional_usd', 0.0,
        '$.rationale', json_extract(decision, '$.rationale') || ' Risk gate: ' || why,
        '$.risk_notes[#]', why
    )
END
"""
_ORDER = """
CASE WHEN orders = 0 THEN '{}' ELSE json_object(
    'dry_run', json(iif(status = 'dry_run', 'true', 'false')),
    'id', json_extract(placed, '$.broker_order_id'),
    'client_order_id', json_extract(placed, '$.client_order_id'),
    'symbol', json_extract(placed, '$.symbol'),
    'status', json_extract(placed, '$.status'),
    'side', json_extract(placed, '$.side'),
    'action', json_extract(decision, '$.action'),
    'quantity', json_extract(placed, '$.quantity'),
    'notional_usd', round(CAST(worth AS REAL), 2)
) END
"""
LEDGER_VIEW = f"""
CREATE VIEW webhook_events AS
SELECT
    coalesce(json_extract(value, '$.fingerprint'), json_extract(value, '$.id')) AS fingerprint,
    CASE
        WHEN status IN ('denied', 'expired') THEN 'skipped'
        WHEN status = 'rejected' THEN 'failed'
        WHEN status IN ('skipped', 'dry_run', 'failed') THEN status
        ELSE 'ordered'
    END AS status,
    json_extract(value, '$.alert') AS payload_json,
    {_DECISION} AS decision_json,
    {_ORDER} AS order_json,
    json_extract(value, '$.message') AS error,
    json_extract(value, '$.created_at') AS created_at,
    json_extract(value, '$.updated_at') AS updated_at
FROM ({_TICKETS})
UNION ALL
SELECT
    coalesce(json_extract(value, '$.fingerprint'), json_extract(value, '$.ticket')),
    'queued', json_extract(value, '$.alert'), NULL, NULL, NULL,
    json_extract(value, '$.received_at'), json_extract(value, '$.received_at')
FROM documents
WHERE key >= 'inbox/' AND key < 'inbox0' AND json_extract(value, '$.alert') IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM documents AS answer
        WHERE answer.key = documents.key || '/' || json_extract(documents.value, '$.ticket')
    )
"""  # noqa: S608  # put together from the texts above alone
