"""Where JSON is broken: the place with what stands around it, secrets hidden, and which usual slip it is."""

import json
import re
from collections.abc import Callable, Iterator

# As much is shown on either side of the place; a secret's name stands no further before it than the other.
AROUND = 10
LONGEST_LOOK = 4096
# Shorter values stand in other texts by chance.
SHORTEST_REPEATED = 6

_CURLY = "“”„‟«»‘’‚‛"  # noqa: RUF001  # the very letters that are mistaken for quotes
_ANY_QUOTE = "\"'" + _CURLY
_AROUND_VALUES = _ANY_QUOTE + " \t\r\n,:}]"
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d[\w.+-]*|[{}\[\]]', re.DOTALL)
# Whatever follows such a word may be a secret, however badly it is written.
_SECRET_NAME = re.compile(
    r"secret|token|passw|passphrase|auth|key|credential|cookie|signature|pin\b|\bcode\b", re.IGNORECASE
)
_VALUE_START = re.compile(rf"\w*([{_ANY_QUOTE}]?)\s*[:=]?\s*([{_ANY_QUOTE}]?)")
_NEXT_NAME = re.compile(rf"[,{{]\s*([{_ANY_QUOTE}])[\w.]{{1,40}}[{_ANY_QUOTE}]\s*:")
_NEXT_BARE_NAME = re.compile(rf"[,{{&]\s*[{_ANY_QUOTE}]?[\w.]{{1,40}}[{_ANY_QUOTE}]?\s*[:=]")
_LONG_WORD = re.compile(r"[\w+/=-]{16,}")
_COLON = re.compile(r"\s*:")
_NOTHING = frozenset({"nan", "na", "n/a", "null", "none", "undefined", "nil"})
_MISQUOTED = re.compile(rf"[{{,:]\s*[{_CURLY}]|[{_CURLY}]\s*[:,}}]")

_CURLY_QUOTES = 'curly quotes stand where straight ones (") belong'
_UNESCAPED = 'a quote stands inside a text (write \\" there), or one is missing'
THOUSANDS = "a number has a comma in it; write 64340.15, not 64,340.15"


def place(text: str, at: int) -> str:
    """Name a place and show what stands around it; nothing of a secret is shown."""
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    first, last, seen_from = max(at - AROUND, 0), at + AROUND, max(at - LONGEST_LOOK, 0)
    hidden = _hide_secrets(text[seen_from : at + LONGEST_LOOK])[first - seen_from : last - seen_from]
    shown = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in hidden)
    before, after = "…" if first else "", "…" if last < len(text) else ""
    return f"line {line}, column {column}, near {before}{shown}{after}"


def slip(text: str, at: int, words: str) -> str:
    """Say in one sentence what the usual cause is; `words` are the parser's own."""
    outside = _outside(text, words)
    if outside is not None:
        return outside
    before, here = text[:at].rstrip(), text[at:].lstrip()
    found = _at_a_sign(before, here) or _between(before, here, words) or _at_a_word(here, words)
    return found or words[:1].lower() + words[1:]


def number_place(text: str, literal: str) -> int:
    """Find a number that cannot be used."""
    return next((token.start() for token in _TOKEN.finditer(text) if token.group() == literal), 0)


def repeated_place(text: str, name: str) -> int:
    """Find where a name stands in one object for the second time."""
    open_names: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        sign = token.group()
        if sign in {"{", "["}:
            open_names.append(set())
        elif sign in {"}", "]"}:
            del open_names[-1:]
        elif open_names and _COLON.match(text, token.end()) and _read(sign) == name:
            if name in open_names[-1]:
                return token.start()
            open_names[-1].add(name)
    return 0


