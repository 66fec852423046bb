use std::fs;

use super::Ground;

/// A project in `backend`, in a repository with these files at its top.
fn nested(top: &[(&str, &str)]) -> (Ground, tempfile::TempDir) {
    let repository = tempfile::tempdir().unwrap();
    fs::create_dir_all(repository.path().join(".git")).unwrap();
    for (name, text) in top {
        fs::write(repository.path().join(name), text).unwrap();
    }
    let ground = Ground::at(&repository.path().join("backend"), &[("keybaton.toml", super::CONFIGURATION)]);
    (ground, repository)
}

#[test]
fn the_workflow_stands_where_github_reads_it_and_works_where_keybaton_toml_is() {
    let (ground, repository) = nested(&[]);
    let said = ground.says(&["heroku", "--write"]);
    let workflow = repository.path().join(".github/workflows/keybaton-heroku.yml");
    assert!(workflow.exists() && !ground.path(".github").exists(), "{said}");
    let text = fs::read_to_string(workflow).unwrap();
    assert!(text.contains("    defaults:\n      run:\n        working-directory: backend\n"), "{text}");
}

#[test]
fn a_procfile_at_the_top_of_the_repository_is_joined() {
    let (ground, _repository) = nested(&[("Procfile", "web: gunicorn --chdir backend shop.wsgi\n")]);
    let said = ground.says(&["heroku", "--write"]);
    let line = "    release: cd backend && python manage.py check --deploy --fail-level ERROR\n";
    assert!(said.contains(line) && !ground.path("Procfile").exists(), "{said}");
}

#[test]
fn a_new_procfile_stands_beside_the_list_of_packages() {
    let (ground, repository) = nested(&[("requirements.txt", "django\nuvicorn\n")]);
    ground.says(&["heroku", "--write"]);
    let text = fs::read_to_string(repository.path().join("Procfile")).unwrap();
    let web = "web: cd backend && uvicorn --host 0.0.0.0 --port $PORT shop.asgi:application\n";
    assert!(text.starts_with(web) && !ground.path("Procfile").exists(), "{text}");
    let (ground, repository) = nested(&[]);
    ground.write("requirements.txt", "django\ngunicorn\n");
    ground.says(&["heroku", "--write"]);
    assert!(ground.read("Procfile").starts_with("web: gunicorn --bind "));
    assert!(!repository.path().join("Procfile").exists());
}

#[test]
fn the_environment_of_github_is_made_before_it_gets_a_secret() {
    let said = Ground::new().says(&["heroku"]);
    let [made, set] =
        ["let only protected branches into it", "gh secret set HEROKU_API_KEY --env production"]
            .map(|words| said.find(words).unwrap());
    assert!(made < set, "{said}");
}
