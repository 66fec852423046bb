//! A key that an image is built with.

use keybaton_core::strength::weaknesses;

use super::{Found, Rule};
use crate::deploy::{DeployFile, Given, How, Value};
use crate::finding::Severity;
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "key-in-build",
    summary: "A key is a build argument or a variable of an image, and stays in the image's history",
    severity: Severity::Error,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for file in &tree.deploy {
        for given in &file.facts.given {
            if let Some((severity, what)) = judged(file, given) {
                found.add_as(severity, file.at(given.span.start), what, MEND);
            }
        }
    }
}

/// Images of tests may have any key that can be told from a real one, and one that is emptied again signs nowhere.
fn judged(file: &DeployFile, given: &Given) -> Option<(Severity, &'static str)> {
    let is_real = given.value.key().is_some_and(|key| weaknesses(key.expose()).is_empty());
    if matches!(given.value, Value::Path) || file.is_sample() && !is_real {
        return None;
    }
    let is_placeholder = given.value.key().is_some() && !is_real;
    let unless_it_is_one = if is_placeholder { Severity::Warning } else { Severity::Error };
    match given.how {
        How::Image if given.value == Value::Empty => None,
        How::Image if is_emptied(file, given) => Some((unless_it_is_one, EMPTIED)),
        How::Image if file.is_for_development() => Some((unless_it_is_one, image(given))),
        How::Image => Some((Severity::Error, image(given))),
        How::Argument => Some((unless_it_is_one, if is_placeholder { FILLED } else { ARGUMENT })),
        _ => None,
    }
}

/// `ENV SECRET_KEY=` further down: containers start without one.
fn is_emptied(file: &DeployFile, given: &Given) -> bool {
    let mut later = file.facts.given.iter().filter(|later| later.span.start > given.span.start);
    later.any(|later| later.ring == given.ring && later.how == How::Image && later.value == Value::Empty)
}

fn image(given: &Given) -> &'static str {
    match given.value.key() {
        Some(_) => {
            "everybody who has the image has this key, and a container that is given no other signs with it"
        }
        None => "everybody who has the image has the key that it is built with",
    }
}

const EMPTIED: &str = "the history of the image keeps this key, though a later line empties it: everybody who has the image has it";
const ARGUMENT: &str =
    "a build argument stays in the history of the image, so everybody who has the image has the key";
const FILLED: &str = "whoever fills this argument with the real key leaves it in the history of the image";
const MEND: &str = "give the one command a throw-away key: RUN SECRET_KEY=insecure-for-build python manage.py collectstatic --noinput";

#[cfg(test)]
mod tests {
    use crate::rules::world::{STRONG, World};

    #[track_caller]
    fn says(name: &str, text: &str, findings: &[&str]) {
        let found = World::new().file(name, text).all("key-in-build");
        let found: Vec<String> =
            found.iter().map(|finding| format!("{} {}", finding.at, finding.severity)).collect();
        let findings: Vec<String> = findings.iter().map(|finding| format!("{name}:{finding}")).collect();
        assert_eq!(found, findings, "{text}");
    }

    #[test]
    fn what_stays_in_an_image_is_found() {
        says("Dockerfile", "FROM python\nENV SECRET_KEY=made-up\n", &["2:16 error"]);
        says("Dockerfile", "FROM python\nENV SECRET_KEY made-up\n", &["2:16 error"]);
        says(
            "shop.dockerfile",
            "FROM python\nARG SECRET_KEY\nENV SECRET_KEY=$SECRET_KEY\n",
            &["2:5 error", "3:16 error"],
        );
        says(
            "Dockerfile.prod",
            "FROM python\nENV A=1 \\\n    # why\n    SECRET_KEY=\"x\"\n",
            &["4:16 error"],
        );
        says("Containerfile", "ARG SECRET_KEY=throw-away\nFROM python\n", &["1:16 warning"]);
    }

    #[test]
    fn build_arguments_of_compose_are_found() {
        let text = "services:\n  web:\n    build:\n      context: .\n      args:\n        SECRET_KEY: ${SECRET_KEY}\n";
        says("compose.yaml", text, &["6:21 error"]);
        let text = "services:\n  web:\n    build:\n      args: [SECRET_KEY, \"DEBUG=1\"]\n";
        says("docker-compose.yml", text, &["4:14 error"]);
    }

