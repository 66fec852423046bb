//! Keys in use that stand in deploy files, or in files for tests.

use std::collections::BTreeSet;

use keybaton_core::SecretText;
use keybaton_core::strength::weaknesses;

use crate::deploy::DeployFile;
use crate::deploy::occurrences::occurrences;
use crate::finding::At;
use crate::rules::Found;
use crate::tree::Tree;

pub(super) fn check(tree: &Tree, found: &mut Found) {
    let used = used(tree);
    let texts: Vec<&str> = used.iter().map(|used| used.key.expose()).collect();
    for file in tree.deploy.iter().filter(|file| !is_store(tree, file)) {
        let mut told = BTreeSet::new();
        for (number, place) in places(file, &used, &texts) {
            let (at, Used { name, rotate, .. }) = (file.at(place), &used[number]);
            if told.insert((name, at.place().map(|place| place.line))) {
                tell(found, at, name, rotate);
            }
        }
    }
    for file in &tree.copies {
        let mut told = BTreeSet::new();
        for (number, span) in occurrences(file.source.text(), &texts) {
            let Used { name, rotate, .. } = &used[number];
            let place = file.source.place(span.start);
            if told.insert((name, place.line)) {
                tell(found, At::Place(file.path.clone(), place), name, rotate);
            }
        }
    }
    for file in tree.python.iter().filter(|file| file.is_for_tests()) {
        for (_, literal) in file.literals() {
            if let Some(Used { name, rotate, .. }) = used.iter().find(|used| *used.key == literal.text) {
                tell(found, file.at(literal.range.start), name, rotate);
            }
        }
    }
}

/// A key in use, and whose it is.
struct Used<'a> {
    name: String,
    rotate: String,
    key: &'a SecretText,
}

/// The keys of rings, and of .env files that are no ring's. A placeholder is no secret that could be shared.
fn used(tree: &Tree) -> Vec<Used<'_>> {
    let rings = tree.known.iter().flat_map(|ring| {
        ring.keys.iter().map(|key| Used {
            name: ring.name.clone(),
            rotate: format!("`{}`", ring.rotate()),
            key: &key.text,
        })
    });
    let is_store = |path| tree.known.iter().any(|known| known.file.as_ref() == Some(path));
    let files = tree.env_files.iter().filter(|file| !file.is_sample() && !is_store(&file.absolute));
    let files = files.flat_map(|file| {
        let name = file.path.display().to_string();
        file.keys.iter().map(move |key| Used {
            name: name.clone(),
            rotate: tree.rotate_new(None),
            key: &key.text,
        })
    });
    rings.chain(files).filter(|used| weaknesses(used.key.expose()).is_empty()).collect()
}

fn is_store(tree: &Tree, file: &DeployFile) -> bool {
    tree.known.iter().any(|known| known.file.as_ref() == Some(&file.absolute))
}

