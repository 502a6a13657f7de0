"""What opinions come to together with what came of them, in sums that can be added up over days."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from decimal import Decimal
from typing import Any

from app.dataclass import dataclass
from app.domain.analytics.alerts import AlertKind, AlertSums
from app.domain.analytics.calibration import Fate, FateGain, GivenOpinion, Reliability
from app.domain.analytics.ratios import ratio
from app.domain.money import ONE, ZERO
from app.domain.opinions import Action

TENTH, TENTHS = Decimal("0.1"), 10


@dataclass(slots=True)
class FateSums:
    """Opinions of one fate; `gain` is what those whose outcome is `known` brought together."""

    opinions: int = 0
    known: int = 0
    gain: Decimal = ZERO


@dataclass(slots=True)
class TenthSums:
    """Opinions for a trade of one tenth of confidence; `squares` are of confidence less outcome."""

    opinions: int = 0
    known: int = 0
    right: int = 0
    confidence: Decimal = ZERO
    squares: Decimal = ZERO


@dataclass(slots=True)
class OpinionSums:
    """Opinions added up; `failed` said nothing."""

    failed: int = 0
    tokens: int = 0
    fates: dict[Fate, FateSums] = field(default_factory=lambda: {fate: FateSums() for fate in Fate})
    tenths: list[TenthSums] = field(default_factory=lambda: [TenthSums() for _ in range(TENTHS)])

    @property
    def opinions(self) -> int:
        """How many there were."""
        return sum(sums.opinions for sums in self.fates.values())

    @property
    def known(self) -> int:
        """Of how many the outcome is known."""
        return sum(sums.known for sums in self.fates.values())

    def count(self, opinion: GivenOpinion, gain: Decimal | None) -> None:
        """Count an opinion and, as a fraction, what came of it; None where nobody knows."""
        self.failed += opinion.action is None
        self.tokens += opinion.tokens
        fate = self.fates[opinion.fate]
        fate.opinions += 1
        if gain is not None:
            fate.known += 1
            fate.gain += gain
        if opinion.confidence is not None and opinion.action is not Action.SKIP:
            self._count_confidence(opinion.confidence, gain)

    def _count_confidence(self, confidence: Decimal, gain: Decimal | None) -> None:
        tenth = self.tenths[min(int(confidence / TENTH), TENTHS - 1)]
        tenth.opinions += 1
        tenth.confidence += confidence
        if gain is not None:
            tenth.known += 1
            tenth.right += gain > ZERO
            tenth.squares += ((ONE if gain > ZERO else ZERO) - confidence) ** 2

    def add(self, data: Mapping[str, Any]) -> None:
        """Add what is stored of others."""
        self.failed += data["failed"]
        self.tokens += data["tokens"]
        for name, (opinions, known, gain) in data["fates"].items():
            fate = self.fates[Fate(name)]
            fate.opinions += opinions
            fate.known += known
            fate.gain += Decimal(gain)
        for tenth, (opinions, known, right, confidence, squares) in zip(
            self.tenths, data["tenths"], strict=True
        ):
            tenth.opinions += opinions
            tenth.known += known
            tenth.right += right
            tenth.confidence += Decimal(confidence)
            tenth.squares += Decimal(squares)

    def to_json(self) -> dict[str, Any]:
        """Return them as they are stored."""
        return {
            "failed": self.failed,
            "tokens": self.tokens,
            "fates": {
                fate.value: [sums.opinions, sums.known, format(sums.gain, "f")]
                for fate, sums in self.fates.items()
            },
            "tenths": [
                [
                    each.opinions,
                    each.known,
                    each.right,
                    format(each.confidence, "f"),
                    format(each.squares, "f"),
                ]
                for each in self.tenths
            ],
        }

    def reliability(self) -> list[Reliability]:
        """Return each tenth of confidence, the lowest first; the last one has 1 too."""
        return [_reliability(place, sums) for place, sums in enumerate(self.tenths)]

    def brier_score(self) -> Decimal | None:
        """Return the mean square of confidence less outcome (1 right, 0 wrong); None without any."""
        squares = sum((each.squares for each in self.tenths), ZERO)
        return ratio(squares, sum(each.known for each in self.tenths))

    def gains(self) -> dict[Fate, FateGain]:
        """Return what followed, skipped and denied opinions brought."""
        found = self.fates.items()
        return {
            fate: FateGain(each.opinions, each.known, ratio(each.gain, each.known)) for fate, each in found
        }


def opinion_summary(
    groups: Mapping[AlertKind, AlertSums], gains: Mapping[str, Decimal | None]
) -> dict[str, Any]:
    """Return what the opinions on some alerts come to; `gains` are known by ticket."""
    found = {kind: OpinionSums() for kind, sums in groups.items() if sums.opinions}
    for kind, counted in found.items():
        for opinion in groups[kind].opinions:
            counted.count(opinion, gains.get(opinion.ticket))
    return _summary(found)


def joined(summaries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the summary of all that others are of."""
    found: dict[AlertKind, OpinionSums] = {}
    for summary in summaries:
        for bot, broker, data in summary["groups"]:
            found.setdefault(AlertKind(bot, broker), OpinionSums()).add(data)
    return _summary(found)


def together(summaries: Iterable[dict[str, Any]], has: Callable[[str, str], bool]) -> OpinionSums:
    """Return the sums of the groups that are wanted."""
    found = OpinionSums()
    for summary in summaries:
        for bot, broker, data in summary["groups"]:
            if has(bot, broker):
                found.add(data)
    return found


def _summary(groups: Mapping[AlertKind, OpinionSums]) -> dict[str, Any]:
    return {"groups": [[*kind, sums.to_json()] for kind, sums in groups.items()]}


def _reliability(place: int, sums: TenthSums) -> Reliability:
    lower = TENTH * place
    rate, confidence = ratio(sums.right, sums.known), ratio(sums.confidence, sums.opinions)
    return Reliability(lower, lower + TENTH, sums.opinions, sums.known, sums.right, rate, confidence)
