"""Rings of their own: what waits for processes that have the settings of before a use left SECRET_KEY."""

from project import Project, Serve

COOKIES = ("--ring", "COOKIE_SIGNING_KEY")
LATE = "1 web does not read COOKIE_SIGNING_KEY yet and needs a restart with the settings that do (a1, up for SPAN)"


def begin(project: Project) -> None:
    """The ring, and the settings that read it; manage.py names none here, so that they are changed by hand."""
    begun = project.says("init", "--from", "SECRET_KEY", *COOKIES)
    assert "done      begin with the keys of SECRET_KEY: COOKIE_SIGNING_KEY in dir:ring (dev)\n" in begun
    line = begun.partition("reads the main ring:\n")[2].splitlines()[0].strip()
    settings = project.folder / "settings.py"
    settings.write_text(f"{settings.read_text()}{line}\n")


def test_steps_of_both_rings_wait_for_a_process_with_the_old_settings(project: Project, serve: Serve) -> None:
    old = serve()
    begin(project)
    new = serve()

    assert "staged   ID: it is accepted, and ID still signs\n" in project.says("rotate", "--new", *COOKIES)
    assert "staged   ID: it is accepted, and ID still signs\n" in project.says("rotate", "--new")
    new.restart()
    for ring in ((), COOKIES):
        assert f"waits    {LATE}\n" in project.says("rotate", *ring)
        assert project.says("promote", *ring).startswith(f"6\nerror: too early to promote: {LATE}")
    assert LATE in project.says("status")
    awaited = project.status()["others"][0]["next"]["awaits"]
    assert [(process["why"], process["lacks"]) for process in awaited] == [("lacks", "COOKIE_SIGNING_KEY")]

    old.restart()
    for ring in ((), COOKIES):
        assert "promoted ID: it signs, the old key is accepted only\n" in project.says("rotate", *ring)


def test_a_ring_that_has_parted_waits_for_nobody_elses_processes(project: Project, serve: Serve) -> None:
    old = serve()
    begin(project)
    serve()
    for step in ("stage", "promote", "retire"):
        forced = () if step == "stage" else ("--force", "--reason", "a test")
        assert project.says(step, *COOKIES, *forced).startswith("0\n")
    assert "shares" not in project.says("status")
    assert LATE not in project.says("rotate", "--new")
    assert old.get("/") == (200, "ok")
