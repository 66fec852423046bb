//! A .env file in source control.

use keybaton_core::shell::quoted;
use keybaton_core::strength::weaknesses;

use super::{Found, Rule};
use crate::EnvFile;
use crate::finding::Severity;
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "env-tracked",
    summary: "Git tracks a .env file with a key in it",
    severity: Severity::Error,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    let tracked = tree.env_files.iter().filter(|file| file.git.is_some_and(|git| git.tracked));
    for file in tracked.filter(|file| !file.is_sample() || looks_real(file)) {
        let name = quoted(&file.path.display().to_string());
        let what = "git tracks this file, so everybody who has the repository has its keys";
        let rotate = tree.rotate_new(file.keys.first().map(|key| &key.text));
        let mend = if file.is_sample() {
            format!("write a placeholder here, then {rotate}")
        } else {
            format!("git rm --cached {name}, commit, then {rotate}")
        };
        found.add(file.at_key(), what, mend);
    }
}

/// A sample holds placeholders; what is drawn at random is none.
fn looks_real(file: &EnvFile) -> bool {
    file.keys.iter().any(|key| weaknesses(key.text.expose()).is_empty())
}

#[cfg(test)]
mod tests {
    use crate::rules::world::{STRONG, World};

    #[test]
    fn a_tracked_file_with_a_key_is_found() {
        let world = World::new().file(".env", "DEBUG=1\nSECRET_KEY=made-up\n").git(&["add", ".env"]);
        assert_eq!(world.finds("env-tracked"), [".env:2:1"]);
    }

    #[test]
    fn a_file_without_a_key_or_one_that_git_does_not_track_is_not() {
        let world = World::new().file(".env", "DEBUG=1\nSECRET_KEY=\n").git(&["add", ".env"]);
        assert!(world.finds("env-tracked").is_empty());
        assert!(World::new().file(".env", "SECRET_KEY=made-up\n").finds("env-tracked").is_empty());
    }

    #[test]
    fn a_sample_is_found_only_where_its_key_looks_real() {
        let sample = |key: &str| {
            World::new().file(".env.example", &format!("SECRET_KEY={key}\n")).git(&["add", ".env.example"])
        };
        assert!(sample("your-secret-key-here").finds("env-tracked").is_empty());
        let world = World::new().file("app/.env.docker-example", "SECRET_KEY=foo\n").git(&["add", "."]);
        assert!(world.finds("env-tracked").is_empty() && world.finds("weak-key").is_empty());
        assert_eq!(sample(STRONG).finds("env-tracked"), [".env.example:1:1"]);
    }

    #[test]
    fn a_file_that_only_says_where_the_key_comes_from_has_none() {
        for (name, value) in [
            (".env.op", "\"op://shop/django/SECRET_KEY\""),
            (
                ".env.production",
                "\"encrypted:BNr24F4vW9CQ37LOXeRgOL6QlwtJfAoAVXtSdSfpicPDHtqo/Q2HekeCjAWrhxHy\"",
            ),
            (".env.enc", "ENC[AES256_GCM,data:p673w==,iv:YY=,aad:UQ=,tag:A=]"),
            (".env.j2", "{{ django_secret_key }}"),
            (".env.erb", "<%= ENV['SECRET_KEY'] %>"),
            (".env.prod", "/run/secrets/secret_key"),
            (".envs/.production/.django", "!!!SET DJANGO_SECRET_KEY!!!"),
        ] {
            let text = format!("SECRET_KEY={value}\nSECRET_KEY_FALLBACKS={value}\n");
            let world = World::new().file(name, &text).git(&["add", "."]);
            assert!(world.finds("env-tracked").is_empty(), "{name}");
            assert!(world.finds("weak-key").is_empty(), "{name}");
        }
    }

    #[test]
    fn a_tracked_file_of_another_name_is_found_too() {
        for (name, text, place) in [
            (".env-prod", "SECRET_KEY=made-up\n", "1:1"),
            (".env_dev", "SECRET_KEY=made-up\n", "1:1"),
            ("env.prod", "SECRET_KEY=made-up\n", "1:1"),
            (".envrc", "layout python\nexport SECRET_KEY=made-up\n", "2:1"),
            ("settings.ini", "[settings]\n; why\nDEBUG = 0\nSECRET_KEY = made-up\n", "4:1"),
        ] {
            let world = World::new().file(name, text).git(&["add", "."]);
            assert_eq!(world.finds("env-tracked"), [format!("{name}:{place}")]);
        }
    }

    #[test]
    fn a_name_with_spaces_is_quoted_in_what_mends_it() {
        let world = World::new().file("my conf/.env", "SECRET_KEY=made-up\n").git(&["add", "my conf/.env"]);
        assert_eq!(
            world.all("env-tracked")[0].mend,
            "git rm --cached 'my conf/.env', commit, then `keybaton rotate --new -e NAME` for the environment that signs with it"
        );
    }
}
