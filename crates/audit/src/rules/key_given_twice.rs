//! One key in two ways.

use super::{Found, Rule};
use crate::finding::Severity;
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "key-given-twice",
    summary: "A program gets the key as a variable and as a secret, and a rotation of the one leaves the other behind",
    severity: Severity::Warning,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for file in &tree.deploy {
        for span in &file.facts.twice {
            found.add(file.at(span.start), WHAT, MEND);
        }
    }
}

const WHAT: &str =
    "the same program gets this key as a secret too, and a rotation of the one leaves the other behind";
const MEND: &str = "take the variable out, and let KEYBATON_DIR name the folder of the secret";

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    #[test]
    fn a_service_with_the_key_as_variable_and_as_secret_is_found() {
        let text = "services:\n  web:\n    image: shop\n    environment:\n      - SECRET_KEY=${SECRET_KEY}\n    secrets:\n      - secret_key\n  other:\n    image: shop\n    environment:\n      SECRET_KEY: ${SECRET_KEY}\nsecrets:\n  secret_key:\n    file: ./secrets/secret_key.txt\n";
        assert_eq!(World::new().file("compose.yaml", text).finds("key-given-twice"), ["compose.yaml:5:9"]);
        assert!(
            World::new()
                .file("compose.yaml", &text.replace("- secret_key", "- other"))
                .finds("key-given-twice")
                .is_empty()
        );
    }

    #[test]
    fn a_variable_that_says_where_the_secret_lies_is_no_second_key() {
        let text = "services:\n  web:\n    image: shop\n    environment:\n      SECRET_KEY: /run/secrets/secret_key\n    secrets: [secret_key]\nsecrets:\n  secret_key:\n    environment: KEY\n";
        let world = World::new().file("compose.yaml", text);
        assert!(world.finds("key-given-twice").is_empty() && world.finds("key-in-deploy-file").is_empty());
    }

    #[test]
    fn a_unit_with_a_credential_and_a_variable_is_found() {
        let text = "[Service]\nLoadCredential=SECRET_KEY:/etc/key\nEnvironment=SECRET_KEY=x\n";
        assert_eq!(World::new().file("shop.service", text).finds("key-given-twice"), ["shop.service:3:24"]);
    }

    #[test]
    fn a_container_with_both_is_found() {
        let text = "apiVersion: v1\nkind: Pod\nspec:\n  volumes:\n    - name: keys\n      secret: {secretName: shop}\n  containers:\n    - name: web\n      env:\n        - name: SECRET_KEY\n          valueFrom:\n            secretKeyRef: {name: shop, key: SECRET_KEY}\n      volumeMounts:\n        - {name: keys, mountPath: /keys}\n";
        assert_eq!(World::new().file("pod.yaml", text).finds("key-given-twice"), ["pod.yaml:12:13"]);
        let other = text.replace("{name: shop, key", "{name: other, key");
        assert!(World::new().file("pod.yaml", &other).finds("key-given-twice").is_empty());
    }
}
