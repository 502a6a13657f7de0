"""What stops a deployment: one sentence, and the cure."""


class DeployError(Exception):
    """Something is wrong that its owner can put right."""

    def __init__(self, sentence: str, cure: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.cure = cure
