"""`python -m deploy [plan] PROJECT=… REGION=…`: what `make deploy` and `make deploy-plan` run."""
# ruff: noqa: T201  # it talks to whoever runs it

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from deploy.carry_out import Wait, carry_out
from deploy.checks import check_settings
from deploy.dotenv import read_dotenv
from deploy.errors import DeployError
from deploy.gcloud import Gcloud, real_gcloud
from deploy.known_settings import ROOT
from deploy.look import Cloud, NothingYet, RealCloud
from deploy.options import read_options
from deploy.plan import make_plan, steps_of
from deploy.rooms.egress import address
from deploy.source import source_tag
from deploy.wish import Wish, make_wish
from deploy.words import farewell, plan_page

INTERRUPTED = 130
_EMPTY = "this is the plan of an empty project, whose number PROJECT_NUMBER stands for."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What a deployment meets; tests bring their own."""

    gcloud: Gcloud = real_gcloud
    ask: Callable[[str], str] = input
    wait: Wait = time.sleep
    said: Callable[[], dict[str, str]] = lambda: read_dotenv(ROOT / ".env")
    tag: Callable[[], str] = source_tag


def main(arguments: Sequence[str], outside: Outside | None = None) -> int:
    """Deploy, or say in a sentence why not; return the exit code."""
    try:
        _deploy(arguments, outside or Outside())
    except DeployError as error:
        cure = f"\nWhat to do: {error.cure}" if error.cure else ""
        print(f"\n{error.sentence}{cure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nBroken off. Run the same command again: it goes on where it stopped.", file=sys.stderr)
        return INTERRUPTED
    return 0


def _deploy(arguments: Sequence[str], outside: Outside) -> None:
    words = dict(word.partition("=")[::2] for word in arguments if "=" in word)
    options = read_options(words, plan_only="plan" in arguments)
    gcloud, said = outside.gcloud, outside.said()
    if not options.plan_only:
        print(f"Looking at what is there in {options.project} …", flush=True)
    cloud: Cloud = NothingYet() if options.plan_only else RealCloud(gcloud, options.project)
    wish = make_wish(options, cloud, said, outside.tag())
    check_settings(wish)
    plan = make_plan(wish)
    print(plan_page(wish, plan))
    if options.plan_only:
        print(f"\nNothing was run, and nothing was asked: {_EMPTY}")
        return
    if not options.yes:
        _confirm(outside.ask)
    carry_out(steps_of(plan), gcloud, options.project, lambda line: print(line, flush=True), outside.wait)
    print(farewell(wish, _address(wish, gcloud) if wish.egress else None))


def _address(wish: Wish, gcloud: Gcloud) -> str | None:
    return address(RealCloud(gcloud, wish.options.project), wish.options.region)


def _confirm(ask: Callable[[str], str]) -> None:
    try:
        answer = ask("\nGo on? [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() not in {"y", "yes"}:
        raise DeployError("Nothing was done.", "Answer y, or add YES=1 where nobody can answer.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
