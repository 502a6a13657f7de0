"""Which bot carries out trade ideas of a label: an idea says `buy_call`, that bot trades its structure."""

import re
from collections.abc import Iterable
from typing import NewType

# A pair as its owner writes it: `buy_call=calls`; it is stored and shown like that.
IdeaStructureText = NewType("IdeaStructureText", str)
EXAMPLE = "buy_call=calls"

_PAIR = re.compile(r"(?P<label>[^=,]{1,100}?)\s*=\s*(?P<bot>[A-Za-z0-9][A-Za-z0-9_.-]{0,47})")


def pair_of(text: str) -> tuple[str, str]:
    """Return a label, in small letters, and the bot's id; raise ValueError for what is no pair."""
    found = _PAIR.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is not a label and a bot like {EXAMPLE}")
    return _plain(found["label"]), found["bot"]


def bot_of_label(pairs: Iterable[str] | None, label: str) -> str | None:
    """Return the id of the bot that is named for a label; capitals and blanks around it do not matter."""
    return dict(map(pair_of, pairs or ())).get(_plain(label))


def _plain(label: str) -> str:
    return label.strip().casefold()
