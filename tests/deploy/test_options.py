import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.errors import DeployError
from deploy.options import read_options
from deploy.source import source_tag
from deploy.steps import step

pytestmark = pytest.mark.unit

PLACE = {"PROJECT": "demo", "REGION": "us-east4"}


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ({"PROJECT": ""}, "PROJECT"),
        ({"PROJECT": "My Project"}, "PROJECT"),
        ({"REGION": "virginia"}, "REGION"),
        ({"REGION": "us-east4-a"}, "REGION"),
        ({"SQL": "yes"}, "SQL"),
        ({"SQL": "db-huge"}, "SQL"),
        ({"EGRESS": "true"}, "EGRESS"),
        ({"YES": "y"}, "YES"),
    ],
)
def test_options_when_one_cannot_be_read_then_the_sentence_names_it(words, named):
    with pytest.raises(DeployError, match=f"^{named} must be"):
        read_options(PLACE | words, plan_only=False)


def test_options_when_left_out_then_nothing_is_decided():
    options = read_options(PLACE | {"SQL": "", "EGRESS": ""}, plan_only=False)

    assert (options.sql, options.egress, options.yes) == (None, None, False)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\0"), min_size=1), min_size=1))
def test_command_when_shown_then_a_shell_reads_the_same_words(words):
    shown = step("why", *words).shell.replace(" \\\n    ", " ")

    assert shlex.split(shown) == ["gcloud", *words]


def test_source_when_nothing_of_the_image_changes_then_its_name_stays(tmp_path):
    for name in ("Dockerfile", "main.py", "requirements.txt", "app/a.py", "app/dashboard/dist/index.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    before = source_tag(tmp_path)
    for name in ("README.md", "app/dashboard/src.ts", "app/__pycache__/a.pyc", "app/dashboard/src/a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("other")
    same = source_tag(tmp_path)
    (tmp_path / "app/a.py").write_text("changed")

    assert before == same != source_tag(tmp_path)
