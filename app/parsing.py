"""How settings are read: from text to a value, or to a ValueError that says what is wrong."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, field
from datetime import time
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

# The addresses that TradingView publishes for its webhooks.
SOURCE_PRESETS = {"tradingview": "52.89.214.238,34.212.75.30,54.218.53.128,52.32.178.7"}

LARGEST_FIGURE = 10**12

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_EMAIL = re.compile(r"[^@\s,;]{1,64}@[^@\s,;]{1,190}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_BOT_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,46}[A-Za-z0-9])?")
_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?")
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
# As libpq reads it, to which `#`, `?` and `[` are letters like others, and as who forgot a % meant it.
_PASSWORDS = (re.compile(r"[a-z]+://[^:/@]*:([^@/]*)@"), re.compile(r"[a-z]+://[^:/@]*:([^?]*)@"))

Parser = Callable[[str], Any]


def setting(
    meaning: str, default: Any, parse: Parser = str, *, secret: bool = False, alias: str = "", needs: str = ""
) -> Any:
    """Declare one setting, named as the attribute in capitals; without what it `needs` it is refused."""
    metadata = {"meaning": meaning, "parse": parse, "secret": secret, "alias": alias, "needs": needs}
    return field(default=default, repr=not secret, metadata=metadata)


def boolean(text: str) -> bool:
    """Read true or false."""
    values = {"true": True, "1": True, "yes": True, "on": True}
    values |= {"false": False, "0": False, "no": False, "off": False}
    if text.lower() not in values:
        raise ValueError("must be true or false")
    return values[text.lower()]


def integer(text: str) -> int:
    """Read a whole number that is not negative."""
    try:
        number = int(text)
    except ValueError as error:
        raise ValueError("must be a whole number") from error
    if number < 0:
        raise ValueError("must not be negative")
    return number


def decimal(text: str) -> Decimal:
    """Read a finite number that is not negative."""
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("must be a number") from error
    if not number.is_finite() or not 0 <= number <= LARGEST_FIGURE:
        raise ValueError(f"must be a number from 0 to {LARGEST_FIGURE}")
    return number


def uuid(text: str) -> str:
    """Read a UUID as it is written in an address: 36 characters, in small letters."""
    small = text.lower()
    if _UUID.fullmatch(small) is None:
        raise ValueError("must be a UUID like 47462f2d-378c-4bf5-a016-1c1221aa0e62")
    return small


def email(text: str) -> str:
    """Read an e-mail address."""
    if _EMAIL.fullmatch(text) is None:
        raise ValueError("must be an e-mail address")
    return text


def currency(text: str) -> str:
    """Read a currency's three letters."""
    if _CURRENCY.fullmatch(text.upper()) is None:
        raise ValueError("must be three letters, like USD")
    return text.upper()


def fraction(text: str) -> Decimal:
    """Read a number from 0 to 1."""
    number = decimal(text)
    if number > 1:
        raise ValueError("must be a fraction between 0 and 1")
    return number


def positive(parse: Parser) -> Parser:
    """Return a parser that refuses zero."""

    def positive(text: str) -> Any:
        number = parse(text)
        if number <= 0:
            raise ValueError("must be greater than zero")
        return number

    return positive


def at_least(least: int) -> Parser:
    """Return a parser of whole numbers that are not smaller."""

    def whole(text: str) -> int:
        number = integer(text)
        if number < least:
            raise ValueError(f"must be at least {least}")
        return number

    return whole


def port(text: str) -> int:
    """Read a TCP port."""
    number = integer(text)
    if not 1 <= number <= 65535:  # noqa: PLR2004  # the range of TCP ports
        raise ValueError("must be a port between 1 and 65535")
    return number


def clock_time(text: str) -> time:
    """Read a time of day without a zone, as 08:30."""
    try:
        moment = time.fromisoformat(text)
    except ValueError as error:
        raise ValueError("must be a time of day like 08:30") from error
    if moment.tzinfo is not None:
        raise ValueError("must be a time of day like 08:30")
    return moment


def one_of(*names: str) -> Parser:
    """Return a parser that takes one of these words, in any case."""

    def choice(text: str) -> str:
        for name in names:
            if text.lower() == name.lower():
                return name
        raise ValueError(f"must be one of {', '.join(names)}")

    return choice


