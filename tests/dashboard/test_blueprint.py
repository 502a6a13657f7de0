"""The page at each of its addresses, the files of a build, and what is there without one."""

import gzip

import pytest

from app.dashboard.blueprint import PATHS
from app.dashboard.files import BuiltFiles
from tests.builders import client_of

pytestmark = pytest.mark.unit

SCRIPT = "let answer = 42;\n" * 200


@pytest.fixture
def build(tmp_path):
    """A build of our own, so that nothing depends on the one that is there."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Gatehouse</title>", encoding="utf-8")
    (folder / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>", encoding="utf-8")
    (folder / "assets/index-abc.js").write_text(SCRIPT, encoding="utf-8")
    (folder / "assets/small-abc.css").write_text("a{}", encoding="utf-8")
    (folder / "assets/logo-abc.png").write_bytes(b"\x89PNG" + bytes(4000))
    (tmp_path / "secret.txt").write_text("never shown", encoding="utf-8")
    return folder


@pytest.fixture
def client(app, build):
    app.extensions["gatehouse_dashboard"] = BuiltFiles(build)
    return client_of(app)


@pytest.fixture
def bare(app, tmp_path):
    """Where nothing has been built."""
    app.extensions["gatehouse_dashboard"] = BuiltFiles(tmp_path / "nothing")
    return client_of(app)


def addresses() -> list[str]:
    return [path.replace("<bot>", "default").replace("<ticket>", "0197") for path in PATHS]


@pytest.mark.parametrize("path", addresses())
def test_page_when_any_of_its_addresses_is_opened_then_it_is_the_page_and_asked_for_again(client, path):
    response = client.get(path)

    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert "<title>Gatehouse</title>" in response.text
    assert response.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self';" in response.headers["Content-Security-Policy"]


def test_page_when_it_has_not_changed_then_it_is_not_sent_again(client):
    tag = client.get("/").headers["ETag"]
    again = client.get("/", headers={"If-None-Match": tag})

    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Security-Policy" in again.headers


def test_page_when_a_new_build_replaces_it_then_the_new_one_is_sent(client, build):
    client.get("/")
    (build / "index.html").write_text("<!doctype html><title>Another, and longer</title>", encoding="utf-8")

    assert "Another" in client.get("/").text


@pytest.mark.parametrize("path", addresses())
def test_page_when_nothing_was_built_then_one_sentence_says_so(bare, path):
    response = bare.get(path)

    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert "has not been built" in response.text


def test_asset_when_asked_for_then_it_may_be_kept_for_ever(client):
    response = client.get("/assets/index-abc.js")

    assert (response.text, response.mimetype) == (SCRIPT, "text/javascript")
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/gone.js",
        "/assets/",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/../index.html",
        "/assets/%00",
        "/no",
    ],
)
@pytest.mark.parametrize("who", ["client", "bare"])
def test_asset_when_there_is_none_then_404_and_never_the_page(request, who, path):
    response = request.getfixturevalue(who).get(path)

    assert (response.status_code, response.mimetype) == (404, "application/json")
    assert "never shown" not in response.text


def test_file_when_it_is_named_in_many_ways_then_it_is_kept_once(build):
    files = BuiltFiles(build)
    found = [files.find(f"assets/{'./' * more}index-abc.js") for more in range(3)]

    assert found[0] is found[1] is found[2] is not None


@pytest.mark.parametrize(
    ("path", "accepted", "is_compressed"),
    [
        ("/assets/index-abc.js", "gzip, br", True),
        ("/assets/index-abc.js", "br", False),
        ("/assets/index-abc.js", "gzip;q=0", False),
        ("/assets/small-abc.css", "gzip", False),
        ("/assets/logo-abc.png", "gzip", False),
    ],
)
def test_asset_when_text_is_long_and_the_browser_takes_it_then_it_is_compressed(
    client, build, path, accepted, is_compressed
):
    response = client.get(path, headers={"Accept-Encoding": accepted})
    content = (build / path.lstrip("/")).read_bytes()

    assert (response.headers.get("Content-Encoding") == "gzip") is is_compressed
    assert (gzip.decompress(response.data) if is_compressed else response.data) == content
    assert (response.headers.get("Vary") == "Accept-Encoding") is path.endswith(".js")


def test_icon_when_browsers_ask_for_it_then_they_get_one_or_nothing(client, bare, app, build):
    assert bare.get("/favicon.ico").status_code == 204
    app.extensions["gatehouse_dashboard"] = BuiltFiles(build)
    assert client.get("/favicon.ico").mimetype == "image/svg+xml"
