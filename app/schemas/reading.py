"""An alert read by what its names mean: foreign names become the dialect's own, or are refused by name."""

from collections.abc import Collection, Iterator
from dataclasses import field, replace
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from marshmallow import ValidationError

from app.dataclass import dataclass
from app.domain.signals import SECRET_FIELDS, Signal
from app.errors import MalformedAlert
from app.schemas.base import sentences
from app.schemas.entry import COMMAND_MARK, DialectEntry, Reading
from app.schemas.foreign_names import renamed
from app.schemas.meanings import BY_LETTERS, REFERENCE, FieldMeaning, letters_of, meaning_by_value, meaning_of

# What stands in it has no effect by definition.
FREE = frozenset({"extras"})
# Whose alert it is was known before its names were read.
EXACT = frozenset({"bot", "fund_id"})
SHORTEST_MISSPELT = 5
# What stands where there is nothing to say.
NOTHING = frozenset({"", "0", "false", "off", "no", "none", "null", "na", "nan"})
LONGEST_VALUE = 40


@dataclass(frozen=True, slots=True)
class Understood:
    """An alert in its dialect's own names.

    `given` are the names that stood in the place of the dialect's fields, `unused` those of an entry that
    came with an exit, `size_field` the foreign name of a size.
    """

    alert: dict[str, Any]
    given: dict[str, str]
    unused: tuple[str, ...]
    size_field: str | None

    def as_given(self, messages: dict[Any, Any]) -> dict[Any, Any]:
        """Return a schema's messages under the names that the sender wrote."""
        return {self.given.get(name, name): texts for name, texts in messages.items()}

    def completed(self, signal: Signal) -> Signal:
        """Return the signal with what it must tell of its names."""
        if not self.unused and self.size_field is None:
            return signal
        return replace(signal, unused=self.unused, size_field=self.size_field or signal.size_field)


def read_signal(entry: DialectEntry, alert: dict[str, Any]) -> Signal:
    """Load an alert through its dialect's schema; raise MalformedAlert that names every bad field.

    Its secret, in whatever field it came, is none of the schema's business.
    """
    # A command is not read as an order, nor the reverse.
    is_command = entry.command is not None and COMMAND_MARK in alert
    schema = entry.command if is_command and entry.command is not None else entry.schema
    reading = entry.command_reading if is_command else entry.reading
    plain = {name: value for name, value in alert.items() if name not in SECRET_FIELDS}
    try:
        understood = _understand(plain, schema.fields, reading)
    except ValidationError as error:
        raise _malformed(entry, error.messages_dict) from error
    try:
        signal: Signal = schema.load_given(understood.alert)
    except ValidationError as error:
        missing = [name for name in error.messages_dict if name not in understood.alert]
        hints = renamed(alert, missing)
        raise _malformed(entry, understood.as_given(error.messages_dict), hints) from error
    return understood.completed(signal)


def _malformed(entry: DialectEntry, messages: dict[Any, Any], hints: str = "") -> MalformedAlert:
    return entry.malformed(f"The alert is malformed. {sentences(messages)}{hints}", fields=messages)


def _understand(alert: dict[str, Any], own: Collection[str], reading: Reading) -> Understood:
    """Put an alert into its dialect's `own` names; raise ValidationError that names every bad one."""
    plain = {
        name: value
        for name, value in alert.items()
        # A level may be an object in other services' words.
        if name in own and not (isinstance(value, dict) and name in reading.levels)
    }
    reader = _Reader(reading, plain)
    letters = {letters_of(name): name for name in own} if len(plain) < len(alert) else {}
    for name, value in alert.items():
        if name not in plain:
            reader.take(name, value, letters)
    for name, read in reading.inside.items():
        reader.look_into(name, plain.get(name), read)
    return reader.understood()


