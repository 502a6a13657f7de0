"""`docs/names.md`, from the table of meanings and what each dialect reads."""

from app.schemas.dialects import DIALECTS
from app.schemas.entry import DialectEntry
from app.schemas.meanings import MEANINGS, FieldMeaning

HEAD = """# Names that other services use

Written by `make docs` from the code. TradingView's placeholders, other services and people have many
names for what decides a trade. They are compared without case, dots, underscores and dashes, and without
`strategy` before them: `positionSize`, `position_size` and `strategy.position_size` are one name. An
object's fields have its name before theirs: `"stopLoss": {"stopPrice": 95}` is `stop_loss.stop_price`.

- What means one of a dialect's own fields is read as that field. Two names that say the same pass; where
  they differ the alert is refused.
- What is not read is refused by its name, with what to do instead, also inside of other objects. Nothing,
  zero and false ask for nothing and pass.
- An exit is never refused for what only an entry would use (exits, leverage, the market's price, also one
  that is no number): the ticket's timeline names it as not used.
- A `type` that says a kind of order (`limit`, `stop`, …) is the kind of order; any other one decides nothing.
- Every other name (`interval`, `close`, `volume`, `comment`, whatever stands in `extras`) decides
  nothing: it is kept in the ticket and ignored. The bridge dialect refuses it.

A size under another name than `strategy_order_contracts` is a wish and not TradingView's own figure,
which stands in every alert. The bot must trade sizes (`use_strategy_contracts`), or an entry is denied
with `QUANTITY_UNUSED`; an exit then closes no more than that. A bot with sizes of its own exits as ever,
and the timeline says that the size was not used.

| names | what they mean | strategy | option | trade idea | bridge | where it is refused |
|---|---|---|---|---|---|---|
"""
COLUMNS = ("strategy", "option", "trade_idea", "bridge")


def names_page() -> str:
    """Return docs/names.md."""
    return HEAD + "".join(_row(meaning) for meaning in MEANINGS)


def _row(meaning: FieldMeaning) -> str:
    names = ", ".join(f"`{name}`" for name in meaning.names)
    cells = " | ".join(_cell(meaning, DIALECTS[dialect]) for dialect in COLUMNS)
    return f"| {names} | {meaning.words} | {cells} | {meaning.advice} |\n"


def _cell(meaning: FieldMeaning, entry: DialectEntry) -> str:
    own = entry.reading.fields.get(meaning)
    if own is not None:
        return f"`{own}` alone" if entry.reading.is_strict else f"`{own}`"
    alone = [f"`{name}`" for name in meaning.names if name in entry.schema.fields]
    rest = "ignored" if meaning in entry.reading.ignored else "refused"
    return f"{' and '.join(alone)} alone" if alone else rest
