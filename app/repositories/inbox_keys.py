"""What an alert is known by in the inbox: the name under which the same words come to the same entry."""

import hashlib
import json

from app.domain.json_codec import to_json
from app.storage.base import JSON

# Between the hash of a key and that of the words that came with it.
AND_WORDS = "-"


def idempotency_hash(key: str | None, body: bytes, words: JSON | None = None) -> str:
    """Hash the alert's own key together with its words, else its body; none is mistaken for another.

    A key alone does not tell orders apart: two fills of one close, or a call and a put of one second, often
    share it. Where the key is ours and tells all (an idea's fingerprint), no `words` are given.
    """
    if key is None:
        return _hash(b"body:" + body)
    by_key = _hash(b"key:" + key.encode())
    if words is None:
        return by_key
    said = json.dumps(to_json(words), sort_keys=True, separators=(",", ":"))
    return f"{by_key}{AND_WORDS}{_hash(said.encode())[:32]}"


def _hash(material: bytes) -> str:
    return hashlib.sha256(material).hexdigest()
