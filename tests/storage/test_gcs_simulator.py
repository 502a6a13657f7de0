"""The simulator refuses what Cloud Storage refuses."""

import sys
from pathlib import Path

import pytest
import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud.storage import Client

from tests.simulators.gcs import FakeGcs
from tests.warm.process import PIPE, begin

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]


@pytest.fixture
def bucket(gcs, monkeypatch):
    # Else the client reads the bucket's properties on the way of its first request, for traces.
    monkeypatch.setenv("DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA", "true")
    client = Client(project=None, credentials=AnonymousCredentials())
    yield client.bucket(gcs.bucket.name)
    client.close()


@pytest.fixture
def objects(gcs):
    return f"{gcs.url}/storage/v1/b/gatehouse/o"


@pytest.fixture
def generation(gcs):
    return int(gcs.bucket.store({"name": "a"}, {}, b"{}")["generation"])


@pytest.mark.parametrize(
    ("method", "query", "status"),
    [
        ("GET", "ifGenerationMatch={g}", 200),
        ("GET", "ifGenerationMatch=1", 412),
        ("GET", "alt=media&ifGenerationMatch=1", 412),
        ("GET", "ifGenerationNotMatch={g}", 304),
        ("GET", "ifMetagenerationMatch=2", 412),
        ("GET", "generation=1", 404),
        ("GET", "ifGenerationMatch=x", 400),
        ("GET", "ifGenerationMtach=1", 400),
        ("DELETE", "ifGenerationMatch=1", 412),
        ("DELETE", "ifMetagenerationNotMatch=1", 412),
        ("DELETE", "ifGenerationMatch={g}", 204),
        ("PATCH", "ifMetagenerationMatch=2", 412),
        ("PATCH", "ifMetagenerationMatch=1", 200),
        ("PATCH", "ifGenerationMatch=-1", 400),
    ],
)
def test_object_when_asked_for_with_conditions_then_they_decide(objects, generation, method, query, status):
    url = f"{objects}/a?{query.format(g=generation)}"

    assert requests.request(method, url, json={"metadata": {"n": "1"}}, timeout=5).status_code == status


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("uploadType=media&name=b&ifGenerationMatch=0", 200),
        ("uploadType=media&name=a&ifGenerationMatch=0", 412),
        ("uploadType=media&name=b&ifGenerationMatch=7", 412),
        ("uploadType=resumable&name=a&ifGenerationMatch=0", 412),
        ("uploadType=media", 400),
        ("uploadType=media&name=" + "x" * 1025, 400),
        ("uploadType=multipart&name=b", 400),
        ("uploadType=other&name=b", 400),
        ("name=b", 400),
    ],
)
def test_upload_when_conditions_or_parameters_are_wrong_then_refused(gcs, generation, query, status):
    url = f"{gcs.url}/upload/storage/v1/b/gatehouse/o?{query}"

    assert requests.post(url, data=b"{}", timeout=5).status_code == status


def test_refusal_when_told_in_json_then_it_has_googles_shape(objects):
    error = requests.get(f"{objects}/none", timeout=5).json()["error"]

    assert (error["code"], error["errors"][0]["reason"]) == (404, "notFound")


@pytest.mark.parametrize("query", ["pageToken=%21", "maxResults=x", "startOfset=a"])
def test_list_when_a_parameter_is_malformed_then_refused(objects, query):
    assert requests.get(f"{objects}?{query}", timeout=5).status_code == 400


def test_list_when_offsets_are_given_then_the_start_is_inclusive_and_the_end_is_not(bucket):
    for name in "abcd":
        bucket.blob(name).upload_from_string(b"")
    listed = bucket.list_blobs(start_offset="b", end_offset="d", page_size=1)

    assert [blob.name for blob in listed] == ["b", "c"]


def test_upload_when_larger_than_a_multipart_then_it_is_resumed_in_chunks(gcs, bucket):
    content = bytes(9 * 2**20)
    bucket.blob("big", chunk_size=4 * 2**20).upload_from_string(content, if_generation_match=0)

    assert gcs.bucket.objects["big"].content == content
    assert [item.method for item in gcs.requests] == ["POST", "PUT", "PUT", "PUT"]


def test_upload_when_the_checksum_is_wrong_then_refused(gcs):
    body = b'--b\r\n\r\n{"name":"a","crc32c":"AAAAAA=="}\r\n--b\r\ncontent-type: text/plain\r\n\r\nx\r\n--b--'
    url = f"{gcs.url}/upload/storage/v1/b/gatehouse/o?uploadType=multipart"
    headers = {"Content-Type": "multipart/related; boundary=b"}

    assert requests.post(url, data=body, headers=headers, timeout=5).status_code == 400


def test_object_when_changed_twice_within_the_interval_then_too_many_requests():
    with FakeGcs(update_interval_seconds=60) as gcs:
        url = f"{gcs.url}/upload/storage/v1/b/gatehouse/o?uploadType=media&name=a"

        assert [requests.post(url, timeout=5).status_code for _ in range(2)] == [200, 429]


def test_simulator_when_run_as_a_program_then_it_prints_its_address():
    command = [sys.executable, "-m", "tests.simulators.gcs", "--bucket", "mine"]
    with begin(command, stdout=PIPE, text=True) as program:
        url = program.stdout.readline().strip()
        status = requests.get(f"{url}/storage/v1/b/mine/o", timeout=5).status_code
        program.terminate()

    assert status == 200
