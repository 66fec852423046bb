"""Processes that are killed, that nobody hears of, and databases that are away."""

import json

from project import PROGRAM, Project, Serve


def test_a_killed_process_is_gone_when_somebody_says_so(project: Project, serve: Serve) -> None:
    instance, killed = serve(), serve()
    project.says("rotate", "--new")
    instance.restart()
    (awaited,) = project.status()["next"]["awaits"]
    process = awaited["process"]
    alive = project.says("rotate", "--gone", process[:10])
    assert alive.startswith("6\nerror: --gone ID: it reported "), alive

    killed.kill()
    project.silence(process, 90)
    silent = "1 web on a1 reported last SPAN ago, did not say that it stopped, and counts as gone with --gone ID alone"
    assert f"waits    {silent}\n" in project.says("rotate")
    assert project.says("rotate", "--gone", "0123").startswith("6\nerror: --gone 0123: no process of this id reports")
    assert "promoted " in project.says("rotate", "--gone", process[:10])


def test_a_killed_process_is_gone_after_the_propagation(project: Project, serve: Serve) -> None:
    project.configure('propagation = "2m"')
    instance, killed = serve(), serve()
    project.says("rotate", "--new")
    instance.restart()
    (awaited,) = project.status()["next"]["awaits"]
    killed.kill()
    project.silence(awaited["process"], 3600)
    assert "counts as gone from TIME, or with --gone ID" in project.says("rotate")
    project.configure('propagation = "1s"')
    assert "promoted " in project.says("rotate")


def test_where_nobody_reports_nothing_is_proved(project: Project) -> None:
    assert "next     restart every process, so that each accepts the new key and reports it" in project.says(
        "rotate", "--new"
    )
    for words in (["rotate"], ["promote"]):
        assert project.says(*words).startswith("6\nerror: SECRET_KEY in dir:ring (dev): no process reports which keys")
    assert "promoted " in project.says("promote", "--force", "--reason", "nothing runs yet")


def test_processes_with_another_ring_of_this_name_are_left_out_and_told(project: Project, serve: Serve) -> None:
    instance = serve()
    project.says("stage")
    instance.restart()
    instance.kill()  # or it would soon say again which ring it has
    project.change("UPDATE keybaton_beat SET ring = ?, seen = datetime('now', '+1 hour')", "ab" * 10)
    said = project.says("promote")
    assert "no process reports which keys it uses; one does of another ring of this name" in said
    assert "  fleet     1 process has another ring of this name, and nothing waits for that\n" in project.says("status")


def test_a_floor_above_the_store_keeps_nobody_up(project: Project, serve: Serve) -> None:
    instance = serve()
    ring = project.status()["id"]
    project.manage("keybaton", "floor", "raise", ring, "40")
    said = project.says("rotate", "--new")
    assert "staged " in said
    assert project.status()["revision"] == 41
    instance.restart()
    assert "promoted " in project.says("rotate")
    project.manage("keybaton", "floor", "raise", ring, "90")
    assert "the floor in the database is 90, and the ring has revision 42" in project.says("status")


def test_without_the_database_no_step_is_taken_but_a_key_is_cut_off(project: Project, serve: Serve) -> None:
    serve()
    away = {"DATABASE": "/nowhere/db.sqlite3"}
    for words in (["stage"], ["rotate", "--new"]):
        said = project.says(*words, **away)
        assert said.startswith("4\n"), said
        assert "manage.py keybaton observe` failed: keybaton observe: the project cannot be asked" in said, said
    assert project.status()["phase"] == "settled"
    assert "  fleet     could not be asked: " in project.says("status", **away)

    key = project.status()["keys"][0]["id"]
    assert "1 process that reports accepts it" in project.says("revoke", key, "--dry-run")
    said = project.says("revoke", key, "--accept-logouts", **away)
    assert said.startswith("0\nrevoked "), said


def test_a_floor_that_cannot_be_raised_is_tried_again(project: Project, serve: Serve) -> None:
    instance = serve()
    script = f"""[ $2 = floor ] && [ -e broken ] && exit 9; exec {project.python} manage.py "$@\""""
    project.configure(f"manage = {json.dumps(['sh', '-c', script, 'manage.py'])}", manage=False)
    project.says("rotate", "--new")
    instance.restart()
    (project.folder / "broken").touch()
    assert project.says("rotate").startswith("4\nerror: `sh -c"), "nobody waits"
    with project.starts([str(PROGRAM), "rotate", "--wait", "--timeout", "60s"]) as rotation:
        assert rotation.stdout
        assert " floor raise " in (line := rotation.stdout.readline()), line
        assert line.startswith("waiting: ")
        (project.folder / "broken").unlink()
        assert "promoted " in rotation.stdout.read()
    assert rotation.returncode == 0


def test_a_forced_step_needs_no_floor(project: Project, serve: Serve) -> None:
    instance = serve()
    script = f"""[ $2 = floor ] && exit 9; exec {project.python} manage.py "$@\""""
    project.configure(f"manage = {json.dumps(['sh', '-c', script, 'manage.py'])}", manage=False)
    project.says("rotate", "--new")
    instance.restart()
    said = project.says("promote", "--force", "--reason", "a test")
    assert said.startswith("0\npromoted "), said


def test_abort_needs_no_database(project: Project) -> None:
    project.says("stage")
    assert project.says("abort", DATABASE="/nowhere/db.sqlite3").startswith("0\naborted ")


def test_without_tables_the_migration_is_named(project: Project) -> None:
    project.manage("migrate", "keybaton", "zero", "--verbosity=0")
    said = project.says("rotate", "--new")
    assert said.startswith("6\n"), said
    assert "error: the project's database has no table" in said
    assert "manage.py migrate keybaton`" in said