/// Where keys stand as they are, in base64, or in the quotes and escapes of the file.
fn places(file: &DeployFile, used: &[Used<'_>], texts: &[&str]) -> Vec<(usize, usize)> {
    let written =
        occurrences(file.source.text(), texts).into_iter().map(|(number, span)| (number, span.start));
    let given = file.facts.given.iter().filter_map(|given| {
        let key = given.value.key()?;
        Some((used.iter().position(|used| used.key == key)?, given.span.start))
    });
    given.chain(written).collect()
}

fn tell(found: &mut Found, at: At, name: &str, rotate: &str) {
    let what = format!("a key of {name} stands here, so everybody who has this file can sign with it");
    found.add(at, what, format!("take it out, then {rotate}"));
}

#[cfg(test)]
mod tests {
    use crate::rules::world::{STRONG, STRONG_TOO, World};

    #[test]
    fn the_key_of_a_ring_is_found_wherever_it_stands_in_a_deploy_file() {
        let text = format!(
            "services:\n  web:\n    image: shop\n    command: run --key {STRONG}\n    environment:\n      SECRET_KEY: {STRONG}\n"
        );
        let world = World::new().known("production", STRONG).file("compose.yaml", &text);
        assert_eq!(
            world.says("shared-key"),
            [
                "compose.yaml:4:24: a key of SECRET_KEY (production) stands here, so everybody who has this file can sign with it",
                "compose.yaml:6:19: a key of SECRET_KEY (production) stands here, so everybody who has this file can sign with it",
            ]
        );
        assert_eq!(
            world.all("shared-key")[0].mend,
            "take it out, then `keybaton rotate --new -e production`"
        );
    }

    #[test]
    fn it_is_found_in_base64_and_in_escapes_too() {
        let encoded = data_encoding::BASE64.encode(format!("{STRONG}\n").as_bytes());
        let text = format!("apiVersion: v1\nkind: Secret\ndata:\n  anything: {encoded}\n");
        let world = World::new().known("production", STRONG).file("secret.yaml", &text);
        assert_eq!(world.finds("shared-key"), ["secret.yaml:4:13"]);
        let escaped = STRONG.replacen('k', "\\x6b", 1);
        let text =
            format!("services:\n  web:\n    image: x\n    environment:\n      SECRET_KEY: \"{escaped}\"\n");
        let world = World::new().known("production", STRONG).file("compose.yaml", &text);
        assert_eq!(world.finds("shared-key"), ["compose.yaml:5:19"]);
    }

    #[test]
    fn it_is_found_in_settings_for_tests_and_in_jobs_that_only_test() {
        let world = World::new()
            .known("production", STRONG)
            .file("tests/settings.py", &format!("SECRET_KEY = '{STRONG}'\n"))
            .file(".github/workflows/test.yml", &format!("env:\n  SECRET_KEY: {STRONG}\n"));
        assert_eq!(world.finds("shared-key"), [".github/workflows/test.yml:2:15", "tests/settings.py:1:14"]);
    }

    #[test]
    fn it_is_found_in_any_file_that_git_does_not_leave_out() {
        let encoded = data_encoding::BASE64.encode(STRONG.as_bytes());
        let world = World::new()
            .file(".env", &format!("SECRET_KEY={STRONG}\n"))
            .file(".gitignore", ".env\nnotes.txt\n")
            .file("README.md", &format!("# Shop\n\nThe key is `{STRONG}`.\n"))
            .file("release.sh", &format!("heroku config:set SECRET_KEY={STRONG}\n"))
            .file("secrets/secret_key.txt", &format!("{STRONG}\n"))
            .file("fixtures/keys.json", &format!("{{\"key\": \"{encoded}\"}}\n"))
            .file("shop/tool.py", &format!("KEY = '{STRONG}'\n"))
            .file("values.yaml", &format!("key: {STRONG}\n"))
            .file("notes.txt", STRONG)
            .file("other.txt", STRONG_TOO);
        assert_eq!(
            world.finds("shared-key"),
            [
                "README.md:3:13",
                "fixtures/keys.json:1:10",
                "release.sh:1:30",
                "secrets/secret_key.txt:1:1",
                "shop/tool.py:1:8",
                "values.yaml:1:6"
            ]
        );
    }

    #[test]
    fn a_store_is_no_copy_of_itself_and_a_comment_silences_a_copy() {
        let world = World::new().file("keys/SECRET_KEY", STRONG);
        let folder = world.folder().join("keys");
        let text = format!("KEY={STRONG} # keybaton: ignore[shared-key]\n");
        let world = world.known_in(&folder).file("release.sh", &text);
        assert!(world.finds("shared-key").is_empty());
    }

    #[test]
    fn the_key_of_an_env_file_is_found_and_other_keys_are_not() {
        let text = format!("web: SECRET_KEY={STRONG} gunicorn\n");
        let world = World::new().file(".env", &format!("SECRET_KEY={STRONG}\n")).file("Procfile", &text);
        assert_eq!(world.finds("shared-key"), ["Procfile:1:17"]);
        let world = World::new().file(".env", &format!("SECRET_KEY={STRONG_TOO}\n")).file("Procfile", &text);
        assert!(world.finds("shared-key").is_empty());
    }
}
