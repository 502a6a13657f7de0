"""Which dialects there are: one line each, in the order in which their marks are looked for."""

from app.schemas import bot_command, bridge, option, strategy, trade_idea

DIALECTS = {
    entry.name: entry
    for entry in (
        # Before the others: they take whatever else has a command in it.
        bot_command.ENTRY,
        strategy.ENTRY,
        bridge.ENTRY,
        option.ENTRY,
        trade_idea.ENTRY,
    )
}
