import pytest

from app.services.observability.activity_reader import ActivityReader, Level, read_line
from app.services.observability.journal import AppendFile

pytestmark = pytest.mark.unit

TICKET = "019aa1e8-0000-7000-8000-000000000000"


@pytest.fixture
def file(tmp_path):
    """A log that is put away every few lines."""
    file = AppendFile(tmp_path / "activity.log", max_bytes=400)
    yield file
    file.close()


@pytest.fixture
def reader(tmp_path):
    return ActivityReader(tmp_path)


def write(file: AppendFile, *numbers: int, text: str = "swing: line") -> None:
    for number in numbers:
        file.append(f"2026-03-03T15:00:00.{number:03}Z {text} {number}\n".encode())


def walked(reader, *, limit: int, **query) -> list[str]:
    """The texts on every page, each page being asked for behind the one before."""
    found, after = [], None
    while True:
        page = reader.page(words=query.get("words"), level=query.get("level"), after=after, limit=limit)
        found += [line.text for line in page.lines]
        after = page.next
        if after is None:
            return found


def test_page_when_there_is_no_file_then_it_is_empty(reader):
    assert walked(reader, limit=10) == []
    assert walked(ActivityReader(None), limit=10) == []


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_pages_when_files_were_put_away_then_no_line_is_skipped_or_twice(reader, file, limit):
    write(file, *range(40))

    assert walked(reader, limit=limit) == [f"line {number}" for number in reversed(range(40))]


def test_page_when_lines_come_and_files_move_meanwhile_then_the_next_one_goes_on(reader, file):
    write(file, *range(10))
    first = reader.page(words=None, level=None, after=None, limit=4)
    write(file, *range(10, 25))
    second = reader.page(words=None, level=None, after=first.next, limit=4)

    assert [line.text for line in second.lines] == ["line 5", "line 4", "line 3", "line 2"]


def test_page_when_words_or_a_level_are_asked_for_then_only_those_lines(reader, file):
    write(file, 1, 2, text="swing: buy of AAPL denied, number")
    write(file, 3, text="exits: a stop was rejected, number")

    assert walked(reader, limit=1, words="aapl") == [
        "buy of AAPL denied, number 2",
        "buy of AAPL denied, number 1",
    ]
    assert walked(reader, limit=9, words="EXITS:") == ["a stop was rejected, number 3"]
    assert walked(reader, limit=9, level=Level.ERROR) == ["a stop was rejected, number 3"]
    assert len(walked(reader, limit=9, level=Level.WARNING)) == 2


def test_line_when_it_names_a_ticket_then_it_is_linked():
    line = read_line(f"2026-03-03T15:00:00.000Z swing: strategy alert for AAPL filled; ticket {TICKET}")

    assert (line.source, line.ticket, line.level) == ("swing", TICKET, Level.INFO)


@pytest.mark.parametrize("text", ["", "nonsense", "2026-03-03T15:00"])
def test_line_when_it_is_none_of_ours_then_it_is_passed_over(text):
    assert read_line(text) is None


def test_line_when_it_has_no_source_then_all_of_it_is_text():
    line = read_line("2026-03-03T15:00:00.000Z trading ACTIVE; bots: default ACTIVE")

    assert (line.source, line.text) == (None, "trading ACTIVE; bots: default ACTIVE")
