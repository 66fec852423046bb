"""What GitHub tells of a repository and of an environment: much, of which its description lets nothing be left out."""

from __future__ import annotations

from typing import Any


def repository(name: str, number: int = 1) -> dict[str, Any]:
    """A repository, whole."""
    return {
        **dict.fromkeys(TEXTS.split(), "https://api.github.com/made-up"),
        **dict.fromkeys(NUMBERS.split(), 0),
        **dict.fromkeys(FLAGS.split(), False),
        **dict.fromkeys(EMPTY.split(), None),
        **times(),
        "id": number,
        "name": name.rsplit("/", maxsplit=1)[-1],
        "full_name": name,
        "owner": owner(name.split("/", maxsplit=1)[0]),
    }


def owner(login: str) -> dict[str, Any]:
    texts = dict.fromkeys(OF_OWNERS.split(), "https://api.github.com/made-up")
    return {**texts, "id": 1, "login": login, "type": "Organization", "site_admin": False}


def environment(name: str) -> dict[str, Any]:
    return {"id": 1, "node_id": "x", "name": name, "url": "https://x", "html_url": "https://x", **times()}


def times() -> dict[str, str]:
    return dict.fromkeys(("created_at", "updated_at", "pushed_at"), "2026-01-01T00:00:00Z")


TEXTS = """node_id archive_url assignees_url blobs_url branches_url collaborators_url comments_url commits_url
compare_url contents_url contributors_url deployments_url downloads_url events_url forks_url git_commits_url
git_refs_url git_tags_url hooks_url html_url issue_comment_url issue_events_url issues_url keys_url labels_url
languages_url merges_url milestones_url notifications_url pulls_url releases_url stargazers_url statuses_url
subscribers_url subscription_url tags_url teams_url trees_url url clone_url git_url ssh_url svn_url
default_branch"""
NUMBERS = """forks forks_count open_issues open_issues_count size stargazers_count watchers watchers_count network_count
subscribers_count"""
FLAGS = "fork private archived disabled has_issues has_projects has_wiki has_pages has_discussions"
EMPTY = "description homepage language mirror_url license"
OF_OWNERS = """avatar_url events_url followers_url following_url gists_url gravatar_id html_url node_id
organizations_url received_events_url repos_url starred_url subscriptions_url url"""
