"""Which dialects there are: one line each, in the order in which their marks are looked for."""

from app.schemas import bridge, option, strategy, trade_idea

DIALECTS = {
    entry.name: entry
    for entry in (
        strategy.ENTRY,
        bridge.ENTRY,
        option.ENTRY,
        trade_idea.ENTRY,
    )
}
