//! A mount that a replaced key never reaches.

use super::{Found, Rule};
use crate::deploy::Freeze;
use crate::finding::Severity;
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "frozen-mount",
    summary: "A key is mounted in a way that its successor never arrives",
    severity: Severity::Warning,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for file in &tree.deploy {
        for frozen in &file.facts.frozen {
            let (what, mend) = told(frozen.why);
            found.add(file.at(frozen.span.start), what, mend);
        }
    }
}

fn told(why: Freeze) -> (&'static str, &'static str) {
    match why {
        Freeze::SubPath => (
            "a mount with subPath is never brought up to date: the container keeps the key that it started with",
            "mount the whole Secret as a folder, without subPath, and let KEYBATON_DIR name it",
        ),
        Freeze::Immutable => (
            "an immutable Secret cannot be rotated: it has to be deleted and made anew",
            "take `immutable: true` out",
        ),
        Freeze::SingleFile => (
            "a single file that is mounted stays the one that it was: a replacement of it never arrives",
            "mount the folder that it stands in, as `keybaton recipe compose` writes it",
        ),
        Freeze::Swarm => (
            "a secret of Swarm never changes, so the next key needs a secret of another name",
            "give its name a version, `name: secret_key_v1`, and count it up with each key",
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    #[track_caller]
    fn finds(name: &str, text: &str, places: &[&str]) {
        let places: Vec<String> = places.iter().map(|place| format!("{name}:{place}")).collect();
        assert_eq!(World::new().file(name, text).finds("frozen-mount"), places, "{text}");
    }

    fn pod(mount: &str) -> String {
        format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  volumes:\n    - name: keys\n      secret: {{secretName: shop}}\n    - name: conf\n      configMap: {{name: secret-key}}\n  containers:\n    - name: web\n      volumeMounts:\n        - {mount}\n"
        )
    }

    #[test]
    fn a_sub_path_of_the_key_is_found_and_that_of_other_files_is_not() {
        finds("pod.yaml", &pod("{name: keys, mountPath: /keys/SECRET_KEY, subPath: SECRET_KEY}"), &["12:62"]);
        finds("pod.yaml", &pod("{name: keys, mountPath: /keys}"), &[]);
        finds("pod.yaml", &pod("{name: keys, mountPath: /tls.crt, subPath: tls.crt}"), &[]);
        finds("pod.yaml", &pod("{name: conf, mountPath: /secret_key, subPath: x}"), &[]);
    }

    #[test]
    fn an_immutable_secret_is_found_where_the_key_is_in_it() {
        let text =
            "apiVersion: v1\nkind: Secret\nimmutable: true\nstringData:\n  SECRET_KEY: ${SECRET_KEY}\n";
        finds("secret.yaml", text, &["3:12"]);
        finds("secret.yaml", &text.replace("SECRET_KEY", "PASSWORD"), &[]);
    }

    #[test]
    fn a_single_file_of_compose_is_found() {
        let secrets = |secret: &str| {
            format!(
                "services:\n  web:\n    image: x\n    secrets: [secret_key, other]\nsecrets:\n  secret_key: {secret}\n  other: {{file: ./other.txt}}\n"
            )
        };
        finds("compose.yaml", &secrets("{file: ./key.txt}"), &["6:22"]);
        finds("compose.yaml", &secrets("{external: true}"), &["6:3"]);
        finds("compose.yaml", &secrets("{external: true, name: secret_key_v3}"), &[]);
        let volumes =
            |volume: &str| format!("services:\n  web:\n    image: x\n    volumes:\n      - {volume}\n");
        finds("compose.yaml", &volumes("./secrets/secret_key.txt:/run/key:ro"), &["5:9"]);
        finds("compose.yaml", &volumes("{type: bind, source: ./secret_key, target: /x}"), &["5:9"]);
        finds("compose.yaml", &volumes("./secrets:/run/secrets:ro # secret_key"), &[]);
    }
}
