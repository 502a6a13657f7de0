"""What gcloud refuses, in its own kind of words."""


class Refused(Exception):
    """The command ends with an error."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def absent(kind: str, name: str) -> Refused:
    """There is no such thing."""
    return Refused(f"NOT_FOUND: {kind} [{name}] was not found.")


def taken(kind: str, name: str) -> Refused:
    """There is one already."""
    return Refused(f"ALREADY_EXISTS: {kind} [{name}] already exists.")


def malformed(what: str) -> Refused:
    """The command line is wrong: gcloud's parser ends with 2."""
    return Refused(f"ERROR: (gcloud) {what}", code=2)