def depth_place(text: str, deepest: int) -> int:
    """Find where more is opened within each other than may be."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token.group(), 0)
        if depth > deepest:
            return token.start()
    return 0


def text_place(text: str, is_meant: Callable[[str], bool]) -> int:
    """Find the first text of a kind."""
    texts = (token for token in _TOKEN.finditer(text) if token.group().startswith('"'))
    return next((token.start() for token in texts if is_meant(_read(token.group()))), 0)


def _read(quoted: str) -> str:
    try:
        return str(json.loads(quoted, strict=False))
    except ValueError:
        return ""


def _hide_secrets(text: str) -> str:
    """Cover what may be a secret, letter for letter, so that places stay where they are."""
    letters = list(text)
    secrets = list(_secret_spans(text))
    for first, last in [*secrets, *_repeated_spans(text, secrets), *_long_spans(text)]:
        letters[first:last] = "*" * (last - first)
    return "".join(letters)


def _secret_spans(text: str) -> Iterator[tuple[int, int]]:
    for name in _SECRET_NAME.finditer(text):
        start = _VALUE_START.match(text, name.end())
        begin = start.end() if start is not None else name.end()
        quote = start.group(2) if start is not None else ""
        # A text may hold what looks like the next name: it ends where a quote and a sign of JSON meet.
        closed = re.compile(rf"{re.escape(quote)}\s*[,}}\]]").search(text, begin) if quote else None
        is_quoted = start is not None and bool(start.group(1))
        following = (_NEXT_NAME if is_quoted else _NEXT_BARE_NAME).search(
            text, closed.start() if closed is not None else begin
        )
        yield begin, following.start() if following is not None else len(text)


def _repeated_spans(text: str, secrets: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Find where a secret's value stands a second time, in a comment say."""
    values = {text[first:last].strip(_AROUND_VALUES) for first, last in secrets}
    for value in values:
        if len(value) >= SHORTEST_REPEATED:
            for again in re.finditer(re.escape(value), text):
                yield again.span()


def _long_spans(text: str) -> Iterator[tuple[int, int]]:
    """Long words of letters and figures look like keys, wherever they stand."""
    for word in _LONG_WORD.finditer(text):
        if any(letter.isdigit() for letter in word.group()) and any(map(str.isalpha, word.group())):
            yield word.span()


def _outside(text: str, words: str) -> str | None:
    if not text.lstrip().startswith("{"):
        if "{" in text:
            return "text stands before the {"
        return "it must be one object, { … }, or one line that begins with buy, sell, close or exit"
    if words.startswith("Extra data"):
        return "text stands after the closing }; send one object alone"
    return None


def _at_a_sign(before: str, here: str) -> str | None:
    sign = here[:1]
    if sign and sign in _CURLY:
        return _CURLY_QUOTES
    if sign == "'":
        return 'single quotes stand where double ones (") belong'
    following = here[1:].lstrip()[:1]
    if (before.endswith(",") and sign in {"}", "]"}) or (sign == "," and following in {"}", "]"}):
        return "a comma stands before the closing bracket; leave it out"
    if re.search(r"[:\s-]\d{1,3},$", before) and re.match(r"\d{3}", here):
        return THOUSANDS
    if before.endswith("{") and sign == "{":
        return "a placeholder is not filled in; put it in quotes"
    return None


def _between(before: str, here: str, words: str) -> str | None:
    if not here:
        return "it ends too early; a closing } or quote is missing"
    if words.startswith("Unterminated"):
        return _CURLY_QUOTES if _MISQUOTED.search(here) else "a text has no closing quote"
    if words.startswith("Invalid \\"):
        return "a backslash in a text is written twice: \\\\"
    if words.startswith("Expecting ':'") and before.endswith('"') and here.startswith('"'):
        return "a colon is missing between a name and its value"
    if words.startswith(("Expecting ','", "Expecting ':'")):
        return _after_a_value(before, here)
    return None


def _after_a_value(before: str, here: str) -> str | None:
    if re.match(r'"[^"]*"\s*:', here):
        return "a comma is missing between two fields"
    if before.endswith('"'):
        last_text = before[before.rfind('"', 0, -1) :]
        return _CURLY_QUOTES if _MISQUOTED.search(last_text) else _UNESCAPED
    if re.search(r"\D0$", before) and here[:1].isdigit():
        return "a number must not begin with a zero"
    return None


def _at_a_word(here: str, words: str) -> str | None:
    word = re.match(r"[-+]?[^\W\d][\w/]*", here)
    if word is None:
        return "a number begins with a figure, as in 0.5" if re.match(r"[.+]\d", here) else None
    if words.startswith("Expecting property name"):
        return "a name wants double quotes around it"
    said = word.group().lstrip("+-").lower()
    if said in _NOTHING:
        return f"{said} is no number; leave the field out"
    return "it is written in small letters" if said in {"true", "false"} else "a text wants quotes around it"
