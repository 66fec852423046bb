//! Whether a job of a pipeline deploys, as far as its commands tell.

use super::Reader;
use super::shell::{Command, commands};
use super::tools::{DRY, LOCAL, LOOKS, MANAGED, RUNNERS, TESTS, TOOLS};
use super::yaml::At;

/// Whether a job does more than build and test.
pub(in crate::deploy) fn deploys(reader: &mut Reader<'_>, job: At<'_>) -> bool {
    let named = ["name", "stage"].into_iter().filter_map(|name| job.get(name));
    let steps = job.get("steps").into_iter().flat_map(At::items);
    job.get("environment").is_some_and(is_lived_in)
        || named.into_iter().any(is_called)
        || std::iter::once(job).chain(steps).any(|step| does(reader, step) == Does::Deploy)
}

/// Whether the name of a job or stage says so.
pub(in crate::deploy) fn is_called(name: At<'_>) -> bool {
    name.text().is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
        (name.contains("deploy") && !says(&["check", "pages", "docs"]))
            || (name.contains("production") && !says(&["check", "test", "lint", "build"]))
    })
}

/// GitHub's own tests get variables from an environment too.
fn is_lived_in(environment: At<'_>) -> bool {
    let name = environment.text().or_else(|| environment.text_of("name")).unwrap_or_default();
    !["test", "tests", "testing", "ci", "github-pages"].contains(&name.to_ascii_lowercase().as_str())
}

/// What a step of a job is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::deploy) enum Does {
    /// It brings something to where it runs.
    Deploy,
    /// It tests or builds with a key that matters to nobody.
    Test,
    /// Nobody can tell.
    Other,
}

/// What a step, or the scripts of a job, are there for. Names, comments and variables say nothing about it.
pub(in crate::deploy) fn does(reader: &mut Reader<'_>, step: At<'_>) -> Does {
    let is_action = step.text_of("uses").is_some_and(is_deploying_action);
    let scripts = SCRIPTS.iter().filter_map(|name| step.get(name));
    let texts = scripts.flat_map(At::below).filter_map(At::text);
    let commands: Vec<Command> = texts.flat_map(|text| read(reader, text)).collect();
    if is_action || commands.iter().any(brings) {
        Does::Deploy
    } else if commands.iter().any(needs_no_key) {
        Does::Test
    } else {
        Does::Other
    }
}

/// A script counts for each job that names it: aliases can name one thousands of times.
fn read(reader: &mut Reader<'_>, script: &str) -> Vec<Command> {
    let Some(left) = reader.scripts_left.checked_sub(script.len()) else { return Vec::new() };
    reader.scripts_left = left;
    commands(script)
}

const SCRIPTS: [&str; 4] = ["run", "before_script", "script", "after_script"];

fn is_deploying_action(uses: &str) -> bool {
    let name = uses.split('@').next().unwrap_or_default().to_ascii_lowercase();
    let is_of_pages = name.contains("pages") || name.contains("docs");
    !is_of_pages && ["deploy", "ssh-action", "scp-action", "rsync"].iter().any(|word| name.contains(word))
}

/// Whether a command brings something to where it runs.
fn brings(command: &Command) -> bool {
    let words = unwrapped(command);
    let Some((program, rest)) = words.split_first() else { return false };
    let program = program.rsplit('/').next().unwrap_or_default();
    if only_looks(rest) {
        return false;
    }
    match program {
        "rsync" | "scp" => rest.iter().any(|word| !word.starts_with('-') && word.contains([':', '$'])),
        "git" => rest.first() == Some(&"push") && rest.iter().any(|word| word.contains("heroku")),
        name if RUNNERS.contains(&name) => {
            rest.iter().filter(|word| !word.starts_with('-')).take(3).any(|word| names_it(word))
        }
        name => names_it(name) || TOOLS.iter().any(|tool| is_tool(tool, name, rest)),
    }
}

/// `terraform apply`, also with options between the two.
fn is_tool(tool: &str, program: &str, rest: &[&str]) -> bool {
    let mut words = tool.split(' ');
    words.next() == Some(program) && words.all(|word| rest.contains(&word))
}

/// `./deploy.sh`, `deploy:production`; not `requirements/deploy.txt`.
fn names_it(word: &str) -> bool {
    let name = word.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    name.contains("deploy")
        && !name.contains("check")
        && ![".txt", ".md", ".yml", ".yaml", ".toml"].iter().any(|end| name.ends_with(end))
}

/// The words of a command without those that only start it.
fn unwrapped(command: &Command) -> Vec<&str> {
    let mut words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
    while let Some(at) = wrapper(&words) {
        words.drain(..at);
    }
    words
}

fn wrapper(words: &[&str]) -> Option<usize> {
    match words {
        ["exec" | "nohup" | "npx" | "uvx" | "xargs", _, ..] => Some(1),
        ["poetry" | "pipenv" | "uv" | "pdm" | "hatch", "run", ..] | ["bundle", "exec", ..] => Some(2),
        _ => None,
    }
}

/// What asks, logs in or tries is no deployment, nor is what talks to a stand-in on the same machine.
fn only_looks(rest: &[&str]) -> bool {
    let is_local = |word: &&str| LOCAL.iter().any(|local| word.contains(local));
    let mut said = rest.iter().filter(|word| !word.starts_with('-')).take(2);
    let asks = |word: &&str| {
        LOOKS.contains(word) || ["get-", "list-", "describe-"].iter().any(|begin| word.starts_with(begin))
    };
    rest.iter().any(|word| is_local(word) || DRY.iter().any(|flag| word.starts_with(flag))) || said.any(asks)
}

