"""How content arrives: in one request with its description, alone, or piece by piece."""

import email.parser
import email.policy
import json
import re
from uuid import uuid4

from tests.simulators.gcs.bucket import COMMON, CONDITIONS, Bucket, Query, Resource, known
from tests.simulators.gcs.refusals import Refused
from tests.simulators.loopback.messages import Answer, Request, in_json


class Uploads:
    """What is on its way into a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._begun: dict[str, tuple[Query, Resource, bytes]] = {}

    def take(self, request: Request, url: str) -> Answer:
        """Store what came whole, or say where the pieces go."""
        known(request.query, CONDITIONS | COMMON | {"uploadType", "name"})
        content_type = request.headers.get("content-type", "")
        match request.query.get("uploadType"):
            case "multipart":
                resource, content = multipart(content_type, request.content)
                return in_json(self._bucket.store(request.query, resource, content))
            case "media":
                resource = {"contentType": content_type}
                return in_json(self._bucket.store(request.query, resource, request.content))
            case "resumable":
                return self._begin(request.query, request.body or {}, url)
        raise Refused(400, "Invalid uploadType.")

    def go_on(self, request: Request) -> Answer:
        """Take the next piece."""
        token = request.query["upload_id"]
        if token not in self._begun:
            raise Refused(404, "No such upload.")
        query, resource, content = self._begun[token]
        span = re.fullmatch(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)", request.headers["content-range"])
        if span is None or (span[1] and int(span[1]) != len(content)):
            raise Refused(400, "Invalid Content-Range.")
        content += request.content
        if span[3] == str(len(content)):
            del self._begun[token]
            return in_json(self._bucket.store(query, resource, content))
        self._begun[token] = (query, resource, content)
        return Answer(308, headers={"Range": f"bytes=0-{len(content) - 1}"} if content else {})

    def _begin(self, query: Query, resource: Resource, url: str) -> Answer:
        self._bucket.admit(query, resource)
        token = uuid4().hex
        self._begun[token] = (query, resource, b"")
        path = f"/upload/storage/v1/b/{self._bucket.name}/o?uploadType=resumable&upload_id={token}"
        return Answer(200, headers={"Location": url + path})


def multipart(content_type: str, body: bytes) -> tuple[Resource, bytes]:
    boundary = re.fullmatch(r'multipart/related; ?boundary="?([^"]+?)"?', content_type)
    parts = body.split(b"--" + boundary[1].encode()) if boundary else []
    if len(parts) != 4 or parts[3].strip() != b"--":
        raise Refused(400, "Malformed multipart body.")
    (_, resource), (head, content) = (part.removeprefix(b"\r\n").split(b"\r\n\r\n", 1) for part in parts[1:3])
    head = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + b"\r\n\r\n")
    return {"contentType": head["Content-Type"], **json.loads(resource)}, content.removesuffix(b"\r\n")
