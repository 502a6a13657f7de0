import pytest

from app.services.sharing.sealing import place_of, seal, unseal

pytestmark = pytest.mark.unit


def test_seal_when_the_token_is_its_own_then_the_text_comes_back_and_is_nowhere_in_between():
    sealed = seal("token", "the secret of swing")

    assert unseal("token", sealed) == "the secret of swing"
    assert "swing" not in sealed


@pytest.mark.parametrize("token", ["tokem", "", "token "])
def test_seal_when_the_token_is_another_then_nothing_is_told(token):
    with pytest.raises(ValueError, match="not sealed"):
        unseal(token, seal("token", "words"))


def test_place_when_compared_with_the_token_then_neither_tells_the_other():
    assert place_of("token") != place_of("tokem")
    assert "token" not in place_of("token")
