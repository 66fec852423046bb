use insta::assert_snapshot;

use super::*;

/// The lines of a job in a project with these files. It has keybaton.toml in `site`, manage.py in `site/shop` and git's folder
/// above `site`; paths begin at keybaton.toml.
fn lines(files: &[(&str, &str)]) -> String {
    let folders = ["shop", "", ".."].map(PathBuf::from);
    let text = |path: PathBuf| {
        files.iter().find(|(name, _)| Path::new(name) == path).map(|(_, text)| (*text).to_owned())
    };
    let (steps, way) = way(&folders, text);
    let packages = Packages { place: in_text(&folders[steps]), steps, way };
    let run = [packages.run_here("keybaton generate"), packages.run_there("python manage.py test")];
    [packages.install(), run.to_vec()].concat().join("\n")
}

#[test]
fn pip_takes_the_lists_that_are_there() {
    let first = |files: &[&str]| {
        let files: Vec<(&str, &str)> = files.iter().map(|file| (*file, "[project]")).collect();
        lines(&files).lines().next().unwrap_or_default().to_owned()
    };
    for (files, line) in [
        (&["requirements.txt"][..], "--requirement requirements.txt"),
        (
            &["requirements/base.txt", "requirements/dev.txt"],
            "--requirement requirements/base.txt --requirement requirements/dev.txt",
        ),
        (&["shop/requirements.txt", "requirements.txt"], "--requirement shop/requirements.txt"),
        (&["../requirements.txt", "pyproject.toml"], "--requirement ../requirements.txt"),
        (&["pyproject.toml"], "."),
        (&["shop/setup.py"], "./shop"),
        (&["../pyproject.toml"], ".."),
        (&[], "django"),
    ] {
        assert_eq!(first(files), format!("python -m pip install {line} keybaton"));
    }
    let tools = lines(&[("pyproject.toml", "[tool.ruff]\n")]);
    assert!(tools.starts_with("python -m pip install django keybaton\n"), "{tools}");
}

#[test]
fn a_manager_finds_its_lock_file_in_the_folder_of_a_command_and_above() {
    assert_snapshot!(lines(&[("uv.lock", "")]), @"
    python -m pip install uv
    uv sync --frozen
    uv run --frozen keybaton generate
    uv run --frozen python manage.py test
    ");
    assert_snapshot!(lines(&[("../poetry.lock", ""), ("../pyproject.toml", "")]), @"
    python -m pip install poetry
    poetry install --no-interaction
    poetry run keybaton generate
    poetry run python manage.py test
    ");
}

#[test]
fn it_is_told_of_one_that_lies_below() {
    assert_snapshot!(lines(&[("shop/uv.lock", "")]), @"
    python -m pip install uv
    uv --project shop sync --frozen
    uv --project shop run --frozen keybaton generate
    uv run --frozen python manage.py test
    ");
    assert_snapshot!(lines(&[("shop/Pipfile.lock", "")]), @"
    python -m pip install pipenv
    PIPENV_PIPFILE=shop/Pipfile pipenv sync --dev
    PIPENV_PIPFILE=shop/Pipfile pipenv run keybaton generate
    pipenv run python manage.py test
    ");
}

#[test]
fn it_is_told_where_a_file_with_the_settings_of_tools_comes_first() {
    let tools = ("shop/pyproject.toml", "[tool.ruff]\n");
    assert_snapshot!(lines(&[("../uv.lock", ""), tools]), @"
    python -m pip install uv
    uv --project .. sync --frozen
    uv --project .. run --frozen keybaton generate
    uv --project ../.. run --frozen python manage.py test
    ");
    assert_snapshot!(lines(&[("poetry.lock", ""), tools]), @"
    python -m pip install poetry
    poetry --project . install --no-interaction
    poetry --project . run keybaton generate
    poetry --project .. run python manage.py test
    ");
}

#[test]
fn a_member_of_a_workspace_of_uv_is_installed_by_the_lock_file_of_the_whole() {
    let member = ("pyproject.toml", "[project]\nname = \"site\"\n");
    assert_snapshot!(lines(&[("../uv.lock", ""), member]), @"
    python -m pip install uv
    uv sync --frozen
    uv run --frozen keybaton generate
    uv run --frozen python manage.py test
    ");
}
