//! A key that an image is built with.

use keybaton_core::strength::weaknesses;

use super::{Found, Rule};
use crate::deploy::{Given, How, Value};
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
            let at = file.at(given.span.start);
            match given.how {
                How::Image if given.value == Value::Empty => {}
                How::Image => found.add(at, image(given), MEND),
                How::Argument if is_placeholder(given) => found.add_as(Severity::Warning, at, FILLED, MEND),
                How::Argument => found.add(at, ARGUMENT, MEND),
                _ => {}
            }
        }
    }
}

fn is_placeholder(given: &Given) -> bool {
    given.value.key().is_some_and(|key| !weaknesses(key.expose()).is_empty())
}

fn image(given: &Given) -> &'static str {
    match given.value.key() {
        Some(_) => {
            "everybody who has the image has this key, and a container that is given no other signs with it"
        }
        None => "everybody who has the image has the key that it is built with",
    }
}

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
    fn a_throw_away_key_for_one_command_is_fine_and_so_is_a_stage_that_is_thrown_away() {
        let world = |text: &str| World::new().file("Dockerfile", text);
        for text in [
            "FROM python\nRUN SECRET_KEY=build python manage.py collectstatic\n",
            "FROM python\nRUN --mount=type=secret,id=secret_key,env=SECRET_KEY python manage.py check\n",
            "FROM python\nENV SECRET_KEY=\"\"\n",
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
