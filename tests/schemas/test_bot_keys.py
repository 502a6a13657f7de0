"""A bot's key is declared once: whatever lists keys is made from the declarations."""

from dataclasses import fields
from decimal import Decimal

import pytest

from app.blueprints.api.openapi.document import build_document
from app.blueprints.api.openapi.shapes import record_shape
from app.config import Settings
from app.dataclass import dataclass
from app.domain.bot_keys import Limit, Unit, key, keys_of
from app.domain.bots import BotConfiguration
from app.domain.limits import Limits, ceilings, effective_limits
from app.schemas.base import Schema
from app.schemas.bot import BotSchema, key_fields
from docs.bots_page import bots_page, rows

pytestmark = pytest.mark.unit

DECLARED = [item.name for item in fields(BotConfiguration)]


@dataclass(frozen=True, slots=True)
class Patient(BotConfiguration):
    """A bot's configuration with one key more."""

    patience_seconds: int | None = key(
        None, "Seconds that it waits.", unit=Unit.SECONDS, least=1, most=900, limit=Limit.OWN
    )


def test_key_when_declared_then_schema_page_and_api_have_it():
    schema = Schema.from_dict(key_fields(Patient))()
    shape = schema.shape["properties"]["patience_seconds"]

    assert schema.load({"patience_seconds": 5}) == {"patience_seconds": 5}
    assert set(schema.validate({"patience_seconds": 901})) == {"patience_seconds"}
    assert (shape["minimum"], shape["maximum"], shape["description"]) == (1, 900, "Seconds that it waits.")
    assert record_shape(Patient)["patience_seconds"] == {"type": ["integer", "null"]}
    assert rows(Patient)[-1] == (
        "| `patience_seconds` | whole number from 1 to 900 or null, in seconds | `null` | "
        "Seconds that it waits. |\n"
    )


def test_keys_when_listed_anywhere_then_they_are_the_declared_ones(app):
    shapes = build_document(app)["components"]["schemas"]
    page = [line.split("`")[1] for line in bots_page().splitlines() if line.startswith("| `")]

    assert list(keys_of(BotConfiguration)) == DECLARED == page
    assert set(BotSchema().fields) - {"state"} == set(DECLARED)
    assert (
        set(shapes["BotChange"]["properties"]) - {"state"}
        == set(DECLARED)
        <= set(shapes["Bot"]["properties"])
    )


def test_limits_when_listed_then_they_are_the_keys_that_limit_and_the_age_of_alerts():
    limiting = {name for name, declared in keys_of(BotConfiguration).items() if declared.limit}

    environment = {"stale_after_seconds", "account_loss_limit"}
    assert {item.name for item in fields(Limits) if item.init} - environment == limiting


def test_ceilings_when_settings_are_read_then_each_names_a_setting():
    settings = {item.name for item in fields(Settings)}
    with_ceiling = {name: item for name, item in keys_of(BotConfiguration).items() if item.ceiling}

    assert {declared.ceiling for declared in with_ceiling.values()} <= settings
    assert all(declared.limit for declared in with_ceiling.values())
    assert set(ceilings(Settings.from_environment({}))) == set(with_ceiling)


@pytest.mark.parametrize("name", DECLARED)
def test_default_when_it_is_sent_back_then_the_schema_takes_it(name):
    default = next(item.default for item in fields(BotConfiguration) if item.name == name)
    sent = getattr(default, "value", default)

    assert BotSchema().validate({name: sent}) == ({} if name != "name" else {"name": ["must not be empty"]})


def test_limit_when_only_one_side_sets_it_then_that_one_holds():
    own = effective_limits(Limits(), BotConfiguration(max_order_notional=Decimal(5)))

    assert own == Limits(max_order_notional=Decimal(5))
