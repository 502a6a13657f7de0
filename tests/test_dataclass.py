"""Our dataclasses do what the standard library's do, and compile nothing before it is needed."""

import copy
import dataclasses
import inspect
import pickle
from dataclasses import FrozenInstanceError, field, fields, replace
from types import FunctionType

import pytest

from app.dataclass import dataclass

pytestmark = pytest.mark.unit

FUNCTIONS = ("__init__", "__repr__", "__eq__", "__hash__")
FLAGS = [
    {"frozen": frozen, "slots": slots, "kw_only": kw_only}
    for frozen in (False, True)
    for slots in (False, True)
    for kw_only in (False, True)
]


def leg(declare, flags):
    """Declare a class with all that ours make use of."""

    @declare(**flags)
    class Leg:
        """A leg."""

        symbol: str
        units: int = 1
        marks: list[str] = field(default_factory=list)
        secret: str = field(default="s3cret", repr=False)
        note: str = field(default="", compare=False)
        worth: int = field(init=False, default=0)
        seen: int | None = field(init=False, default=None)
        fills: list[int] = field(init=False, default_factory=list)
        put: str = "a put"
        limit: int = field(default=2, kw_only=True)

        def __post_init__(self):
            object.__setattr__(self, "worth", self.units * 2)

    return Leg


@pytest.fixture(params=FLAGS, ids=lambda flags: "-".join(name for name, on in flags.items() if on) or "plain")
def flags(request):
    return request.param


@pytest.fixture
def ours(flags):
    return leg(dataclass, flags)


@pytest.fixture
def theirs(flags):
    return leg(dataclasses.dataclass, flags)


def vars_of(made):
    return {item.name: getattr(made, item.name) for item in fields(made)}


def outcome(act):
    """Return what comes of it: the value, or the error and its words."""
    try:
        return act()
    except (TypeError, AttributeError) as error:
        return type(error), str(error)


ACTS = {
    "repr": lambda kind: repr(kind(symbol="AAPL", marks=["a"])),
    "by position": lambda kind: vars_of(kind("AAPL", 3)),
    "by name": lambda kind: vars_of(kind(symbol="AAPL", limit=3, put="x", note="y", marks=["b"])),
    "no limit": lambda kind: kind("AAPL", 3, [], "s", "n", "put", 7),
    "module": lambda kind: kind.__init__.__module__,
    "nothing": lambda kind: kind(),
    "too much": lambda kind: kind(symbol="AAPL", worth=3),
    "equal": lambda kind: kind(symbol="AAPL") == kind(symbol="AAPL", note="other"),
    "unequal": lambda kind: kind(symbol="AAPL") == kind(symbol="AAPL", units=2),
    "another kind": lambda kind: kind(symbol="AAPL").__eq__("AAPL"),
    "hash of a list": lambda kind: hash(kind(symbol="AAPL")),
    "hash": lambda kind: hash(kind(symbol="AAPL", marks=())) == hash(kind(symbol="AAPL", marks=(), note="x")),
    "replaced": lambda kind: vars_of(replace(kind(symbol="AAPL"), units=5)),
    "lists of their own": lambda kind: kind(symbol="A").marks is kind(symbol="A").marks,
    "worth": lambda kind: kind(symbol="AAPL", units=4).worth,
    "assigned": lambda kind: setattr(kind(symbol="AAPL"), "units", 2),
    "deleted": lambda kind: delattr(kind(symbol="AAPL"), "units"),
    "signature": lambda kind: str(inspect.signature(kind)),
    "match": lambda kind: kind.__match_args__,
    "fields": lambda kind: [item.name for item in fields(kind)],
    "dictionary": lambda kind: dataclasses.asdict(kind(symbol="AAPL")),
    "copy": lambda kind: repr(copy.deepcopy(kind(symbol="AAPL", marks=["a"]))),
    "has a dictionary": lambda kind: hasattr(kind(symbol="AAPL"), "__dict__"),
    "names": lambda kind: [getattr(kind, name).__qualname__ for name in FUNCTIONS if getattr(kind, name)],
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_dataclass_when_used_then_like_the_librarys(act, ours, theirs):
    assert outcome(lambda: act(ours)) == outcome(lambda: act(theirs))


def test_dataclass_when_declared_then_its_functions_are_compiled_with_the_first_look(ours):
    before = {name for name in FUNCTIONS if isinstance(vars(ours)[name], FunctionType)}
    ours(symbol="AAPL")

    assert before == set()
    assert {name for name in FUNCTIONS if isinstance(vars(ours)[name], FunctionType)} == {"__init__"}


@dataclass(frozen=True, slots=True)
class Kept:
    """Can be pickled: it has a place where it is found again."""

    symbol: str
    units: int = 1


@dataclass(frozen=True, slots=True)
class Longer(Kept):
    """Adds to another."""

    note: str = ""

    def __repr__(self):
        return "longer"


def test_dataclass_when_frozen_with_slots_then_it_goes_through_a_pipe():
    assert pickle.loads(pickle.dumps(Kept("AAPL", 2))) == Kept("AAPL", 2)


def test_dataclass_when_it_adds_to_another_then_it_has_both_ones_fields():
    longer = Longer("AAPL", note="x")

    assert (longer.symbol, longer.units, longer.note) == ("AAPL", 1, "x")
    assert longer != Kept("AAPL")
    with pytest.raises(FrozenInstanceError):
        longer.symbol = "MSFT"


def test_dataclass_when_a_field_is_left_to_others_then_it_is_not_set():
    @dataclass(slots=True)
    class Late:
        units: int = field(init=False)

    late = Late()
    assert not hasattr(late, "units")
    late.units = 2
    assert late.units == 2


def test_dataclass_when_it_has_a_function_of_its_own_then_that_stays():
    assert repr(Longer("AAPL")) == "longer"


def test_dataclass_when_it_says_itself_what_is_equal_then_its_hash_is_still_made():
    @dataclass(frozen=True)
    class Loose:  # noqa: PLW1641  # its hash is what this is about
        symbol: str

        def __eq__(self, other):
            return isinstance(other, Loose)

    assert Loose("AAPL") == Loose("MSFT")
    assert hash(Loose("AAPL")) == hash(("AAPL",))
