"""What one field's value asks of the others: checked, and described in JSON Schema, from one declaration."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from app.dataclass import dataclass
from app.schemas.shapes import Shape, has


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The words of a field for which it holds (none: any other), and what the fields beside it must be.

    `is_default`: it holds too where the field is left out. `needs` must be there, of `needs_one` one must;
    `without` must not; `among` may only be these words. `needed` and `misplaced` say so.
    """

    words: tuple[str, ...] = ()
    is_default: bool = False
    needs: tuple[str, ...] = ()
    needs_one: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    among: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needed: str = ""
    misplaced: str = ""

    def holds(self, value: Any) -> bool:
        """Tell whether it is this case."""
        if value is None or value == "":
            return self.is_default
        return value in self.words or (not self.words and not self.is_default)

    def faults(self, name: str, data: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Yield what is wrong: the field and the sentence."""
        for missing in (other for other in self.needs if not _has(data, other)):
            yield missing, self.needed
        if self.needs_one and not any(_has(data, other) for other in self.needs_one):
            yield name, self.needed
        for given in (other for other in self.without if _has(data, other)):
            yield given, self.misplaced
        for other, words in self.among.items():
            if str(data.get(other, "")).lower() not in words:
                yield other, self.misplaced

    def shape(self, name: str, others: tuple[str, ...]) -> Shape:
        """Describe an alert of this case; `others` are the words of the field's other cases."""
        parts = [has(other) for other in self.needs]
        if self.needs_one:
            parts.append({"anyOf": [has(other) for other in self.needs_one]})
        fixed: dict[str, Shape] = {other: {"type": "null"} for other in self.without}
        fixed |= {other: {"enum": list(words)} for other, words in self.among.items()}
        parts.append({"properties": fixed | self._own(name, others)})
        if not self.is_default:
            parts.append({"required": [name]})
        return parts[0] if len(parts) == 1 else {"allOf": parts}

    def _own(self, name: str, others: tuple[str, ...]) -> dict[str, Shape]:
        words: list[str | None] = [*self.words, *((None, "") if self.is_default else ())]
        if words:
            return {name: {"enum": words}}
        return {name: {"not": {"enum": [None, "", *others]}}}


def faults_of(cases: Mapping[str, tuple[Case, ...]], data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with an object by the cases of its fields."""
    for name, choices in cases.items():
        case = next((case for case in choices if case.holds(data.get(name))), None)
        if case is not None:
            yield from case.faults(name, data)


def cases_shape(cases: Mapping[str, tuple[Case, ...]]) -> list[Shape]:
    """Describe the cases: for each field, one of them."""
    shapes: list[Shape] = []
    for name, choices in cases.items():
        words = tuple(word for case in choices for word in case.words)
        shapes.append({"anyOf": [case.shape(name, words) for case in choices]})
    return shapes


def _has(data: dict[str, Any], name: str) -> bool:
    return data.get(name) not in (None, "")
