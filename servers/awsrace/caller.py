"""Who asks, and what its policies let it do."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from awsrace.error import AwsError

ACCOUNT = "123456789012"

Statement = dict[str, Any]


@dataclass
class Caller:
    """A user, a role somebody plays, or the account's administrator."""

    arn: str
    unique: str
    policies: dict[str, list[Statement]] = field(default_factory=dict)

    def must(self, action: str, resource: str, told: str | None = None, **context: str | None) -> None:
        """Refuses unless a policy allows it; `told` is what AWS calls the resource in its sentence.

        What conditions ask for is in `context`, with _ for the colon in its name; None where the call does not say it.
        """
        said = {name.replace("_", ":", 1): value for name, value in context.items()}
        concerned = [at for at in self._statements() if concerns(at, action, resource) and holds(at, said)]
        effects = {statement["Effect"] for statement in concerned}
        if "Deny" not in effects and "Allow" in effects:
            return
        why = f"no identity-based policy allows the {action} action"
        reason = "with an explicit deny in an identity-based policy" if "Deny" in effects else f"because {why}"
        sentence = f"User: {self.arn} is not authorized to perform: {action} on resource: {told or resource} {reason}"
        raise AwsError("AccessDeniedException", sentence)

    def _statements(self) -> list[Statement]:
        return [statement for statements in self.policies.values() for statement in statements]


def concerns(statement: Statement, action: str, resource: str) -> bool:
    actions, resources = listed(statement["Action"]), listed(statement["Resource"])
    return any(matches(pattern.lower(), action.lower()) for pattern in actions) and any(
        matches(pattern, resource) for pattern in resources
    )


def holds(statement: Statement, context: dict[str, str | None]) -> bool:
    """Whether the conditions of a statement hold; one on what the call does not say does not."""
    wanted = [each for operands in statement.get("Condition", {}).values() for each in operands.items()]
    return all(context.get(name) in listed(values) for name, values in wanted)


def matches(pattern: str, text: str) -> bool:
    wild = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(wild, text, re.DOTALL) is not None


def statements_of(document: Statement) -> list[Statement]:
    """The statements of a policy, or a refusal where it says what this stand-in does not enforce."""
    statements: list[Statement] = listed(document["Statement"])
    for statement in statements:
        unknown = set(statement) - {"Sid", "Effect", "Action", "Resource", "Condition"}
        unknown |= set(statement.get("Condition", {})) - {"StringEquals", "ForAnyValue:StringEquals"}
        if unknown or statement.get("Effect") not in ("Allow", "Deny") or not {"Action", "Resource"} <= set(statement):
            sentence = f"this stand-in knows Effect, Action, Resource and equality, not {sorted(unknown) or statement}"
            raise AwsError("MalformedPolicyDocument", sentence)
    return statements


def listed(one_or_more: object) -> list[Any]:
    return one_or_more if isinstance(one_or_more, list) else [one_or_more]
