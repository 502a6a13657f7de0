"""A route that is cheap to make: what writes its address is compiled only while an address is written."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Address = tuple[str, str]
"""The host's part and the path of an address."""


class Route(Rule):
    """A rule whose two address writers wait: compiling them took most of a start, and nothing here uses one.

    The override names a private method of Werkzeug; should that ever go, rules are compiled at once again.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Address]:  # noqa: FBT001, FBT002
        compile_writer = super()._compile_builder

        def write(rule: Rule, **values: Any) -> Address:
            return compile_writer(append_unknown)(rule, **values)

        return write
