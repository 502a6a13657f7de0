"""A route that is cheap to make: no address writer is compiled before it is used."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Address = tuple[str, str]
"""The host's part and the path of an address."""


class Route(Rule):
    """A rule whose two address writers wait.

    Compiling them took most of a start, and nothing here uses one. The override knows a private name of
    Werkzeug, which the lock holds still.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Address]:  # noqa: FBT001, FBT002
        compile_writer = super()._compile_builder

        def write(rule: Rule, **values: Any) -> Address:
            return compile_writer(append_unknown)(rule, **values)

        return write
