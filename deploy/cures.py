"""What a failing gcloud command means, and what to do about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from deploy.errors import DeployError

# What goes away by itself within a minute or two: something made just now is not known everywhere yet.
_PASSING = re.compile(
    r"SERVICE_DISABLED|it is disabled|has not been used in project|service account \S* ?does not exist|"
    r"concurrent policy changes|\bABORTED\b|\bUNAVAILABLE\b|try again later|"
    r"Service agents are being provisioned|resource .* is not ready|"
    # Roles that were given to our own accounts a moment ago.
    r"Permission denied on secret|gatehouse(-build)?@\S+ does not have storage\.",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cure:
    """What gcloud says, what that means, and what helps."""

    pattern: str
    sentence: str
    cure: str


# The first that fits counts; {project} is filled in, {1} is what the pattern found.
_CURES = (
    Cure(
        r"active account selected|gcloud auth login|Reauthentication|invalid_grant",
        "gcloud is not logged in, or its login has ended.",
        "`gcloud auth login`, then run the same command again.",
    ),
    Cure(
        r"unrecognized arguments?: (--[\w-]+)|Invalid choice: '([\w-]+)'",
        "This gcloud does not know {1}: it is older than what Gatehouse is deployed with.",
        "`gcloud components update` (or update the package it came with), then run the same command again.",
    ),
    Cure(
        r"billing|BILLING_DISABLED",
        "Billing is not enabled for the project {project}, and nothing below works without.",
        "https://console.cloud.google.com/billing/linkedaccount?project={project} links a billing account; "
        "a new account comes with a free trial.",
    ),
    Cure(
        r"requireInvokerIam|invoker.?iam",
        "An organisation policy (run.managed.requireInvokerIam) forbids services that callers without a "
        "Google account can reach, and TradingView has none.",
        "Let an administrator of the organisation except the project {project} from "
        "constraints/run.managed.requireInvokerIam, or deploy to a project outside it.",
    ),
    Cure(
        r"allowedPolicyMemberDomains|do(?:es)? not belong to a permitted customer|allUsers",
        "An organisation policy (domain restricted sharing) forbids access for allUsers.",
        "Gatehouse does not need allUsers: remove whatever grants it. Otherwise let an administrator of the "
        "organisation except the project {project} from constraints/iam.allowedPolicyMemberDomains.",
    ),
    Cure(
        r"constraints/([\w.]+)|Organization Policy|orgpolicy",
        "An organisation policy forbids this ({1}).",
        "Let an administrator of the organisation except the project {project} from it, or choose another "
        "REGION where the policy is about places.",
    ),
    Cure(
        r"locations?/([\w-]+)' ?\(or it may not exist\)|location (\S+) is not found|is not a valid location|"
        r"location constraint is not valid|unknown region|not a valid region|"
        r"failed to find the server at ([\w-]+)-run|unsupported location|Invalid value for region",
        "There is no such region, or this product is not offered there.",
        "Choose another REGION: `gcloud run regions list` and `gcloud scheduler locations list` show them.",
    ),
    Cure(
        r"SERVICE_DISABLED|it is disabled|has not been used in project|API \[(\S+)\] not enabled",
        "An API was enabled just now and is not ready everywhere yet.",
        "Wait two minutes and run the same command again; it goes on where it stopped.",
    ),
    Cure(
        r"The project .*does not exist|project '?\S+'? (?:was )?not found|CONSUMER_INVALID",
        "There is no project {project}, or this account may not see it.",
        "`gcloud projects list` shows yours, `gcloud projects create {project}` makes it, and `gcloud config "
        "get account` says who you are.",
    ),
    Cure(
        r"permission '?([\w.]+\.[\w.]+)'? denied|PERMISSION_DENIED|does not have (?:permission|\S+ access)|"
        r"\b403\b|forbidden",
        "This account may not do that in {project} ({1}).",
        "Log in as the project's owner, or let the owner give you roles/owner (`gcloud config get account` "
        "says who you are).",
    ),
    Cure(
        r"bucket name is not available|already own|409.*bucket|bucket.*409",
        "The bucket's name is taken by somebody else's project.",
        "Name another in `.env`: GCS_BUCKET_NAME=a-name-of-your-own.",
    ),
    Cure(
        r"instance name .*(?:reuse|unavailable)|instanceAlreadyExists|cannot be reused",
        "A Cloud SQL instance of this name was deleted less than a week ago, and keeps its name so long.",
        "Wait, deploy to another project, or leave SQL=1 out.",
    ),
    Cure(
        r"quota|RESOURCE_EXHAUSTED",
        "A quota of the project {project} is used up.",
        "https://console.cloud.google.com/iam-admin/quotas?project={project} shows which, and asks for more.",
    ),
    Cure(
        r"failed to start and listen|Revision '?\S+'? is not ready|container.*failed",
        "The new version did not start; the old one, if there is one, still serves.",
        "`gcloud run services logs read gatehouse --region=REGION --project={project} --limit=50` shows its "
        "last words: mostly one sentence that names a setting.",
    ),
    Cure(
        r"build \S+ completed with status|BUILD FAILURE|build step \d+",
        "The image could not be built.",
        "The lines above say which step failed; `gcloud builds list --project={project}` has the whole log.",
    ),
    Cure(
        r"failed to connect|timed? ?out|Could not reach|Name or service not known|SSLError",
        "Google could not be reached, or did not answer in time.",
        "Run the same command again; it goes on where it stopped.",
    ),
)
_LAST_LINES = 6


def is_passing(complaint: str) -> bool:
    """Tell whether the same command is likely to work in a moment."""
    return _PASSING.search(complaint) is not None


def explained(words: Sequence[str], complaint: str, project: str) -> DeployError:
    """Return what a failure means, with gcloud's own last words."""
    command = " ".join(word for word in words if not word.startswith("-"))
    said = "".join(f"\n    {line}" for line in complaint.strip().splitlines()[-_LAST_LINES:])
    sentence, cure = meaning(complaint, project)
    return DeployError(f"`gcloud {command}` failed. {sentence}{said}", cure)


def meaning(complaint: str, project: str) -> tuple[str, str]:
    """Return the sentence and the cure that fit best."""
    for each in _CURES:
        found = re.search(each.pattern, complaint, re.IGNORECASE)
        if found is not None:
            named = next((part for part in found.groups() if part), found[0])
            values = {"project": project}
            return each.sentence.format(None, named, **values), each.cure.format(None, named, **values)
    return (
        "gcloud says why below.",
        "Put that right and run the same command again; it goes on where it stopped.",
    )
