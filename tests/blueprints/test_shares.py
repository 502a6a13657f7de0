"""One-time links: /api/share and the page that a link leads to."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest

from app.blueprints.shares import SCRIPT, STYLE
from tests.builders import client_of

pytestmark = pytest.mark.unit

MESSAGE = '{"symbol": "{{ticker}}",\n "note": "<b>&amp;",\n "secret": "s3cr3t-of-swing"}'
ADDRESS = "https://gate.example/webhook"


class Page(HTMLParser):
    """What a browser finds in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self._is_inside = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        self._is_inside = tag == "textarea"
        self.texts += [""] if self._is_inside else []

    def handle_data(self, data):
        if self._is_inside:
            self.texts[-1] += data

    def handle_endtag(self, tag):
        self._is_inside = False


@pytest.fixture
def link(operator):
    """Make a link, and return its path."""

    def made(**changes) -> str:
        response = operator.post("/api/share", json={"address": ADDRESS, "message": MESSAGE} | changes)
        assert response.status_code == 200, response.json
        return "/share/" + response.json["url"].rpartition("/")[2]

    return made


def test_share_when_it_is_opened_and_clicked_then_address_and_message_are_shown(link, anonymous):
    path = link()
    asked, shown = anonymous.get(path), anonymous.post(path)

    assert (asked.status_code, shown.status_code) == (200, 200)
    assert "method=post" in asked.text
    assert [text.removeprefix("\n") for text in Page(shown.text).texts] == [ADDRESS, MESSAGE]


def test_share_when_a_preview_looks_at_it_then_nothing_is_told_and_nothing_is_used_up(link, anonymous):
    path = link()
    looks = [anonymous.get(path), anonymous.head(path), anonymous.get(path)]

    assert not any("s3cr3t" in look.text or "gate.example" in look.text for look in looks)
    assert "s3cr3t" in anonymous.post(path).text


def test_share_when_it_was_opened_then_it_is_gone(link, anonymous, store):
    path = link()
    anonymous.post(path)

    assert [anonymous.post(path).status_code, anonymous.get(path).status_code] == [410, 410]
    assert list(store.list("shares/")) == []


def test_share_when_many_click_at_once_then_one_is_shown_it(link, app):
    path = link()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client_of(app).post(path), range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [410] * 7


def test_share_when_ten_minutes_are_over_then_it_is_gone_from_the_store_too(
    link, anonymous, operator, clock, store, services
):
    path = link()
    clock.move(minutes=10)

    assert (anonymous.get(path).status_code, anonymous.post(path).status_code) == (410, 410)
    services.supervisor.tick(everything=True)
    assert list(store.list("shares/")) == []


def test_share_when_it_is_kept_then_neither_words_nor_key_are_in_the_store(link, store):
    token = link().rpartition("/")[2]
    kept = json.dumps([[document.key, document.value] for document in store.list("")])

    assert not any(word in kept for word in (token, "s3cr3t", "gate.example"))


@pytest.mark.parametrize("token", ["x", "AAAA" * 11, "%00", "page.html"])
def test_share_when_the_link_is_none_then_it_says_so(anonymous, token):
    answer = anonymous.get(f"/share/{token}")

    assert (answer.status_code, "Make another one" in answer.text) == (410, True)


def test_page_when_a_browser_keeps_to_its_rules_then_nothing_inline_is_needed(link, anonymous):
    answer = anonymous.post(link())
    policy, page = answer.headers["Content-Security-Policy"], Page(answer.text)

    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert ("unsafe" in policy, "style" in page.tags) == (False, False)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    assert re.findall(r"<script([^>]*)>([^<]*)", answer.text) == [(' src="/share/page.js" defer', "")]
    assert (answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert dict(page.attributes)["content"] == "width=device-width, initial-scale=1"


def test_page_when_there_is_no_script_then_the_texts_are_there_and_no_button_pretends(link, anonymous):
    text = anonymous.post(link()).text

    assert text.count("<textarea") == text.count(" readonly ") == 2
    assert text.count("<button type=button hidden") == text.count("<button")


@pytest.mark.parametrize(
    ("path", "kind", "words"), [("page.js", "text/javascript", SCRIPT), ("page.css", "text/css", STYLE)]
)
def test_asset_when_a_page_wants_it_then_it_is_there(anonymous, path, kind, words):
    answer = anonymous.get(f"/share/{path}")

    assert (answer.status_code, answer.mimetype, answer.text) == (200, kind, words)


def test_share_when_the_service_has_an_address_then_the_link_begins_with_it(make_app):
    app = make_app(public_url="https://gate.example")
    operator = client_of(app, authorization="Bearer the-operators-own-token")
    url = operator.post("/api/share", json={"address": ADDRESS, "message": MESSAGE}).json["url"]

    assert url.startswith("https://gate.example/share/")


@pytest.mark.parametrize("body", [{}, {"address": ADDRESS}, {"address": ADDRESS, "message": ""}, {"x": 1}])
def test_share_when_something_is_missing_then_400(operator, body):
    assert operator.post("/api/share", json=body).status_code == 400


def test_share_when_it_is_opened_then_no_log_has_its_address(link, anonymous, caplog):
    path = link()
    with caplog.at_level("DEBUG"):
        anonymous.get(path)
        anonymous.post(path)

    assert path.rpartition("/")[2] not in caplog.text