    #[test]
    fn build_arguments_of_a_workflow_are_found_in_their_own_lines() {
        let text = "jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          build-args: |\n            DEBUG=0\n            SECRET_KEY=${{ secrets.SECRET_KEY }}\n      - run: docker build --build-arg SECRET_KEY --build-arg=SECRET_KEY=$SECRET_KEY .\n";
        says(".github/workflows/a.yml", text, &["8:24 error", "9:39 error", "9:73 error"]);
    }

    #[test]
    fn a_key_that_is_emptied_again_is_in_the_history_alone() {
        let text = "FROM python\nENV SECRET_KEY=dummy\nRUN ./collect\nENV SECRET_KEY=\n";
        says("Dockerfile", text, &["2:16 warning"]);
        says("Dockerfile", &text.replace("dummy", STRONG), &["2:16 error"]);
        says(
            "Dockerfile",
            &text.replace("KEY=\n", "KEY=\nENV SECRET_KEY=other\n"),
            &["2:16 warning", "5:16 error"],
        );
    }

    #[test]
    fn an_image_for_tests_may_have_any_key_that_can_be_told_from_a_real_one() {
        for name in ["Dockerfile.test", "Dockerfile.ci", "tests/Dockerfile"] {
            says(name, "FROM python\nARG SECRET_KEY\nENV SECRET_KEY=test\n", &[]);
            says(name, &format!("FROM python\nENV SECRET_KEY={STRONG}\n"), &["2:16 error"]);
        }
        says("Dockerfile.dev", "FROM python\nENV SECRET_KEY=dev-only\n", &["2:16 warning"]);
        says("compose/local/Dockerfile", &format!("FROM python\nENV SECRET_KEY={STRONG}\n"), &["2:16 error"]);
        let text =
            "jobs:\n  image:\n    steps:\n      - run: docker build --build-arg SECRET_KEY=$SECRET_KEY .\n";
        says(".github/workflows/ci.yml", text, &["4:50 error"]);
    }

    #[test]
    fn a_key_that_no_quotes_surround_may_hold_the_signs_of_a_shell() {
        let key = "(a7k9m!zq8x3v5t6w1y4b0n_jd@hgfpcle=u+rioks&w;t|x)q<z>k";
        says("Dockerfile", &format!("FROM python\nENV SECRET_KEY={key}\n"), &["2:16 error"]);
        says("Dockerfile", &format!("FROM python\nENV SECRET_KEY {key}\n"), &["2:16 error"]);
        says("Dockerfile", &format!("FROM python\nARG SECRET_KEY={key}\n"), &["2:16 error"]);
    }

    #[test]
    fn a_throw_away_key_for_one_command_is_fine_and_so_is_a_stage_that_is_thrown_away() {
        let world = |text: &str| World::new().file("Dockerfile", text);
        for text in [
            "FROM python\nRUN SECRET_KEY=build python manage.py collectstatic\n",
            "FROM python\nRUN --mount=type=secret,id=secret_key,env=SECRET_KEY python manage.py check\n",
            "FROM python\nENV SECRET_KEY=\"\"\n",
            "FROM python\nARG KEY # not the SECRET_KEY\n",
            "FROM python\nENV SECRET_KEY \"\"\n",
            "FROM python AS build\nENV SECRET_KEY=build\nRUN ./collect\nFROM python\nCOPY --from=build /static /static\n",
        ] {
            assert!(world(text).finds("key-in-build").is_empty(), "{text}");
            assert!(world(text).finds("key-in-deploy-file").is_empty(), "{text}");
        }
        let text = "FROM python AS base\nENV SECRET_KEY=build\nFROM base\n";
        assert_eq!(world(text).finds("key-in-build"), ["Dockerfile:2:16"]);
        let text = format!("FROM python\nRUN SECRET_KEY='{STRONG}' python manage.py collectstatic\n");
        assert_eq!(world(&text).finds("key-in-deploy-file"), ["Dockerfile:2:16"]);
    }
}
