"""Tokens, whose they are, and what they are good for."""

from __future__ import annotations

from dataclasses import dataclass

from gitlabci.refusal import RefusalError, forbidden, revoked, unauthorized, without_scope


@dataclass(frozen=True)
class Token:
    # The role of its owner in every project and group.
    role: str
    scopes: frozenset[str] = frozenset({"api"})
    is_revoked: bool = False


def who(tokens: dict[str, Token], private: str, authorization: str) -> Token:
    """Of either header, as GitLab takes a token in both."""
    token = tokens.get(private or authorization.removeprefix("Bearer "))
    if token is None:
        raise unauthorized()
    if token.is_revoked:
        raise revoked()
    return token


def must_be_allowed(token: Token, method: str, kind: str) -> None:
    if not token.scopes & ({"api", "read_api"} if method == "GET" else {"api"}):
        raise without_scope()
    refusal = refusal_of(token.role, kind)
    if refusal is not None:
        raise refusal


def refusal_of(role: str, kind: str) -> RefusalError | None:
    """A project's variables are its maintainers', a group's its owners'."""
    needed = {"projects": ("maintainer", "owner"), "groups": ("owner",)}[kind]
    return None if role in needed else forbidden()
