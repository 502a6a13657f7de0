import importlib
import pkgutil
import re
from http import HTTPStatus

import pytest

import app
from app import errors
from app.errors import AppError, TooManyRequests

pytestmark = pytest.mark.unit

LINE = re.compile(r"(?m)^([│ ]*)(?:[├└]── )?([A-Z]\w+)(?: +(\d{3})?.*)?$")


def import_everything():
    for module in pkgutil.walk_packages(app.__path__, "app."):
        importlib.import_module(module.name)


def descendants(kind):
    return [kind, *(below for child in kind.__subclasses__() for below in descendants(child))]


def drawn():
    """The tree at the top of errors.py: name, parent, status."""
    parents = []
    for indent, name, status in LINE.findall(errors.__doc__.split("\n\n", 1)[1]):
        depth = 0 if name == "AppError" else len(indent) // 4 + 1
        parents[depth:] = [name]
        yield name, parents[depth - 1] if depth else "Exception", status


import_everything()
ERRORS = descendants(AppError)
TREE = {name: (parent, status) for name, parent, status in drawn()}


def test_tree_when_drawn_then_is_the_tree_that_there_is():
    assert {kind.__name__: kind.__base__.__name__ for kind in ERRORS} == {
        name: parent for name, (parent, _) in TREE.items()
    }


@pytest.mark.parametrize("kind", ERRORS)
def test_error_when_declared_then_stands_among_the_others_with_a_docstring(kind):
    assert kind.__module__.startswith("app.errors.")
    assert getattr(errors, kind.__name__) is kind
    assert kind.__doc__.strip().endswith(".")


@pytest.mark.parametrize("kind", ERRORS)
def test_error_when_its_status_is_drawn_then_it_has_that_status(kind):
    _, status = TREE[kind.__name__]

    assert HTTPStatus(kind.status)
    assert not status or kind.status == int(status)


def test_codes_when_listed_then_each_is_used_once_and_is_category_and_condition():
    codes = [vars(kind).get("code") for kind in ERRORS]

    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[A-Z]+(_[A-Z]+)+", code) for code in codes if code != "CONFLICT")


def test_error_when_raised_then_says_its_sentence_and_keeps_its_details():
    error = AppError("The gate is shut.", fields={"a": ["bad"]})

    assert (str(error), error.message, error.details) == (
        "The gate is shut.",
        "The gate is shut.",
        {"fields": {"a": ["bad"]}},
    )


def test_too_many_requests_when_raised_then_says_when_to_come_back():
    assert TooManyRequests("Slow down.", retry_after=3).retry_after == 3
