from decimal import Decimal

import pytest

from app.domain.opinions import Action, Decision


@pytest.mark.unit
@pytest.mark.parametrize("confidence", ["1.1", "-0.1", "9e999", "NaN", "Infinity"])
def test_decision_when_its_confidence_is_none_then_there_is_no_decision(confidence):
    with pytest.raises(ValueError, match="from 0 to 1"):
        Decision(Action.BUY, "NVDA", Decimal(200), Decimal(confidence), "It looks good.")
