//! A key in the environment that a unit of systemd sets.

use super::{Found, Rule};
use crate::deploy::{How, Value};
use crate::finding::Severity;
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "key-in-unit",
    summary: "A unit sets the key itself, and every local user can read that",
    severity: Severity::Warning,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for file in &tree.deploy {
        let is_set = |value: &Value| !matches!(value, Value::Path | Value::Empty);
        let set = file.facts.given.iter().filter(|given| given.how == How::Unit && is_set(&given.value));
        for given in set {
            found.add(file.at(given.span.start), WHAT, MEND);
        }
    }
}

const WHAT: &str = "every user of the machine reads this key with `systemctl show`";
const MEND: &str = "LoadCredentialEncrypted= and KEYBATON_DIR=%d, as `keybaton recipe systemd` writes them, or EnvironmentFile= with a file of mode 0600";

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    #[track_caller]
    fn finds(name: &str, text: &str, places: &[&str]) {
        let places: Vec<String> = places.iter().map(|place| format!("{name}:{place}")).collect();
        assert_eq!(World::new().file(name, text).finds("key-in-unit"), places, "{text}");
    }

    #[test]
    fn a_key_that_a_unit_sets_is_found_also_where_something_fills_it_in() {
        finds("shop.service", "[Service]\nEnvironment=\"SECRET_KEY=your-secret-here\"\n", &["2:25"]);
        finds("shop.service", "[Service]\nEnvironment=SECRET_KEY=${SECRET_KEY}\n", &["2:24"]);
        finds("shop.service.j2", "[Service]\nEnvironment=SECRET_KEY={{ secret_key }}\n", &["2:24"]);
        finds("shop.container", "[Container]\nImage=shop\nEnvironment=A=b SECRET_KEY=x\n", &["3:28"]);
        finds("shop.service.d/10-key.conf", "[Service]\nEnvironment=A=b \\\n  'SECRET_KEY=x'\n", &["3:15"]);
    }

    #[test]
    fn credentials_and_files_are_as_they_should_be() {
        for text in [
            "[Service]\nLoadCredentialEncrypted=SECRET_KEY\nEnvironment=KEYBATON_DIR=%d\n",
            "[Service]\nEnvironmentFile=/etc/shop/env\n",
            "[Service]\nEnvironment=\"DJANGO_SETTINGS_MODULE=shop.settings\" AWS_SECRET_KEY_ID=x\n",
            "[Service]\nEnvironment=SECRET_KEY=\n",
            "[Service]\nEnvironment=SECRET_KEY=/run/credentials/shop.service/secret_key\n",
            "[Service]\nExecStart=/bin/sh -c 'SECRET_KEY=$(cat /run/key) exec gunicorn shop.wsgi'\n",
            "[Service]\nEnvironmentFile=/etc/shop/env\nExecStart=/usr/bin/docker run -e SECRET_KEY=${SECRET_KEY} shop\n",
            "[Service]\n# Environment=SECRET_KEY=x\n; Environment=SECRET_KEY=x\n",
        ] {
            finds("shop.service", text, &[]);
        }
    }

    #[test]
    fn a_key_that_no_quotes_surround_may_hold_the_signs_of_a_shell() {
        let text =
            "[Service]\nEnvironment=SECRET_KEY=(a7k9m!zq8x3v5t6w1y4b0n_jd@hgfpcle=u+rioks&w;t|x)q<z>k A=b\n";
        let found = World::new().file("shop.service", text).says("key-in-deploy-file");
        let what = "the key stands in this file, so everybody who has the file can sign with it";
        assert_eq!(found, [format!("shop.service:2:24: {what}")]);
        finds("shop.service", text, &["2:24"]);
    }

    #[test]
    fn a_comment_silences_it() {
        finds("shop.service", "[Service]\n# keybaton: ignore[key-in-unit]\nEnvironment=SECRET_KEY=x\n", &[]);
    }
}
