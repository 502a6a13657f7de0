from io import StringIO

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from deploy.dotenv import parse_dotenv, read_dotenv

pytestmark = pytest.mark.unit

NAMES = st.from_regex(r"[A-Z][A-Z0-9_]{0,12}", fullmatch=True)
PLAIN = st.text(
    st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters="'\"\\$#`"), max_size=20
)
QUOTED = st.text(
    st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters="\"'\\$"), max_size=20
)


@pytest.mark.parametrize(
    "text",
    [
        "A=1\nB = two words # said aside\n",
        "export A=1\n# A=2\n\n  B=3",
        "A='single # kept'\nB=\"double\\nline\"",
        "A=\nB=''\nC=x#y",
        'A="say \\"hello\\""\nB=\'it\\\'s\'',
        "A=postgresql://u:p@h/d?x=1\r\nB=a=b=c\r\n",
        'A="over\ntwo lines"\nB=2',
        "A=pw\nB=postgresql://u:${A}@h/d\nC=${NOWHERE:-there}${NOWHERE}\nD=$A",
    ],
)
def test_dotenv_when_read_then_it_says_what_the_service_reads(text):
    assert parse_dotenv(text, {}) == {
        name: value or "" for name, value in dotenv_values(stream=StringIO(text)).items()
    }


@given(st.dictionaries(NAMES, PLAIN), st.dictionaries(NAMES, QUOTED))
def test_dotenv_when_it_holds_anything_usual_then_it_says_what_the_service_reads(bare, quoted):
    lines = [f"{name}={value}" for name, value in bare.items()]
    lines += [f'{name}="{value}"' for name, value in quoted.items()]
    text = "\n".join(lines)

    assert parse_dotenv(text, {}) == {
        name: value or "" for name, value in dotenv_values(stream=StringIO(text)).items()
    }


def test_dotenv_when_there_is_none_then_nothing_is_said(tmp_path):
    assert read_dotenv(tmp_path / ".env") == {}
