"""A rotation whose steps wait for real processes."""

import json
import time

from project import PROGRAM, Project, Serve


def test_each_step_waits_until_every_process_has_the_one_before(project: Project, serve: Serve) -> None:
    instances = [serve(), serve()]
    assert project.says("rotate", "--new").startswith(
        "0\nstaged   ID: it is accepted, and ID still signs\n"
        "waits    2 web need a restart (a1: 2, up for SPAN)\n"
        "next     restart them, so that each accepts the new key; then run `keybaton rotate` to promote it\n"
    )
    instances[0].restart()
    one = "1 web needs a restart (a1, up for SPAN)"
    assert project.says("rotate") == (
        f"0\nwaits    {one}\n"
        "next     restart them, so that each accepts the new key; then run `keybaton rotate` to promote it"
    )
    refused = project.says("promote")
    assert refused.startswith(f"6\nerror: too early to promote: {one}: "), refused
    assert project.status()["phase"] == "staged"

    instances[1].restart()
    staged = project.status()["revision"]
    said = project.says("rotate")
    assert said.startswith("0\npromoted ID: it signs, the old key is accepted only\n"), said
    assert "waits    2 web sign with the old key and need a restart (a1: 2, up for SPAN)\n" in said
    assert project.floor() == staged
    assert [instance.get("/ready/")[0] for instance in instances] == [200, 200]

    promoted = project.status()["revision"]
    instances[0].restart()
    assert "1 web signs with the old key and needs a restart" in project.says("rotate")
    assert project.floor() == staged
    instances[1].restart()
    assert project.says("rotate") == "0\nnext     run `keybaton rotate` from TIME to retire ID"
    assert project.floor() == promoted
    assert project.says("retire").startswith("6\nerror: too early to retire: it is safe from TIME: whatever ID signed")
    project.configure('longest-signature = "1s"')
    time.sleep(1.1)
    assert project.says("rotate").startswith("0\nretired  ID: it is no longer accepted\n")


def test_rotate_waits_by_itself_and_goes_on_when_they_are_restarted(project: Project, serve: Serve) -> None:
    instances = [serve(), serve()]
    with project.starts([str(PROGRAM), "rotate", "--new", "--wait", "--timeout", "90s"]) as rotation:
        assert rotation.stdout
        while not (line := rotation.stdout.readline()).startswith("waiting: 2 web need a restart"):
            assert line
        for instance in instances:
            instance.restart()
        said = rotation.stdout.read()
    assert rotation.returncode == 0
    assert "promoted " in said
    assert said.count("waiting") == 0, "silent where nobody looks on"
    assert project.status()["phase"] == "promoted"


def test_a_time_limit_says_who_was_waited_for(project: Project, serve: Serve) -> None:
    serve()
    said = project.says("rotate", "--new", "--wait", "--timeout", "4s")
    assert said.startswith("124\n")
    assert "waiting: 1 web needs a restart" in said


def test_one_that_starts_late_with_the_ring_of_before_is_waited_for(project: Project, serve: Serve) -> None:
    instance, late = serve(), serve()
    late.stop()
    late.start(asked=False)
    project.says("rotate", "--new")
    instance.restart()
    assert "promoted " in project.says("rotate")
    # Nobody knew of it, and it had served nobody. Now it finds itself below the floor.
    assert late.get("/") == (200, "ok")
    assert late.get("/ready/")[0] == 503
    instance.restart()
    assert "1 web signs with the old key and needs a restart" in project.says("rotate")


def test_where_only_some_report_time_has_to_pass_as_well(project: Project, serve: Serve) -> None:
    project.configure('fleet = "some"\npropagation = "20s"')
    instance = serve()
    staged = time.monotonic()
    assert "waits    1 web needs a restart" in project.says("rotate", "--new")
    instance.restart()
    early = project.says("promote")
    if time.monotonic() < staged + 18:
        assert early.startswith("6\nerror: too early to promote: it is safe from TIME"), early
    time.sleep(20)
    assert "promoted " in project.says("rotate")


def test_a_project_that_started_the_program_is_asked(project: Project, serve: Serve) -> None:
    project.configure('propagation = "0s"', manage=False)
    serve()
    said = project.says("rotate", "--new", KEYBATON_MANAGE=json.dumps([str(project.python), "manage.py"]))
    assert "waits    1 web needs a restart" in said, said
    assert "would promote" in project.says("rotate", "--dry-run"), "nobody is asked"
    assert project.says("status", KEYBATON_MANAGE="python manage.py").startswith(
        "3\nerror: the variable KEYBATON_MANAGE"
    )


def test_what_django_says_of_lifetimes_holds_where_nobody_says_another(project: Project) -> None:
    assert ": 14d after 2, " in project.says("rotate", "--dry-run")
    with (project.folder / "settings.py").open("a") as settings:
        settings.write("SESSION_COOKIE_AGE = 7 * 86400\n")
    assert ": 7d after 2, " in project.says("rotate", "--dry-run")
    project.configure('longest-signature = "1d"')
    said = project.says("rotate", "--dry-run")
    assert ": 1d after 2, " in said
    assert "longest-signature is 1d, and the settings of the project say 7d" in said
