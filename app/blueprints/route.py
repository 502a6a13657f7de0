"""A route that is cheap to make: each path is parsed once in a process, and no address writer is compiled."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Address = tuple[str, str]
"""The host's part and the path of an address."""

# What parsing leaves in a rule; nothing of it is changed afterwards.
PARSED = ("_parts", "_trace", "_converters")


class Route(Rule):
    """A rule that takes over what the same path was parsed to before, and whose two address writers wait.

    Compiling the writers took most of a start, and nothing here uses one; parsing anew took a third of what a
    further application costs. The overrides know private names of Werkzeug, which the lock holds still.
    """

    _first: dict[Any, "Route"] = {}  # noqa: RUF012  # one for all applications of the process

    def compile(self) -> None:
        """Become able to match, and to write addresses."""
        how = (self.rule, self.subdomain, self.host, self.merge_slashes, self.map.host_matching)
        same = (*how, *self.map.converters.items())
        first = self._first.get(same)
        if first is None:
            super().compile()
            self._first[same] = self
            return
        for name in PARSED:
            setattr(self, name, getattr(first, name))
        self.arguments |= self._converters.keys()
        self._build = self._compile_builder(append_unknown=False).__get__(self, None)
        self._build_unknown = self._compile_builder(append_unknown=True).__get__(self, None)

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., Address]:  # noqa: FBT001, FBT002
        compile_writer = super()._compile_builder

        def write(rule: Rule, **values: Any) -> Address:
            return compile_writer(append_unknown)(rule, **values)

        return write
