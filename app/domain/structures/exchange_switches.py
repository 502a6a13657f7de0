"""What a simulated exchange does beside trading, by the operator's switches."""

from app.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Switches:
    """Two surprises that options bring.

    `early_assignment`: contracts whose sold side is assigned at the next look; `closes_shorts`: short legs
    that expire today are bought back by the broker half an hour before the close, their mates left alone.
    """

    early_assignment: tuple[str, ...] = ()
    closes_shorts: bool = False
