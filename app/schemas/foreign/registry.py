"""Which services' alerts are read: one line each."""

from app.schemas.foreign import (
    openalgo,
    pickmytrade,
    text,
    threecommas,
    traderspost,
    tutorial,
    webhooks_bot,
)

FOREIGN = {
    entry.name: entry
    for entry in (
        tutorial.ENTRY,
        threecommas.ENTRY,
        pickmytrade.ENTRY,
        openalgo.ENTRY,
        traderspost.ENTRY,
        webhooks_bot.ENTRY,
        text.ENTRY,
    )
}
