"""A command line, read as strictly as gcloud reads it."""

import re
from dataclasses import dataclass

from tests.simulators.gcloud.forms import EVERYWHERE, FORMS, Form
from tests.simulators.gcloud.refusals import malformed

# A flag on which gcloud would put a value into its log, or into the list of processes.
SPEAKING = {"--password", "--root-password"}
DELIMITED = re.compile(r"\^([^^]+)\^(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Command:
    """A command with what it is about and its flags."""

    name: str
    form: Form
    about: tuple[str, ...]
    flags: dict[str, str]

    def flag(self, name: str, default: str = "") -> str:
        return self.flags.get(f"--{name}", default)


def read_command(words: list[str]) -> Command:
    """Return the command; refuse what the reference does not know."""
    name = next((" ".join(words[:length]) for length in (4, 3, 2) if " ".join(words[:length]) in FORMS), None)
    if name is None:
        raise malformed(f"Invalid choice: '{' '.join(words[:3])}'.")
    form = FORMS[name]
    rest = words[len(name.split()) :]
    flags = dict(_flag(word, form) for word in rest if word.startswith("--"))
    about = tuple(word for word in rest if not word.startswith("--"))
    _check(form, about, flags)
    return Command(name, form, about, flags)


def _flag(word: str, form: Form) -> tuple[str, str]:
    name, sign, value = word.partition("=")
    known = EVERYWHERE | form.flags
    if name not in known or name in SPEAKING:
        raise malformed(f"unrecognized arguments: {name}")
    shape = known[name]
    if (shape is None) == bool(sign):
        raise malformed(
            f"argument {name}: {'ignored explicit argument' if sign else 'expected one argument'}"
        )
    if shape is not None and re.fullmatch(shape, value, re.DOTALL) is None:
        raise malformed(f"argument {name}: Bad value [{value}]")
    return name, value


def _check(form: Form, about: tuple[str, ...], flags: dict[str, str]) -> None:
    missing = [name for name in form.must if name not in flags]
    if missing or (form.about is not None and not about):
        raise malformed(f"argument {' '.join(missing) or 'NAME'}: Must be specified.")
    if form.about is None and about:
        raise malformed(f"unrecognized arguments: {about[0]}")
    for name in about:
        if re.fullmatch(form.about or "", name) is None:
            raise malformed(f"Invalid value for [NAME]: {name}")


def pairs(text: str) -> dict[str, str]:
    """Read NAME=value pairs, with the delimiter that ^X^ names in front; see `gcloud topic escaping`."""
    found = DELIMITED.fullmatch(text)
    mark, text = (found[1], found[2]) if found else (",", text)
    parts = [part.partition("=") for part in text.split(mark)]
    if any(not sign for _, sign, _ in parts):
        raise malformed(f"Bad syntax for dict arg: [{text}].")
    return {name: value for name, _, value in parts}
