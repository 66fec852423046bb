"""A key from the environment that is not in the ring of this machine's project."""

import time
import warnings
from pathlib import Path

import pytest

import keybaton
from keybaton import _load
from standin import NEW, OLD, OTHER, Program, answer, settings_in, texts


@pytest.fixture(autouse=True)
def _a_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", OTHER)


def warned_of(folder: Path) -> list[str]:
    """The warnings of settings in this folder, whose key is the environment's in any case."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert settings_in(folder)["SECRET_KEY"] == OTHER
    assert {warning.category for warning in caught} <= {keybaton.KeybatonWarning}
    return [str(warning.message) for warning in caught]


def test_it_is_used_and_warned_about_once(project: Path, program: Program) -> None:
    program.does(answer(texts(NEW, f"{NEW},{OLD}")))
    (project.parent / "keybaton.toml").touch()
    assert warned_of(project) == [
        f"SECRET_KEY in the environment is used, and it is not in the ring that {project.parent}/keybaton.toml names"
        " (dotenv:.env): unset it if it is left over from somewhere"
    ]
    assert warned_of(project) == []


@pytest.mark.parametrize("held", [texts(OTHER), texts(NEW, f"{NEW},{OTHER}")])
def test_a_key_that_is_in_the_ring_is_fine(held: dict[str, str], project: Path, program: Program) -> None:
    program.does(answer(held))
    (project / "keybaton.toml").touch()
    assert warned_of(project) == []
    assert len(program.calls) == 1


@pytest.mark.parametrize("text", ["[tool.keybaton]\n", "[tool.ruff]\n\n  [ tool . keybaton.environments.dev ]\n"])
def test_the_configuration_may_stand_in_pyproject(text: str, project: Path, program: Program) -> None:
    program.does(answer(texts(NEW)))
    (project.parent / "pyproject.toml").write_text(text)
    assert len(warned_of(project)) == 1


@pytest.mark.parametrize("text", ["[tool.ruff]\n", "# [tool.keybaton]\n", "[tool.keybatonic]\n"])
def test_another_pyproject_is_no_configuration(text: str, project: Path, program: Program) -> None:
    program.does(answer(texts(NEW)))
    (project.parent / "pyproject.toml").write_text(text)
    assert warned_of(project) == []
    assert program.calls == []


def test_a_configuration_outside_the_repository_is_somebody_elses(project: Path, program: Program) -> None:
    program.does(answer(texts(NEW)))
    (project.parents[1] / "keybaton.toml").touch()
    assert warned_of(project) == []
    assert program.calls == []


def test_a_store_that_is_not_local_is_not_compared(project: Path, program: Program) -> None:
    program.does(answer({}, local=False))
    (project / "keybaton.toml").touch()
    assert warned_of(project) == []
    assert program.calls == [f"load --ring SECRET_KEY --from {project} --local-only"]


@pytest.mark.parametrize(
    "script",
    ["exit 4", "echo nonsense", "sleep 30", answer(texts(NEW, "[broken")), answer({"OTHER_KEY": NEW})],
)
def test_a_program_that_cannot_answer_is_no_reason_to_stop(
    script: str, project: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_load, "CHECK_SECONDS", 0.3)
    program.does(script)
    (project / "keybaton.toml").touch()
    begun = time.monotonic()
    assert warned_of(project) == []
    assert time.monotonic() - begun < 5


def test_a_missing_program_is_no_reason_to_stop(project: Path, program: Program) -> None:
    (project / "keybaton.toml").touch()
    assert warned_of(project) == []


def test_a_process_that_keybaton_started_does_not_ask_it_again(
    project: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    program.does(answer(texts(NEW)))
    (project / "keybaton.toml").touch()
    monkeypatch.setenv("KEYBATON_LOADING", "1")
    assert warned_of(project) == []
    assert program.calls == []
