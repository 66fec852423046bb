//! `keybaton recipe github-actions` and `gitlab-ci`, in projects that are not as usual.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use insta::assert_snapshot;

/// A repository with a project somewhere in it.
struct Ground {
    repository: tempfile::TempDir,
    project: PathBuf,
}

impl Ground {
    fn of(folder: &str, configuration: &str) -> Self {
        let repository = tempfile::tempdir().unwrap();
        fs::create_dir_all(repository.path().join(".git")).unwrap();
        let ground = Self { project: repository.path().join(folder), repository };
        let manage = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n";
        for (name, text) in [
            ("manage.py", manage),
            ("shop/settings.py", ""),
            ("shop/wsgi.py", ""),
            ("keybaton.toml", configuration),
        ] {
            write(&ground.project.join(name), text);
        }
        ground
    }

    /// The same with manage.py and its packages in a folder below keybaton.toml.
    fn nested(folder: &str) -> Self {
        let ground = Self::of("", FAR);
        fs::create_dir_all(ground.project.join(folder)).unwrap();
        for name in ["manage.py", "shop"] {
            fs::rename(ground.project.join(name), ground.project.join(folder).join(name)).unwrap();
        }
        ground
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.repository.path().join(name)).unwrap()
    }

    /// The exit code, then what was said.
    fn says(&self, words: &[&str]) -> String {
        let mut program = Command::new(env!("CARGO_BIN_EXE_keybaton"));
        program.arg("recipe").args(words).current_dir(&self.project).stdin(Stdio::null());
        let output = program.env_remove("KEYBATON_ENV").env_remove("KEYBATON_STORE").output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        format!("{}\n{}", output.status.code().unwrap(), said.trim_end())
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

const FAR: &str = "[environments.production]\nstore = \"heroku://shop\"\npropagation = \"5m\"\n";
const NEW: &str = "[environments.dev]\nstore = \"dotenv:.env\"\npropagation = \"0s\"\n";
const BOTH: [&str; 2] = ["github-actions", "gitlab-ci"];

#[test]
fn files_stand_at_the_top_of_the_repository_and_jobs_work_below_it() {
    let ground = Ground::of("services/site", FAR);
    for target in BOTH {
        assert!(ground.says(&[target, "--write"]).starts_with("0\n"));
    }
    let check = ground.read(".github/workflows/keybaton.yml");
    assert_eq!(check.matches("        working-directory: services/site\n").count(), 2);
    assert!(ground.read(".gitlab/keybaton.gitlab-ci.yml").contains("    - cd services/site\n"));
    assert!(!ground.project.join(".github").exists());
}

#[test]
fn a_folder_whose_name_a_forge_would_evaluate_is_refused() {
    for folder in ["a $(b)", "${{ github.token }}", "-x", "a\nb", "$CI_JOB_TOKEN"] {
        let ground = Ground::of(folder, FAR);
        for target in BOTH {
            let said = ground.says(&[target, "--write"]);
            assert!(said.starts_with("3\nerror: the name of the project's folder"), "{folder}: {said}");
        }
        assert!(!ground.repository.path().join(".github").exists());
        assert!(!ground.repository.path().join(".gitlab").exists());
    }
}

#[test]
fn so_is_an_environment() {
    let ground = Ground::of("", &FAR.replace("production", "\"pro ${{ x }}\""));
    for target in BOTH {
        let said = ground.says(&[target, "-e", "pro ${{ x }}"]);
        assert!(said.starts_with("3\nerror: the name of the environment has characters"), "{said}");
    }
}

#[test]
fn without_an_environment_nothing_says_where_the_key_lives() {
    let ground = Ground::of("", NEW);
    assert_snapshot!(ground.says(&["github-actions"]), @"
    3
    error: there is no [environments.production] in keybaton.toml, so nothing says where its key lives
    hint: `--variant check` makes the check and the tests alone; for a rotation write that table, with store = … and propagation = …, or let the recipe of the platform that serves write it; or name another environment with -e
    ");
    assert!(ground.says(&["gitlab-ci", "-e", "live"]).contains("no [environments.live] in keybaton.toml"));
}

/// As `keybaton init` leaves a project.
#[test]
fn the_check_and_the_tests_need_no_environment() {
    let ground = Ground::of("", NEW);
    for target in BOTH {
        let said = ground.says(&[target, "--variant", "check", "--write"]);
        assert!(said.starts_with("0\nwrote ") && !said.contains("on one machine"), "{said}");
    }
    assert!(ground.read(".github/workflows/keybaton.yml").contains("SECRET_KEY=$key"));
    assert!(ground.read(".gitlab/keybaton.gitlab-ci.yml").contains("SECRET_KEY=\"$(keybaton generate)\""));
    assert_eq!(ground.read("keybaton.toml"), NEW);
}

#[test]
fn no_job_deploys_from_one_machine() {
    let ground = Ground::of("", &FAR.replace("heroku://shop", "dotenv:.env"));
    assert_snapshot!(ground.says(&["github-actions", "--variant", "deploy"]), @"
    3
    error: dotenv:.env is on one machine, where no job of a pipeline gets to
    hint: name a store on a network for this environment, or deploy on that machine with `keybaton run`
    ");
    assert!(ground.says(&["gitlab-ci"]).contains("No job rotates: dotenv:.env is on one machine"));
}

#[test]
fn a_mirror_on_one_machine_is_out_of_reach_too() {
    let ground = Ground::of("", &format!("{FAR}mirrors = [\"dir:/srv/keys\"]\n"));
    assert!(
        ground.says(&["github-actions"]).contains("No workflow rotates: dir:/srv/keys is on one machine")
    );
}

/// However they are written: what stands in them is theirs.
#[test]
fn workflows_that_test_already_stay_and_get_no_second_run() {
    let ground = Ground::of("", FAR);
    let theirs = "on: push\r\njobs: {test: {steps: [{run: python manage.py test}]}}\r\n{{ broken\r\n";
    write(&ground.project.join(".github/workflows/ci.yaml"), theirs);
    write(&ground.project.join(".gitlab-ci.yml"), "test:\n  script: [pytest]\n");
    let said = ground.says(&["github-actions", "--write"]);
    assert!(said.contains("Another workflow runs the tests"), "{said}");
    assert!(!ground.read(".github/workflows/keybaton.yml").contains("manage.py test"));
    assert_eq!(ground.read(".github/workflows/ci.yaml"), theirs);
    assert!(ground.says(&["gitlab-ci", "--write"]).contains("Your own jobs run the tests"));
    assert!(!ground.read(".gitlab/keybaton.gitlab-ci.yml").contains("keybaton-test"));
}

#[test]
fn a_project_with_a_lock_file_is_installed_by_it() {
    let ground = Ground::of("", FAR);
    write(&ground.project.join("uv.lock"), "");
    write(&ground.project.join("pyproject.toml"), "[tool.pytest.ini_options]\n");
    let said = ground.says(&["gitlab-ci"]);
    for line in
        ["uv sync --frozen", "$(uv run --frozen keybaton generate)", "uv run --frozen python -m pytest"]
    {
        assert!(said.contains(line), "{line} in {said}");
    }
}

#[test]
fn packages_that_are_listed_in_the_folder_of_manage_py_are_installed() {
    let ground = Ground::nested("backend");
    write(&ground.project.join("backend/requirements.txt"), "django\n");
    write(&ground.project.join("backend/pytest.ini"), "[pytest]\n");
    for target in BOTH {
        let said = ground.says(&[target]);
        let install = "python -m pip install --requirement backend/requirements.txt keybaton\n";
        assert!(said.contains(install) && said.contains(" python -m pytest\n"), "{said}");
    }
}

#[test]
fn packages_that_are_listed_at_the_top_of_the_repository_are_installed() {
    let ground = Ground::of("backend", FAR);
    for name in ["uv.lock", "pyproject.toml"] {
        write(&ground.repository.path().join(name), "");
    }
    for target in BOTH {
        let said = ground.says(&[target]);
        assert!(said.contains(" uv sync --frozen\n"), "{said}");
        assert!(said.contains(" uv run --frozen python manage.py test\n"), "{said}");
    }
}

#[test]
fn a_project_that_is_asked_is_installed_for_the_rotation() {
    let ground = Ground::of("", &format!("{FAR}manage = [\"python\", \"manage.py\"]\n"));
    assert!(ground.says(&["github-actions", "--write"]).starts_with("0\n"));
    let rotate = ground.read(".github/workflows/keybaton-rotate.yml");
    assert!(rotate.contains("      - run: python -m pip install django keybaton\n"), "{rotate}");
}

#[test]
fn a_word_that_would_be_more_than_one_is_refused() {
    let ground = Ground::of("", FAR);
    for word in ["branch=main]\nenv: {X: y", "script=a b", "python=3.13\"", "gate=${{x}}", "age=1"] {
        assert!(ground.says(&["github-actions", "--set", word]).starts_with("2\n"), "{word}");
    }
}