@dataclass(slots=True)
class _Reader:
    reading: Reading
    alert: dict[str, Any]
    given: dict[str, str] = field(default_factory=dict)
    clashes: list[tuple[str, str, str]] = field(default_factory=list)
    refused: list[tuple[str, FieldMeaning, Any, str]] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)

    def take(self, name: str, value: Any, own: dict[str, str]) -> None:
        """Find out what a foreign name and whatever stands inside of it mean."""
        if letters_of(name) in FREE:
            return
        is_known = False
        for path, leaf in _leaves(name, value):
            is_known = self._take_leaf(path, leaf, own) or is_known
        if is_known:
            return
        # What means nothing is the schema's to ignore, or to refuse.
        self.alert[name] = value
        if self.reading.finds_misspelt:
            meant = _misspelt(letters_of(name), tuple(own.items()))
            if meant is not None:
                self.errors[name] = [f"is no field of this dialect; is {meant} meant?"]

    def look_into(self, name: str, value: Any, read: Collection[str]) -> None:
        """Refuse what decides a trade inside of the dialect's own object, and is not among what it reads."""
        for inner in value.keys() - read if isinstance(value, dict) else ():
            for path, leaf in _leaves(f"{name}.{inner}", value[inner]):
                self._take_leaf(path, leaf, {})

    def _take_leaf(self, path: str, value: Any, own: dict[str, str]) -> bool:
        meaning = meaning_of(path) or meaning_by_value(path, value)
        mine = own.get(letters_of(path))
        if mine is None and meaning is not None:
            mine = self.reading.fields.get(meaning)
        if mine in EXACT:
            self.errors[path] = [f"is not read here; write {mine}"]
            return True
        if mine is not None and not self.reading.is_strict:
            self._read(mine, path, value)
            return True
        where = "here"
        if meaning is None and "." in path:
            meaning, where = self._inside(path)
        if meaning is not None and asks(value, meaning.neutral) and meaning not in self.reading.ignored:
            self.refused.append((path, meaning, value, where))
        return meaning is not None

    def _inside(self, path: str) -> tuple[FieldMeaning | None, str]:
        container, _, name = path.rpartition(".")
        around = meaning_of(container)
        if around is not None:
            return around, "here"
        inner = meaning_of(name)
        return (inner if inner is not None and inner.is_deep else None), f"inside of `{container}`"

    def _read(self, mine: str, path: str, value: Any) -> None:
        if value is None or value == "":
            return
        if isinstance(value, str):
            value = self.reading.words.get(mine, {}).get(value.strip().casefold(), value)
        said = self.alert.get(mine)
        if said is None:
            self.alert[mine], self.given[mine] = value, path
        elif not _is_same(mine, said, value):
            words = f"says {_shown(value)} and `{self.given.get(mine, mine)}` says {_shown(said)}"
            self.clashes.append((path, mine, f"{words}, which mean the same; leave one out"))
        elif mine == self.reading.size:
            self.given.setdefault(mine, path)

    def understood(self) -> Understood:
        """Settle what depends on the whole alert; raise ValidationError."""
        exits, reading = self.reading.only_exits(self.alert), self.reading
        unused = [path for path, mine, _ in self.clashes if exits and mine in reading.entry_fields]
        for path, mine, text in self.clashes:
            if not (exits and mine in reading.entry_fields):
                self.errors[path] = [text]
        for path, meaning, value, where in self.refused:
            # Whoever wants out must get out: what only an entry would use does not stop an exit.
            if exits and meaning.is_of_entry:
                unused.append(path)
            elif not reading.is_said(meaning, value, self.alert):
                self.errors[path] = [f"is not read {where}; {reading.advice_on(meaning)}"]
        if self.errors:
            raise ValidationError({name: self.errors[name] for name in sorted(self.errors)})
        unused += self._levels_of_exit() if exits else []
        return Understood(self.alert, self.given, tuple(sorted(unused)), self._size_field())

    def _levels_of_exit(self) -> list[str]:
        """Take an entry's levels out of an exit, before anybody looks whether they are sound."""
        reading = self.reading
        levels = [*reading.levels, *(reading.of_entry - {reading.size_of_part(self.alert)})]
        found = [own for own in levels if self.alert.pop(own, None) is not None]
        return [self.given.pop(own, own) for own in [*found, *self._broken_price()]]

    def _broken_price(self) -> list[str]:
        """Take a market's price that is none out of an exit, which goes at the market whatever it is."""
        own = self.reading.fields.get(REFERENCE, "")
        container, _, name = own.rpartition(".")
        found = self.alert.get(container) if container else self.alert
        around = found if isinstance(found, dict) else {}
        value = around.get(name)
        number = number_of(value)
        if value in (None, "") or (number is not None and number > 0):
            return []
        left = {each: said for each, said in around.items() if each != name}
        if container:
            self.alert[container] = left
        else:
            self.alert = left
        return [own]

    def _size_field(self) -> str | None:
        name = self.given.get(self.reading.size)
        # Its own field in other letters is no other name.
        return None if name is None or letters_of(name) == letters_of(self.reading.size) else name


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}", inner)
    elif isinstance(value, list):
        yield path, value
        for inner in value:
            if isinstance(inner, dict):
                yield from _leaves(path, inner)
    else:
        yield path, value


def asks(value: Any, neutral: Collection[str] = frozenset()) -> bool:
    """Tell whether a value asks for anything: nothing, zero, false and what is neutral do not."""
    if value is None or isinstance(value, bool):
        return value is True
    text = str(value).strip().casefold()
    if value in ([], {}) or text in NOTHING or text in neutral:
        return False
    return number_of(value) != 0


def _is_same(name: str, one: Any, other: Any) -> bool:
    if name == "symbol":
        return _symbol(one) == _symbol(other)
    numbers = number_of(one), number_of(other)
    if None not in numbers:
        return numbers[0] == numbers[1]
    return str(one).strip().casefold() == str(other).strip().casefold()


def _symbol(value: Any) -> str:
    name = str(value).rpartition(":")[2]
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def number_of(value: Any) -> Decimal | None:
    """Return the number that a value is or says; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        number = Decimal(value)
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def _shown(value: Any) -> str:
    if isinstance(value, str | int | Decimal):
        return str(value)[:LONGEST_VALUE]
    return "something else"


@lru_cache(maxsize=1024)
def _misspelt(letters: str, own: tuple[tuple[str, str], ...]) -> str | None:
    """Return the name that is almost this one; it would be ignored, and a size or a price with it."""
    if len(letters) < SHORTEST_MISSPELT:
        return None
    known = {known: meaning.names[0] for known, meaning in BY_LETTERS.items()} | dict(own)
    found = get_close_matches(letters, known, n=1, cutoff=0.9)
    return known[found[0]] if found else None