/// Whether a command works with a key that is thrown away: tests, checks, and what collects files.
pub(super) fn needs_no_key(command: &Command) -> bool {
    let is_program = |word: &str| TESTS.contains(&word.rsplit('/').next().unwrap_or_default());
    let words: Vec<&str> = command.words.iter().map(|word| word.text.as_str()).collect();
    let is_managed = words
        .iter()
        .position(|word| word.ends_with("manage.py") || word.ends_with("manage") || *word == "django-admin");
    let managed = is_managed.and_then(|at| words.get(at + 1)).is_some_and(|word| MANAGED.contains(word));
    let is_installed =
        matches!(words.first(), Some(&("pip" | "pip3" | "apt" | "apt-get" | "npm" | "echo" | "printf")))
            || words.contains(&"install");
    managed || (!is_installed && words.iter().any(|word| is_program(word)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::yaml::Yaml;
    use super::*;
    use crate::deploy::{Facts, Names};

    #[track_caller]
    fn tells(job_text: &str) -> bool {
        let yaml = Yaml::of(job_text).unwrap();
        let job = yaml.documents().next().unwrap();
        let names = Names::new(&[], &[]);
        let (path, facts) = (Path::new("a.yml"), Facts::default());
        deploys(&mut Reader { path, text: job_text, names: &names, facts, scripts_left: 1 << 20 }, job)
    }

    #[test]
    fn what_brings_a_program_to_where_it_runs_deploys() {
        for job in [
            "{environment: staging}",
            "{stage: production, script: [./release]}",
            "{name: Deploy to staging, steps: []}",
            "steps: [{run: \"make\\nkubectl apply -f k8s\"}]",
            "steps: [{uses: appleboy/ssh-action@v1}]",
            "steps: [{run: ansible-playbook site.yml}]",
            "script: [terraform apply -auto-approve]",
            "steps: [{run: 'cd app && sudo ./bin/deploy.sh'}]",
            "steps: [{run: make deploy}]",
            "steps: [{run: poetry run fab deploy}]",
            "steps: [{run: 'gcloud run deploy shop --image x'}]",
            "steps: [{run: aws ecs update-service --force-new-deployment}]",
            "steps: [{run: rsync -az . web:/srv/shop}]",
            "steps: [{run: 'git push https://git.heroku.com/shop.git HEAD:main'}]",
            "steps: [{uses: akhileshns/heroku-deploy@v3}]",
            "{uses: ./.github/workflows/deploy.yml}",
            "{environment: {name: production}}",
            "{before_script: [pytest], script: [ssh web ./restart]}",
        ] {
            assert!(tells(job), "{job}");
        }
    }

    #[test]
    fn what_builds_and_tests_does_not() {
        for job in [
            "steps: [{run: pip install -r requirements/production.txt}]",
            "{env: {NODE_ENV: production}, steps: [{run: npm ci}]}",
            "steps: [{run: 'python manage.py check --settings=shop.production --fail-level ERROR --deploy'}]",
            "script: [terraform fmt -check && helm lint chart && ansible-lint, ssh-keyscan github.com]",
            "script: [ansible-playbook --syntax-check site.yml]",
            "steps: [{run: mkdocs build}, {uses: actions/deploy-pages@v4}]",
            "script: [docker compose -f production.yml build]",
            "steps: [{run: sudo apt-get install -y rsync}]",
            "steps: [{run: pip install -r requirements/deploy.txt}]",
            "steps: [{run: pytest, env: {DJANGO_SETTINGS_MODULE: shop.settings.deploy}}]",
            "{if: github.ref != 'refs/heads/deploy', steps: [{run: pytest}]}",
            "steps: [{run: 'aws --endpoint-url=http://localhost:4566 s3 mb s3://x'}]",
            "steps: [{run: 'pytest # before we deploy, ssh web'}]",
            "steps: [{uses: actions/checkout@v4, with: {ssh-key: '${{ secrets.DEPLOY_KEY }}'}}]",
            "{name: check that the deployment checks pass, steps: [{run: pytest}]}",
            "steps: [{name: Zip artifact for deployment, run: zip release.zip ./* -r}]",
            "{environment: testing, steps: [{run: pytest}]}",
            "{environment: {name: CI}, steps: [{run: pytest}]}",
            "steps: [{run: 'echo deploy; git checkout deploy; ls deploy; pytest tests/deploy'}]",
            "steps: [{run: 'rsync -a build/ static/'}, {run: make deploy-check, name: x}]",
            "steps: [{run: 'aws configure list; kubectl version; gcloud auth login; ssh -T git@github.com'}]",
        ] {
            assert!(!tells(job), "{job}");
        }
    }

    #[test]
    fn a_step_that_tests_is_told_from_one_that_deploys() {
        let told = |step: &str| {
            let yaml = Yaml::of(step).unwrap();
            let (names, facts) = (Names::new(&[], &[]), Facts::default());
            let mut reader =
                Reader { path: Path::new("a.yml"), text: step, names: &names, facts, scripts_left: 1 << 20 };
            does(&mut reader, yaml.documents().next().unwrap())
        };
        for step in [
            "run: python manage.py test",
            "run: 'poetry run pytest --cov'",
            "run: docker compose run web python manage.py collectstatic --noinput",
            "run: python manage.py check --deploy",
        ] {
            assert_eq!(told(step), Does::Test, "{step}");
        }
        assert_eq!(told("run: 'pytest && ./deploy.sh'"), Does::Deploy);
        for step in ["run: ./release", "run: pip install pytest", "run: python manage.py migrate"] {
            assert_eq!(told(step), Does::Other, "{step}");
        }
    }
}
