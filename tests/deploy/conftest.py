import re
from dataclasses import dataclass, field

import pytest

from deploy.__main__ import Outside, main
from tests.simulators.gcloud import StandIn

PLACE = ("PROJECT=demo", "REGION=us-east4")


@dataclass
class Deployer:
    """Whoever runs `make deploy`, on a stand-in for gcloud that can be looked into."""

    gcloud: StandIn
    capture: pytest.CaptureFixture
    answers: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    def __call__(self, *words: str, said: dict[str, str] | None = None, answer: str = "y") -> int:
        self.gcloud.changes.clear()
        self.capture.readouterr()
        outside = Outside(
            gcloud=self.gcloud,
            ask=lambda _question: answer,
            wait=self.waited.append,
            said=lambda: said or {},
            tag=lambda: "source-0123456789ab",
        )
        code = main([*PLACE, *words], outside)
        self.output, self.complaint = self.capture.readouterr()
        return code

    @property
    def state(self) -> dict:
        return self.gcloud.state

    @property
    def told(self) -> dict[str, str]:
        """What the service gets as its environment, secrets included."""
        template = self.state["services"]["gatehouse"]["spec"]["template"]
        variables = template["spec"]["containers"][0]["env"]
        return {each["name"]: each.get("value") or self.secret_of(each) for each in variables}

    def secret_of(self, variable: dict) -> str:
        return self.state["secrets"][variable["valueFrom"]["secretKeyRef"]["name"]][-1]

    def changed(self) -> list[str]:
        """The verbs of what was changed."""
        return [re.split(r" (?:-|\S*\.|gs:)", " ".join(words))[0] for words in self.gcloud.changes]


@pytest.fixture
def deployer(capsys) -> Deployer:
    return Deployer(StandIn(), capsys)
