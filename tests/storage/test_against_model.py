"""Every store behaves like a dictionary with versions, whatever is asked of it in whatever order."""

from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import AlreadyExists, Conflict
from app.storage.base import Document

pytestmark = pytest.mark.integration

KEYS = st.sampled_from(["a", "a/", "a/b", "a!", "A", "b", "b/c/d", "~"])
VALUES = st.dictionaries(st.text(max_size=3), st.none() | st.integers() | st.text(max_size=5), max_size=2)
STEPS = st.tuples(st.sampled_from(["create", "replace", "delete"]), KEYS, VALUES, st.integers(1, 3))


@dataclass
class Model:
    held: dict[str, Document] = field(default_factory=dict)
    version: int = 0

    def create(self, key, value):
        if key in self.held:
            raise AlreadyExists(key)
        self.version += 1
        self.held[key] = Document(key, value, self.version)
        return self.held[key]

    def replace(self, document, value):
        if self.held.get(document.key) != document:
            raise Conflict(document.key)
        del self.held[document.key]
        return self.create(document.key, value)

    def delete(self, document):
        if self.held.get(document.key, document) != document:
            raise Conflict(document.key)
        self.held.pop(document.key, None)


def outcome(store, step, document):
    action, key, value, _ = step
    try:
        if action == "create":
            return store.create(key, value)
        return store.replace(document, value) if action == "replace" else store.delete(document)
    except (AlreadyExists, Conflict) as error:
        return type(error)


def contents(documents):
    return [(document.key, document.value) for document in documents]


@settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=12), prefix=KEYS, after=KEYS, limit=st.none() | st.integers(0, 4))
def test_store_when_any_steps_are_taken_then_it_agrees_with_the_model(store, steps, prefix, after, limit):
    for document in store.list(""):
        store.delete(document)
    model, pairs = Model(), defaultdict(list)
    for step in steps:
        past = pairs[step[1]]
        if step[0] != "create" and not past:
            continue
        real, ours = past[-min(step[3], len(past))] if past else (None, None)
        both = outcome(store, step, real), outcome(model, step, ours)
        if isinstance(both[0], Document) and isinstance(both[1], Document):
            past.append(both)
        else:
            assert both[0] == both[1]

    expected = [model.held[key] for key in sorted(model.held)]
    matching = [document for document in expected if document.key.startswith(prefix) and document.key > after]
    assert contents(store.list("")) == contents(expected)
    assert contents(store.list(prefix, after=after, limit=limit)) == contents(matching[:limit])
