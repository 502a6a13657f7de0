"""What is told of the simulated market."""

from typing import Any

from app.blueprints.api.openapi import examples
from app.blueprints.api.openapi.operation import Operation
from app.schemas.base import Field, Schema
from app.schemas.operator import PRICES, PaperClockSchema, PaperSwitchesSchema

PAPER_REQUESTS: dict[str, Schema | Field[Any]] = {
    "PriceChange": PRICES,
    "PaperClockChange": PaperClockSchema(),
    "PaperSwitchesChange": PaperSwitchesSchema(),
}
PAPER_OPERATIONS: dict[str, Operation] = {
    "api.show_prices": Operation(tag="Paper market", answers={200: ("Prices",)}),
    "api.set_prices": Operation(
        tag="Paper market",
        body=("PriceChange",),
        example=examples.PRICES,
        answers={200: ("MovedPrices",)},
    ),
    "api.show_clock": Operation(tag="Paper market", answers={200: ("PaperClock",)}, errors=(409,)),
    "api.set_clock": Operation(
        tag="Paper market",
        body=("PaperClockChange",),
        example=examples.PAPER_CLOCK,
        answers={200: ("PaperClock",)},
    ),
    "api.show_switches": Operation(tag="Paper market", answers={200: ("PaperSwitches",)}, errors=(409,)),
    "api.set_switches": Operation(
        tag="Paper market",
        body=("PaperSwitchesChange",),
        example=examples.PAPER_SWITCHES,
        answers={200: ("PaperSwitches",)},
    ),
}
