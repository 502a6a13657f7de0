"""What the gates of losses let pass and refuse, on both sides of every bound."""

from decimal import Decimal

from app.domain.losses import Gain, Losses
from app.domain.reasons import Reason

LIMITS = {
    "daily_loss": ("daily_loss_limit", "bot", Reason.DAILY_LOSS_LIMIT),
    "account_loss": ("account_loss_limit", "account", Reason.ACCOUNT_LOSS_LIMIT),
}


def gain(known, least=None, unknown=()):
    return Gain(Decimal(known), None if least is None else Decimal(least), unknown)


def known(amount):
    return gain(amount, amount)


def doubtful(amount, least):
    return gain(amount, least, ("AAPL has no price",))


def losses(gate, found, limit="500", stop=None):
    name, whose, _ = LIMITS[gate]
    figures = {whose: found, f"{whose}_stop": None if stop is None else Decimal(stop)}
    return {"limits": {name: Decimal(limit)}, "losses": Losses(**figures)}


def in_a_row(lost, most):
    return {"limits": {"max_consecutive_losses": most}, "losses": Losses(in_a_row=lost)}


ALLOWED = [
    ("losses_in_a_row", in_a_row(2, 3)),
    ("losses_in_a_row", in_a_row(0, 1)),
    ("losses_in_a_row", {"losses": Losses(in_a_row=99)}),
]
REFUSED = [
    ("losses_in_a_row", Reason.CONSECUTIVE_LOSSES, in_a_row(3, 3)),
    ("losses_in_a_row", Reason.CONSECUTIVE_LOSSES, in_a_row(4, 3)),
]
for gate, (_, _, code) in LIMITS.items():
    ALLOWED += [
        (gate, losses(gate, known("-499.99"))),
        (gate, losses(gate, known("0"))),
        (gate, losses(gate, known("10000"))),
        (gate, losses(gate, doubtful("-100", "-499.99"))),
        # a limit that was raised since lets entries go on
        (gate, losses(gate, known("-500"), "500.01", stop="500")),
        (gate, {"losses": Losses()}),
    ]
    REFUSED += [
        (gate, code, losses(gate, known("-500"))),
        (gate, code, losses(gate, known("-500.01"))),
        # what was lost once counts although it has come back
        (gate, code, losses(gate, known("-10"), stop="500")),
        (gate, Reason.LOSS_UNKNOWN, losses(gate, doubtful("-100", "-500"))),
        (gate, Reason.LOSS_UNKNOWN, losses(gate, doubtful("-600", None))),
        (gate, Reason.LOSS_UNKNOWN, losses(gate, None)),
    ]
