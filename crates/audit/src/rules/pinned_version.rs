//! A key that is named with its version.

use super::{Found, Rule};
use crate::deploy::{DeployFile, Pinned};
use crate::finding::Severity;
use crate::fix::{Does, Edit, Fix, Remedy};
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "pinned-version",
    summary: "A platform is told to stay with one version of the key, and starts new instances with the old one after a rotation",
    severity: Severity::Warning,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for file in &tree.deploy {
        for pinned in &file.facts.pinned {
            let what = format!(
                "{} is named with its version: after a rotation each new instance still starts with the old key",
                pinned.what
            );
            found.add_with(file.at(pinned.span.start), what, pinned.mend, remedy(file, pinned));
        }
    }
}

fn remedy(file: &DeployFile, pinned: &Pinned) -> Remedy {
    let edits = match &pinned.edits {
        Ok(edits) => edits.iter(),
        Err(left) => return Remedy::Left(*left),
    };
    let edits = edits.map(|edit| Edit { range: file.source.bytes_of(edit.range.clone()), ..edit.clone() });
    let does = Does::Text { edits: edits.collect(), language: pinned.language, seen: file.seen };
    Remedy::Fix(Fix { file: file.absolute.clone(), does })
}

#[cfg(test)]
mod tests {
    use crate::rules::world::World;

    #[track_caller]
    fn finds(name: &str, text: &str, places: &[&str]) {
        let places: Vec<String> = places.iter().map(|place| format!("{name}:{place}")).collect();
        assert_eq!(World::new().file(name, text).finds("pinned-version"), places, "{text}");
    }

    #[test]
    fn a_version_in_a_manifest_of_cloud_run_is_found() {
        let text = |key: &str| {
            format!(
                "apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template:\n    spec:\n      containers:\n        - image: shop\n          env:\n            - name: SECRET_KEY\n              valueFrom:\n                secretKeyRef: {{name: shop-key, key: {key}}}\n"
            )
        };
        finds("service.yaml", &text("\"3\""), &["11:53"]);
        finds("service.yaml", &text("latest"), &[]);
        finds("service.yaml", &text("\"3\"").replace("serving.knative.dev/v1", "v1"), &[]);
    }

    #[test]
    fn a_version_in_a_workflow_is_found() {
        let text = "jobs:\n  deploy:\n    steps:\n      - run: |\n          gcloud run deploy shop \\\n            --set-secrets SECRET_KEY=shop-key:3,A=a:1\n          gcloud run deploy shop --set-secrets=SECRET_KEY=shop-key:latest\n      - uses: google-github-actions/deploy-cloudrun@v2\n        with:\n          secrets: |\n            SECRET_KEY=shop-key:7\n";
        finds(".github/workflows/deploy.yml", text, &["6:27", "11:13"]);
    }

    #[test]
    fn a_version_in_a_task_definition_is_found() {
        let text = "{\"containerDefinitions\": [{\n \"secrets\": [{\"name\": \"SECRET_KEY\", \"valueFrom\": \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf:SECRET_KEY::0a1b\"}]}]}\n";
        finds("task-definition.json", text, &["2:50"]);
        finds("task-definition.json", &text.replace("::0a1b", "::"), &[]);
        finds("task-definition.json", &text.replace("\"SECRET_KEY\"", "\"OTHER\""), &[]);
    }

    #[test]
    fn a_version_in_external_secrets_and_in_a_csi_provider_is_found() {
        let text = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec:\n  data:\n    - secretKey: SECRET_KEY\n      remoteRef: {key: shop, version: \"3\"}\n    - secretKey: OTHER\n      remoteRef: {key: shop, version: \"3\"}\n";
        finds("external.yaml", text, &["6:39"]);
        let text = "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nspec:\n  parameters:\n    secrets: |\n      - resourceName: projects/p/secrets/secret-key/versions/3\n        path: SECRET_KEY\n";
        finds("provider.yaml", text, &["6:7"]);
    }

    #[test]
    fn a_version_in_terraform_is_found() {
        let text = "resource \"google_cloud_run_v2_service\" \"shop\" {\n  template {\n    containers {\n      env {\n        name = \"SECRET_KEY\"\n        value_source {\n          secret_key_ref {\n            secret  = \"shop\"\n            version = \"3\"\n          }\n        }\n      }\n    }\n  }\n}\n";
        finds("main.tf", text, &["9:23"]);
        finds("main.tf", &text.replace("\"3\"", "\"latest\""), &[]);
        finds(
            "main.tf",
            &text.replace("\"SECRET_KEY\"", "\"OTHER\"").replace("shop\"", "secret_key_of_others\""),
            &[],
        );
        let text = "app_settings = {\n  \"SECRET_KEY\" = \"@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/key/0123456789abcdef0123456789abcdef)\"\n}\n";
        finds("main.tf", text, &["2:18"]);
    }
}
