"""One address for everything that is sent: a network, a router, a NAT with a reserved address."""

from collections.abc import Iterator

from deploy.look import Cloud
from deploy.options import SERVICE
from deploy.steps import Part, PlanStep, step
from deploy.wish import Wish

# The smallest range that Cloud Run takes.
RANGE = "10.8.0.0/26"


def egress(wish: Wish) -> Part:
    """Make what is missing."""
    steps = tuple(_missing(wish)) if wish.egress else ()
    return Part("One address for Fyers", steps, is_asked_for=wish.egress)


def address(cloud: Cloud, region: str) -> str | None:
    """Return the reserved address, once there is one."""
    found = cloud.read("compute", "compute", "addresses", "describe", SERVICE, f"--region={region}")
    return found and str(found["address"])


def _region(wish: Wish) -> str:
    return f"--region={wish.options.region}"


def _missing(wish: Wish) -> Iterator[PlanStep]:
    region, network = _region(wish), f"--network={SERVICE}"
    if _lacks(wish, "networks", SERVICE):
        words = ("compute", "networks", "create", SERVICE, "--subnet-mode=custom", wish.project)
        yield step("Make a network", *words)
    if _lacks(wish, "networks", "subnets", SERVICE, region):
        yield step(
            "Make its subnet, from which Google's own services are reached directly",
            *("compute", "networks", "subnets", "create", SERVICE, network, region, f"--range={RANGE}"),
            *("--enable-private-ip-google-access", wish.project),
        )
    if _lacks(wish, "addresses", SERVICE, region):
        yield step("Reserve the address", "compute", "addresses", "create", SERVICE, region, wish.project)
    if _lacks(wish, "routers", SERVICE, region):
        yield step("Make a router", "compute", "routers", "create", SERVICE, network, region, wish.project)
    if _lacks(wish, "routers", "nats", SERVICE, f"--router={SERVICE}", region):
        yield step(
            "Send everything from the reserved address",
            *("compute", "routers", "nats", "create", SERVICE, f"--router={SERVICE}", region),
            *(f"--nat-external-ip-pool={SERVICE}", f"--nat-custom-subnet-ip-ranges={SERVICE}", wish.project),
        )


def _lacks(wish: Wish, *place: str) -> bool:
    *kind, name = [word for word in place if not word.startswith("-")]
    flags = [word for word in place if word.startswith("-")]
    return wish.cloud.read("compute", "compute", *kind, "describe", name, *flags) is None
