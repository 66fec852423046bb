//! A job whose log shows the key.

use super::{Found, Rule};
use crate::finding::Severity;
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "printed-environment",
    summary: "A job prints the key, or its whole environment with the key in it, into its log",
    severity: Severity::Warning,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for file in &tree.deploy {
        for (span, what) in &file.facts.printed {
            found.add(file.at(span.start), what, MEND);
        }
    }
}

const MEND: &str = "take the line out; if it ran, `keybaton rotate --new -e NAME` for the environment that signs with the key. A mask hides a key only as long as it is printed as it is";

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    #[track_caller]
    fn says(name: &str, text: &str, findings: &[&str]) {
        let findings: Vec<String> = findings.iter().map(|finding| format!("{name}:{finding}")).collect();
        assert_eq!(World::new().file(name, text).says("printed-environment"), findings, "{text}");
    }

    #[test]
    fn a_workflow_that_prints_its_environment_is_found() {
        let text = "jobs:\n  deploy:\n    env:\n      SECRET_KEY: ${{ secrets.SECRET_KEY }}\n    steps:\n      - run: env | sort\n      - run: |\n          make\n\n          echo \"$SECRET_KEY\" | base64\n          env FOO=1 make\n";
        says(
            ".github/workflows/deploy.yml",
            text,
            &["6:14: `env` shows the key in the log", "10:11: `echo` shows SECRET_KEY in the log"],
        );
    }

    #[test]
    fn a_job_without_the_key_may_print_what_it_has() {
        let text = "jobs:\n  a:\n    env:\n      SECRET_KEY: ${{ secrets.SECRET_KEY }}\n    steps: [{run: make}]\n  b:\n    steps: [{run: env}]\n  c:\n    env:\n      SECRET_KEY: insecure-for-tests\n    steps: [{run: env}]\n";
        says(".github/workflows/test.yml", text, &[]);
    }

    #[test]
    fn a_secret_that_an_expression_fills_in_is_found_without_a_variable() {
        let text = "jobs:\n  a:\n    steps:\n      - run: echo ${{ secrets.SECRET_KEY }}\n      - run: 'echo \"::add-mask::${{ secrets.SECRET_KEY }}\"'\n";
        says(".github/workflows/a.yml", text, &["4:14: `echo` shows SECRET_KEY in the log"]);
    }

    #[test]
    fn a_file_that_an_earlier_step_wrote_the_key_into_shows_it() {
        let text = "jobs:\n  a:\n    steps:\n      - run: echo \"SECRET_KEY=${{ secrets.SECRET_KEY }}\" >> .env\n      - run: cat .env\n  b:\n    steps: [{run: cat .env}]\n";
        says(".github/workflows/a.yml", text, &["5:14: `cat` shows the key in the log"]);
        let text = "jobs:\n  a:\n    steps:\n      - uses: SpicyPizza/create-envfile@v2\n        with:\n          envkey_SECRET_KEY: ${{ secrets.SECRET_KEY }}\n      - run: cat .env\n";
        says(".github/workflows/a.yml", text, &["7:14: `cat` shows the key in the log"]);
        let text = "deploy:\n  before_script:\n    - echo \"SECRET_KEY=$SECRET_KEY\" >> .env\n  script:\n    - cat .env\n";
        says(".gitlab-ci.yml", text, &["5:7: `cat` shows the key in the log"]);
    }

    #[test]
    fn a_script_that_another_machine_runs_is_read_too() {
        let text = "jobs:\n  a:\n    env: {SECRET_KEY: '${{ secrets.SECRET_KEY }}'}\n    steps:\n      - uses: appleboy/ssh-action@v1\n        with:\n          script: |\n            env\n            echo ${{ secrets.SECRET_KEY }}\n      - run: |\n          ssh web \"echo $SECRET_KEY\"\n          ssh web env\n          ssh web \"echo $SECRET_KEY\" > log\n          bash -c 'env | sort'\n          sh -c env\n          echo $SECRET_KEY | tee .env\n";
        says(
            ".github/workflows/a.yml",
            text,
            &[
                "9:13: `echo` shows SECRET_KEY in the log",
                "11:20: `echo` shows SECRET_KEY in the log",
                "14:20: `env` shows the key in the log",
                "15:17: `env` shows the key in the log",
                "16:11: `echo` shows SECRET_KEY in the log",
            ],
        );
    }

    #[test]
    fn a_pipeline_of_gitlab_is_read_line_by_line() {
        let text = "variables:\n  SECRET_KEY: $PRODUCTION_KEY\ndeploy:\n  script:\n    - make\n    - printenv\n    - echo $SECRET_KEY\n    - [echo a, 'set -x; ./run \"$SECRET_KEY\"']\n";
        says(
            ".gitlab-ci.yml",
            text,
            &[
                "6:7: `printenv` shows the key in the log",
                "7:7: `echo` shows SECRET_KEY in the log",
                "8:25: `set -x` shows this command with the key in it",
            ],
        );
        says(
            ".gitlab-ci.yml",
            "test:\n  script:\n    - env\n    - python manage.py check # SECRET_KEY\n",
            &[],
        );
    }
}
