"""What the owner reads: the plan before it, and the addresses after it."""

from collections.abc import Iterator

from deploy.options import SERVICE
from deploy.prices import monthly
from deploy.rooms.secrets import secret_name
from deploy.rooms.service import instances
from deploy.steps import Part
from deploy.wish import Wish

_MOVING = "the state is moved first, as docs/deployment.md#moving-the-state says."


def plan_page(wish: Wish, plan: list[Part]) -> str:
    """Return the plan: what is told to whom, what is made, each command as a shell would take it."""
    return "\n".join([*_heading(wish), *_settings(wish), *_parts(plan), *_costs(wish)])


def _heading(wish: Wish) -> Iterator[str]:
    verb = "New revision of" if wish.running.exists else "First deployment of"
    yield f"{verb} Gatehouse to Cloud Run: project {wish.options.project}, region {wish.options.region}"
    home = "PostgreSQL (Cloud SQL)" if wish.sql else "PostgreSQL (DATABASE_URL)"
    state = home if wish.settings.uses_database else f"the bucket gs://{wish.settings.bucket}"
    yield f"  state      {state}"
    yield f"  address    {wish.settings.public_url}"
    yield f"  instances  1 to {instances(wish)}" if instances(wish) > 1 else "  instances  1, always on"
    yield f"  sends from {'one reserved address' if wish.egress else 'addresses of Google, which change'}"
    yield f"  orders     {_orders(wish)}"
    if wish.moves_state:
        yield f"\n  WARNING: {_move(wish)}. So none is started:\n  {_MOVING}"


def _orders(wish: Wish) -> str:
    told = wish.settings.plain
    if told.get("DRY_RUN", "true").lower() in {"true", "1", "yes", "on"}:
        return "dry run: outside brokers get none"
    if told.get("ALLOW_LIVE_TRADING", "false").lower() in {"true", "1", "yes", "on"}:
        return "REAL MONEY may be used (DRY_RUN=false, ALLOW_LIVE_TRADING=true)"
    return "to paper accounts (DRY_RUN=false)"


def _move(wish: Wish) -> str:
    one, other = "the bucket", "PostgreSQL"
    if wish.running.keeps_state_in_database:
        one, other = other, one
    if wish.settings.uses_database and not wish.sql:
        other = "the PostgreSQL of DATABASE_URL"
    return f"the state is in {one} now, and a new revision would look for it in {other}"


def _settings(wish: Wish) -> Iterator[str]:
    yield "\nSettings"
    before = wish.running.plain
    for name, value in sorted(wish.settings.plain.items()):
        was = f"   (was {before[name]})" if name in before and before[name] != value else ""
        yield f"  {name}={value}{was}"
    for name, secret in sorted(wish.settings.secrets.items()):
        source = "from .env" if secret is not None else "as Secret Manager has it, or made"
        yield f"  {name} in the secret {secret_name(wish, name)} ({source})"
    for name in wish.settings.removed:
        yield f"  {name} is taken away"
    for name, reason in wish.settings.left_out:
        yield f"  {name} of .env is left out: {reason}"


def _parts(plan: list[Part]) -> Iterator[str]:
    number = 0
    for part in plan:
        if not part.is_asked_for:
            continue
        yield f"\n{part.title}" + ("" if part.steps else ": nothing is missing")
        for step in part.steps:
            number += 1
            yield f"  {number}. {step.why}"
            if step.given is not None:
                yield "     # its value goes through standard input"
            yield from (f"     {line}" for line in step.shell.splitlines())


def _costs(wish: Wish) -> Iterator[str]:
    rows = monthly(
        bucket=not wish.settings.uses_database,
        sql=wish.sql,
        egress=wish.egress,
        secrets=len(wish.settings.secrets),
    )
    yield "\nA month costs about (docs/operating.md#what-it-costs; without tax, network and alerts)"
    for what, dollars in rows:
        yield f"  {what:<52} ${dollars:>6}"
    yield f"  {'together':<52} ${sum(dollars for _, dollars in rows):>6}"


def farewell(wish: Wish, address: str | None) -> str:
    """Return where everything is, and the commands that show the secrets."""
    if wish.moves_state:
        return f"\nNo new revision was started: {_move(wish)}.\nNow {_MOVING}"
    url, project, region = wish.settings.public_url, wish.project, f"--region={wish.options.region}"
    lines = [
        "\nGatehouse runs.",
        f"  Webhook URL for TradingView  {url}/webhook?secret=WEBHOOK_SECRET",
        f"  its secret                   {_shows(wish, 'WEBHOOK_SECRET')}",
        f"  Dashboard                    {url}/",
        f"  to sign in                   {_shows(wish, 'OPERATOR_TOKEN')}",
        f"  Is it well?                  curl -s {url}/readyz",
        f"  Its log                      gcloud run services logs read {SERVICE} {region} {project}",
    ]
    if address is not None:
        lines.append(f"  Register at Fyers            {address}")
    if "FYERS_APP_ID" in wish.settings.plain:
        redirect = wish.settings.plain.get("FYERS_REDIRECT_URI", f"{url}/auth-callback")
        lines.append(f"  Fyers' redirect URL          {redirect}")
    return "\n".join(lines)


def _shows(wish: Wish, setting: str) -> str:
    return f"gcloud secrets versions access latest --secret={secret_name(wish, setting)} {wish.project}"
