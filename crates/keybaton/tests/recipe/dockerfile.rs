use insta::assert_snapshot;

use super::{CONFIGURATION, Ground};

/// The lines that install the packages, in a project with these files.
fn installs(files: &[(&str, &str)], words: &[&str]) -> String {
    let ground = Ground::of(&[&[("keybaton.toml", CONFIGURATION)], files].concat());
    let said = ground.says(&[&["dockerfile", "--variant", "whole", "--write"], words].concat());
    if !said.starts_with("0\n") {
        return said;
    }
    let made = ground.read("Dockerfile");
    let of_packages = |line: &&str| {
        ["COPY", "RUN", "ENV VIRTUAL"].iter().any(|word| line.starts_with(word)) && !line.contains("groupadd")
    };
    made.lines().filter(of_packages).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_image_installs_what_a_lock_file_says() {
    assert_snapshot!(installs(&[("uv.lock", ""), ("pyproject.toml", "[project]\n")], &[]), @"
    RUN python -m venv /opt/venv && pip install --no-cache-dir uv
    ENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH
    COPY pyproject.toml uv.lock ./
    RUN uv sync --active --frozen --no-cache --no-dev --no-python-downloads --no-install-workspace
    COPY . .
    RUN uv sync --active --frozen --no-cache --no-dev --no-python-downloads
    ");
    assert_snapshot!(installs(&[("poetry.lock", "")], &[]), @"
    RUN python -m venv /opt/venv && pip install --no-cache-dir poetry
    ENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH
    COPY pyproject.toml poetry.lock ./
    RUN poetry install --no-interaction --no-cache --only main --no-root
    COPY . .
    ");
    assert_snapshot!(installs(&[("Pipfile.lock", "")], &[]), @"
    RUN python -m venv /opt/venv && pip install --no-cache-dir pipenv
    ENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH
    COPY Pipfile Pipfile.lock ./
    RUN pipenv sync
    COPY . .
    ");
    assert_snapshot!(installs(&[("requirements/base.txt", ""), ("requirements/dev.txt", "")], &[]), @"
    COPY requirements/base.txt ./requirements/base.txt
    RUN pip install --no-cache-dir --requirement requirements/base.txt
    COPY . .
    ");
    let list = ["--set", "requirements=live.txt"];
    assert_snapshot!(installs(&[("uv.lock", ""), ("live.txt", "")], &list), @"
    COPY live.txt ./live.txt
    RUN pip install --no-cache-dir --requirement live.txt
    COPY . .
    ");
}

#[test]
fn what_no_image_can_install_is_refused() {
    assert_snapshot!(installs(&[("pyproject.toml", "[project]\n")], &[]), @"
    3
    error: there is no requirements.txt, uv.lock, poetry.lock or Pipfile.lock here, so nothing says what to install
    hint: `uv lock` and `poetry lock` make one of pyproject.toml; or name the list of packages: --set requirements=requirements/production.txt
    ");
    let project = ["--set", "requirements=pyproject.toml"];
    assert_snapshot!(installs(&[("pyproject.toml", "[project]\n")], &project), @"
    2
    error: pyproject.toml is no list of packages that pip reads, such as requirements.txt
    hint: leave --set requirements=… out: the lock file of uv, poetry or pipenv that lies beside manage.py or above it is taken
    ");
    assert_snapshot!(installs(&[], &["--set", "requirements=live.txt"]), @"
    3
    error: there is no live.txt here, so nothing says what to install
    hint: name the list of packages: --set requirements=requirements/production.txt
    ");
}

#[test]
fn a_build_sees_nothing_above_its_folder() {
    let repository = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(repository.path().join(".git")).unwrap();
    std::fs::write(repository.path().join("uv.lock"), "").unwrap();
    let ground = Ground::at(&repository.path().join("backend"), &[("keybaton.toml", CONFIGURATION)]);
    assert_snapshot!(ground.says(&["dockerfile", "--variant", "whole"]), @"
    3
    error: the list of packages lies in .., and a build sees nothing above keybaton.toml
    hint: build at the top of the repository, with a Dockerfile of your own; or bring a list here, such as `uv export --frozen --no-dev --output-file requirements.txt` makes
    ");
}
