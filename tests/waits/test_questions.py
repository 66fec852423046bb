"""How often the project is asked: each time a whole Django starts, or does not."""

import pytest
from project import Project, Serve


def test_one_command_starts_django_as_rarely_as_can_be(project: Project, serve: Serve) -> None:
    instance = serve()
    project.counts_its_starts()
    project.says("status")
    assert project.starts_counted() == ["observe"]
    project.says("rotate", "--dry-run")
    assert project.starts_counted() == ["observe"]
    assert "waits    1 web needs a restart" in project.says("rotate", "--new")
    assert project.starts_counted() == ["observe"]
    instance.restart()
    assert "promoted " in project.says("rotate")
    assert project.starts_counted() == ["observe", "floor raise"]
    assert project.floor() == project.status()["revision"] - 1
    project.starts_counted()
    project.says("promote")
    assert project.starts_counted() == ["observe"]
    project.says("abort")
    assert project.starts_counted() == ["observe"]


@pytest.mark.parametrize("words", [["status"], ["stage"], ["rotate", "--new"], ["rotate", "--dry-run"]])
def test_who_gives_no_answer_is_not_asked_again(project: Project, words: list[str]) -> None:
    project.configure(f"manage = {DEAD}", manage=False)
    assert "sh -c 'echo $1 $2 >> asked; exit 9' manage.py keybaton observe` ended with" in project.says(*words)
    assert (project.folder / "asked").read_text() == "keybaton observe\n"


def test_who_gives_no_answer_delays_what_is_forced_once(project: Project) -> None:
    project.configure('fleet = "none"')
    project.says("stage")
    project.configure(f"manage = {DEAD}", manage=False)
    for words, done in ((["promote", "--force", "--reason", "a test"], "promoted "), (["abort"], "aborted ")):
        assert done in project.says(*words)
        assert (project.folder / "asked").read_text() == "keybaton observe\n"
        (project.folder / "asked").unlink()


def test_lifetimes_are_learnt_where_the_sessions_cannot_be_read(project: Project) -> None:
    with (project.folder / "settings.py").open("a") as settings:
        settings.write('INSTALLED_APPS += ["django.contrib.sessions"]\nSESSION_COOKIE_AGE = 60 * 86400\n')
    project.change("CREATE TABLE django_session (session_key text)")
    said = project.says("rotate", "--dry-run")
    assert ": 60d after 2, " in said, said
    assert "when the last session ends could not be read (OperationalError: no such column" in said, said


DEAD = """["sh", "-c", "echo $1 $2 >> asked; exit 9", "manage.py"]"""
