"""An answer that says no."""

from __future__ import annotations


class AwsError(Exception):
    """AWS's code and sentence, and the status they come with."""

    def __init__(self, code: str, sentence: str, status: int = 400) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code, self.sentence, self.status = code, sentence, status


def invalid(sentence: str) -> AwsError:
    return AwsError("ValidationException", sentence)
