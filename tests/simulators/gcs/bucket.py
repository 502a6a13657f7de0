"""What a Cloud Storage bucket does: objects, generations, preconditions, listings; no HTTP."""

import base64
import binascii
import hashlib
import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

import google_crc32c

from tests.simulators.gcs.refusals import Refused

Query: TypeAlias = dict[str, str]
Resource: TypeAlias = dict[str, Any]

CONDITIONS = {
    "ifGenerationMatch",
    "ifGenerationNotMatch",
    "ifMetagenerationMatch",
    "ifMetagenerationNotMatch",
}
COMMON = {"alt", "fields", "prettyPrint", "projection", "userProject"}
LISTING = {"prefix", "delimiter", "startOffset", "endOffset", "pageToken", "maxResults"}
DID_NOT_HOLD = "At least one of the pre-conditions you specified did not hold."
TOO_OFTEN = (
    "The object {} exceeded the rate limit for object mutation operations (create, update, and delete)."
)


@dataclass(frozen=True, slots=True)
class Stored:
    """One generation of an object."""

    name: str
    content: bytes
    content_type: str
    metadata: dict[str, str]
    generation: int
    created: str
    updated: str
    metageneration: int = 1

    def resource(self, bucket: str) -> Resource:
        hashes = digests(self.content)
        return {
            "kind": "storage#object",
            "id": f"{bucket}/{self.name}/{self.generation}",
            "name": self.name,
            "bucket": bucket,
            "generation": str(self.generation),
            "metageneration": str(self.metageneration),
            "contentType": self.content_type,
            "size": str(len(self.content)),
            "md5Hash": hashes["md5"],
            "crc32c": hashes["crc32c"],
            "etag": f"{self.generation}/{self.metageneration}",
            "timeCreated": self.created,
            "updated": self.updated,
        } | ({"metadata": self.metadata} if self.metadata else {})

    def headers(self) -> dict[str, str]:
        hashes = digests(self.content)
        return {
            "Content-Type": self.content_type,
            "X-Goog-Generation": str(self.generation),
            "X-Goog-Metageneration": str(self.metageneration),
            "X-Goog-Hash": f"crc32c={hashes['crc32c']},md5={hashes['md5']}",
            "X-Goog-Stored-Content-Length": str(len(self.content)),
        }


class Bucket:
    """Objects by name. Not locked: the server lets one request in at a time."""

    def __init__(self, name: str, update_interval_seconds: float) -> None:
        self.name = name
        self.objects: dict[str, Stored] = {}
        self._interval = update_interval_seconds
        self._generations = itertools.count(time.time_ns() // 1000)
        self._changed_at: dict[str, float] = {}

    def store(self, query: Query, resource: Resource, content: bytes) -> Resource:
        name = self.admit(query, resource)
        for kind, digest in (("crc32c", resource.get("crc32c")), ("md5", resource.get("md5Hash"))):
            if digest not in (None, digests(content)[kind]):
                raise Refused(400, f"Provided {kind} does not match what was received.")
        self._pace(name)
        now, kind = timestamp(), resource.get("contentType") or "application/octet-stream"
        metadata = resource.get("metadata") or {}
        self.objects[name] = Stored(name, content, kind, metadata, next(self._generations), now, now)
        return self.objects[name].resource(self.name)

    def admit(self, query: Query, resource: Resource) -> str:
        """Return the name that an upload may write to now."""
        name = query.get("name") or resource.get("name") or ""
        if not 1 <= len(name.encode()) <= 1024 or name in {".", ".."} or {"\r", "\n"} & set(name):
            raise Refused(400, "Invalid object name.")
        check(query, self.objects.get(name))
        return name

    def read(self, query: Query, name: str) -> Stored:
        return self._found(query, name, reading=True)

    def patch(self, query: Query, name: str, changes: Resource) -> Resource:
        held = self._found(query, name)
        self._pace(name)
        metadata = {**held.metadata, **changes.get("metadata", {})}
        kept = {key: value for key, value in metadata.items() if value is not None}
        moved = held.metageneration + 1
        self.objects[name] = replace(held, metadata=kept, metageneration=moved, updated=timestamp())
        return self.objects[name].resource(self.name)

    def remove(self, query: Query, name: str) -> None:
        self._found(query, name)
        self._pace(name)
        del self.objects[name]

    def list(self, query: Query) -> Resource:
        known(query, COMMON | LISTING)
        size = min(number(query, "maxResults") or 1000, 1000)
        found = {folded(query, name) for name in filter(wanted(query), self.objects)}
        names = sorted(found, key=str.encode)
        page, rest = names[:size], names[size:]
        answer: Resource = {"kind": "storage#objects"}
        items = [self.objects[name].resource(self.name) for name in page if name in self.objects]
        folders = [name for name in page if name not in self.objects]
        answer |= {"items": items} if items else {}
        answer |= {"prefixes": folders} if folders else {}
        if rest:
            answer["nextPageToken"] = base64.b64encode(page[-1].encode()).decode()
        return answer

    def _found(self, query: Query, name: str, *, reading: bool = False) -> Stored:
        known(query, CONDITIONS | COMMON | {"generation"})
        held = self.objects.get(name)
        if held is None or number(query, "generation") not in {None, held.generation}:
            raise Refused(404, f"No such object: {self.name}/{name}")
        check(query, held, reading=reading)
        return held

    def _pace(self, name: str) -> None:
        now = time.monotonic()
        if now - self._changed_at.get(name, float("-inf")) < self._interval:
            raise Refused(429, TOO_OFTEN.format(f"{self.name}/{name}"))
        self._changed_at[name] = now


def check(query: Query, held: Stored | None, *, reading: bool = False) -> None:
    generation = 0 if held is None else held.generation
    metageneration = 0 if held is None else held.metageneration
    for name, actual in (("Generation", generation), ("Metageneration", metageneration)):
        if number(query, f"if{name}Match") not in {None, actual}:
            raise Refused(412, DID_NOT_HOLD)
        if number(query, f"if{name}NotMatch") == actual:
            raise Refused(304 if reading else 412, DID_NOT_HOLD)


def known(query: Query, names: set[str]) -> None:
    if unknown := query.keys() - names:
        raise Refused(400, f"Unknown parameter {min(unknown)}.")


def number(query: Query, name: str) -> int | None:
    text = query.get(name)
    if text is not None and not re.fullmatch(r"\d{1,19}", text):
        raise Refused(400, f"Invalid value for {name}: {text}")
    return None if text is None else int(text)


def wanted(query: Query) -> Callable[[str], bool]:
    try:
        seen = base64.b64decode(query.get("pageToken", ""), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refused(400, "Invalid pageToken.") from error
    start, end = query.get("startOffset", ""), query.get("endOffset") or "\U0010ffff"
    prefix = query.get("prefix", "")
    return lambda name: name.startswith(prefix) and start <= name < end and name > seen


def folded(query: Query, name: str) -> str:
    """Return the folder that stands for a name, where the listing asks for folders."""
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter")
    head, found, _ = name[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
    return prefix + head + found if found else name


def digests(content: bytes) -> dict[str, str]:
    crc32c = google_crc32c.value(content).to_bytes(4)
    md5 = hashlib.md5(content, usedforsecurity=False).digest()
    return {"crc32c": base64.b64encode(crc32c).decode(), "md5": base64.b64encode(md5).decode()}


def timestamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