def words(text: str) -> tuple[str, ...]:
    """Read names, separated by commas."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names or not all(_NAME.fullmatch(name) for name in names):
        raise ValueError("must list names of letters, digits, dots, dashes and underscores")
    return names


def url(text: str) -> str:
    """Read an http:// or https:// address, without its last slash."""
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise ValueError("must be an http:// or https:// address") from error
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("must be an http:// or https:// address")
    return text.rstrip("/")


def database_url(text: str) -> str:
    """Read the address of a PostgreSQL database; several hosts may stand in it, by commas."""
    if re.fullmatch(r"postgres(ql)?://[^\s/]*/\S+", text) is None:
        raise ValueError("must be written as postgresql://user:password@host:5432/database")
    return text


def passwords_in(address: str | None) -> tuple[str, ...]:
    """Return the passwords that stand in an address, as they are written there and as they are meant."""
    text = address or ""
    written = [found[1] for read in _PASSWORDS if (found := read.match(text)) is not None]
    said = parse_qs(text.partition("?")[2]).get("password", [])
    return tuple(dict.fromkeys(each for text in (*written, *said) for each in (text, unquote(text)) if each))


def bot_id(text: str) -> str:
    """Read a bot's id, as bots may have."""
    if _BOT_ID.fullmatch(text) is None:
        raise ValueError("must be a bot's id: 1 to 48 letters, digits, dots, dashes or underscores")
    return text


def public_key(text: str) -> str:
    """Read an Ed25519 public key: 32 bytes in hexadecimal."""
    if re.fullmatch(r"[0-9a-fA-F]{64}", text) is None:
        raise ValueError("must be a public key of 64 hexadecimal digits")
    return text.lower()


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def speakers(text: str) -> tuple[str, ...]:
    """Read who is heard in chat: `slack:U123` or `discord:456`, by commas."""
    found = _listed(text)
    for name in found:
        if re.fullmatch(r"(slack:[A-Z0-9]{2,40}|discord:[0-9]{2,40})", name) is None:
            raise ValueError("must be written as slack:U0123ABC,discord:123456789")
    return found


def channel_id(text: str) -> str:
    """Read the id of a channel in Slack: a name can be given to another channel."""
    if re.fullmatch(r"[CDG][A-Z0-9]{2,40}", text) is None:
        raise ValueError("must be a channel's id, like C0123ABCD")
    return text


def discord_id(text: str) -> str:
    """Read an id of Discord."""
    if re.fullmatch(r"[0-9]{2,40}", text) is None:
        raise ValueError("must be an id of digits")
    return text


def origins(text: str) -> tuple[str, ...]:
    """Read hosts and origins, by commas; a host alone is spoken to by https."""
    found = []
    for name in _listed(text):
        whole = name if "://" in name else f"https://{name}"
        parts = urlsplit(url(whole))
        if parts.path or parts.query or not _HOST.fullmatch(parts.netloc):
            raise ValueError("must be hosts or origins, like example.com,http://127.0.0.1:9000")
        found.append(f"{parts.scheme}://{parts.netloc.lower()}")
    return tuple(found)


def networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Read addresses, networks and presets, separated by commas."""
    names = [SOURCE_PRESETS.get(name.strip().lower(), name.strip()) for name in text.split(",")]
    addresses = [address for name in names for address in name.split(",") if address]
    if not addresses:
        raise ValueError("must list addresses, networks or the preset 'tradingview'")
    try:
        return tuple(ipaddress.ip_network(address, strict=False) for address in addresses)
    except ValueError as error:
        raise ValueError("must list addresses, networks or the preset 'tradingview'") from error


LEVEL = one_of("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def environment_names(item: "Field[Any]") -> tuple[str, ...]:
    """Return the names under which a setting is read; the first one found counts."""
    alias = item.metadata["alias"]
    return (item.name.upper(), alias) if alias else (item.name.upper(),)


def is_set(item: "Field[Any]", environment: Mapping[str, str]) -> bool:
    """Tell whether the environment says anything."""
    return any(environment.get(name, "").strip() for name in environment_names(item))


def read_setting(item: "Field[Any]", environment: Mapping[str, str]) -> Any:
    """Return what the environment says; raise ValueError with a sentence that names the setting."""
    name = next(name for name in environment_names(item) if environment.get(name, "").strip())
    text = environment[name].strip()
    try:
        return item.metadata["parse"](text)
    except ValueError as error:
        hidden = item.metadata["secret"] or "@" in text
        shown = "the value given" if hidden else repr(text)
        raise ValueError(f"{name} {error}, not {shown}") from error
