//! Whether a job of a pipeline deploys, as far as its words tell.

use super::yaml::At;

/// Whether a job does more than build and test.
pub(in crate::deploy) fn deploys(job: At<'_>) -> bool {
    let named = ["name", "stage"].into_iter().filter_map(|name| job.get(name));
    job.get("environment").is_some() || named.into_iter().any(is_called) || job.below().into_iter().any(runs)
}

/// Whether the name of a job or stage says so.
pub(in crate::deploy) fn is_called(name: At<'_>) -> bool {
    name.text().is_some_and(|name| {
        let name = name.to_ascii_lowercase();
        (name.contains("deploy") && !is_of_pages(&name)) || name.contains("production")
    })
}

fn runs(at: At<'_>) -> bool {
    let text = at.text().unwrap_or_default().to_ascii_lowercase();
    text.lines().any(|line| !only_looks(line) && DEPLOYS.iter().any(|word| line.contains(word)))
}

/// Django's checks for deployments belong to tests, and documentation needs no key that matters.
fn only_looks(line: &str) -> bool {
    line.contains("--deploy") && line.contains("check")
        || line.contains("--syntax-check")
        || line.contains("--dry-run")
        || is_of_pages(line)
}

fn is_of_pages(text: &str) -> bool {
    ["deploy-pages", "gh-deploy", "gh-pages"].iter().any(|word| text.contains(word))
}

const DEPLOYS: [&str; 17] = [
    "deploy",
    "kubectl",
    "helm upgrade",
    "helm install",
    "docker push",
    "heroku ",
    "push heroku",
    "flyctl",
    "terraform apply",
    "tofu apply",
    "ansible-playbook",
    "rsync",
    "scp ",
    "ssh ",
    "ssh-action",
    "gcloud ",
    "aws ",
];

#[cfg(test)]
mod tests {
    use super::super::yaml::Yaml;
    use super::*;

    #[track_caller]
    fn tells(job: &str) -> bool {
        let yaml = Yaml::of(job).unwrap();
        let job = yaml.documents().next().unwrap();
        deploys(job)
    }

    #[test]
    fn what_brings_a_program_to_where_it_runs_deploys() {
        for job in [
            "{environment: staging}",
            "{stage: production, script: [./release]}",
            "{name: Deploy to staging, steps: []}",
            "steps: [{run: 'make\nkubectl apply -f k8s'}]",
            "steps: [{uses: appleboy/ssh-action@v1}]",
            "steps: [{run: ansible-playbook site.yml}]",
            "script: [terraform apply -auto-approve]",
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
        ] {
            assert!(!tells(job), "{job}");
        }
    }
}
