//! `keybaton check --fix` in YAML and Terraform as people write them: one text changes and no other byte.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod fixed;

use std::fs;

use fixed::{CLOUD_RUN, Tree, cloud_run};
use proptest::prelude::*;

/// What a file is after `--fix`, and what was said.
fn fixed(name: &str, text: &str) -> (String, String) {
    let tree = Tree::of(&[(name, text)]);
    let said = tree.says(&["check", "--fix"]);
    (tree.read(name), said)
}

#[track_caller]
fn becomes(name: &str, text: &str, old: &str, new: &str) {
    assert_eq!(text.matches(old).count(), 1, "{old} in {text}");
    let (after, said) = fixed(name, text);
    assert_eq!(after, text.replace(old, new), "{said}");
    assert!(!said.contains("not fixed"), "{said}");
}

#[track_caller]
fn stays(name: &str, text: &str, why: &str) {
    let (after, said) = fixed(name, text);
    assert_eq!(after, text);
    assert!(said.starts_with('1') && said.contains("not fixed") && said.contains(why), "{said}");
}

#[test]
fn quotes_comments_and_line_ends_stay() {
    for (old, new) in [
        ("\"3\"", "\"latest\""),
        ("'3'", "'latest'"),
        ("3", "latest"),
        ("3  # as of May", "latest  # as of May"),
        ("&a \"3\"", "&a \"latest\""),
        ("!!str \"3\"", "!!str \"latest\""),
    ] {
        let text = cloud_run("VERSION").replace(
            "{name: shop-key, key: VERSION}",
            "\n                  key: VERSION\n                  name: shop-key",
        );
        for text in [text.clone(), text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
            let text = text.replace("VERSION", old);
            becomes("service.yaml", &text, &format!("key: {old}"), &format!("key: {new}"));
        }
    }
}

#[test]
fn every_document_and_every_spelling_is_its_own() {
    let text = format!("# first\n---\n{CLOUD_RUN}...\n---\nother: {{key: \"3\"}}\n---\n{}", cloud_run("'7'"));
    let (after, _) = fixed("service.yaml", &text);
    let first = text.replacen("shop-key, key: \"3\"", "shop-key, key: \"latest\"", 1);
    assert_eq!(after, first.replace("'7'", "'latest'"));
}

#[test]
fn scripts_of_workflows_and_pipelines_are_changed_word_by_word() {
    let script = "jobs:\n  deploy:\n    steps:\n      - run: |\n          # SECRET_KEY=shop-key:3\n          gcloud run deploy shop --region ${{ vars.REGION }} \\\n            --set-secrets \"A=b:2,SECRET_KEY=shop-key:8\"\n      - run: gcloud run deploy shop --set-secrets=A=a:1,/x/SECRET_KEY=shop-key:latest\n";
    becomes(".github/workflows/deploy.yml", script, "shop-key:8", "shop-key:latest");
    let action = "jobs:\n  deploy:\n    steps:\n      - uses: google-github-actions/deploy-cloudrun@v2\n        with:\n          secrets: |\n            A=a:1\n            SECRET_KEY=shop-key:7\n";
    becomes(".github/workflows/deploy.yml", action, "shop-key:7", "shop-key:latest");
    let pipeline =
        "deploy:\n  script:\n    - gcloud run deploy shop --set-secrets SECRET_KEY=shop-key:3,A=a:1 # yes\n";
    becomes(".gitlab-ci.yml", pipeline, "shop-key:3", "shop-key:latest");
}

#[test]
fn every_cloud_gets_its_newest_version_in_its_own_way() {
    let task = "{\"containerDefinitions\": [{\n\t\"secrets\": [{\"name\": \"SECRET_KEY\", \"valueFrom\": \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf:SECRET_KEY::0a1b\"}]}]}\n";
    becomes("task-definition.json", task, "::0a1b", "::");
    let external = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec:\n  data:\n    - secretKey: SECRET_KEY\n      remoteRef: {key: shop, version: VERSION}\n";
    for (old, new) in [("\"3\"", "\"\""), ("'uuid/0a-1b'", "''"), ("uuid/0a-1b", "\"\"")] {
        becomes("external.yaml", &external.replace("VERSION", old), old, new);
    }
    let csi = "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nspec:\n  parameters:\n    secrets: |\n      - resourceName: projects/p/secrets/other/versions/3\n        path: OTHER\n      - resourceName: projects/p/secrets/secret-key/versions/3\n        path: SECRET_KEY\n";
    becomes("provider.yaml", csi, "secret-key/versions/3", "secret-key/versions/latest");
    let run = "resource \"google_cloud_run_v2_service\" \"shop\" {\n  env {\n    name = \"SECRET_KEY\" # key\n    value_source {\n      secret_key_ref {\n        secret  = \"shop\"\n        version = \"3\" // x\n      }\n    }\n  }\n}\n";
    becomes("main.tf", run, "\"3\"", "\"latest\"");
    let id = "0123456789abcdef0123456789abcdef";
    for (old, new) in [
        (
            format!("(SecretUri=https://v.vault.azure.net/secrets/key/{id})"),
            "(SecretUri=https://v.vault.azure.net/secrets/key)",
        ),
        (format!("(VaultName=v;SecretName=key;SecretVersion={id})"), "(VaultName=v;SecretName=key)"),
    ] {
        let text = format!("app_settings = {{\r\n  \"SECRET_KEY\" = \"@Microsoft.KeyVault{old}\"\r\n}}\r\n");
        becomes("main.tf", &text, &old, new);
    }
}

#[test]
fn what_an_alias_uses_too_is_left() {
    let why = "an alias uses the same text";
    let version = cloud_run("*v").replacen("metadata:", "x: &v \"3\"\nmetadata:", 1);
    stays("service.yaml", &version, why);
    let list = CLOUD_RUN.replace("env:\n", "env: &env\n") + "          y: *env\n";
    stays("service.yaml", &list, why);
    let pipeline =
        ".d: &d\n  - gcloud run deploy shop --set-secrets SECRET_KEY=shop-key:3\ndeploy:\n  script: *d\n";
    stays(".gitlab-ci.yml", pipeline, why);
}

#[test]
fn what_is_not_there_as_it_is_read_is_left() {
    let folded = "jobs:\n  deploy:\n    steps:\n      - run: gcloud run deploy\n          --set-secrets \"A=a:1,\\\n          SECRET_KEY=shop-key:3\"\n";
    let (after, _) = fixed(".github/workflows/deploy.yml", folded);
    assert_eq!(after, folded);
    let quoted = "jobs:\n  deploy:\n    steps:\n      - run: gcloud run deploy --set-secrets SECRET_KEY='shop-key':3\n";
    stays(".github/workflows/deploy.yml", quoted, "wrapped, or written with escapes");
    stays("service.yaml", &cloud_run("\"\\x33\""), "the file would say more or less than it should");
    let template = "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nspec:\n  parameters:\n    secrets: |\n      - resourceName: projects/{{ p }}/secrets/secret-key/versions/3\n";
    stays("provider.yaml", template, "a template fills in");
    let stage = "{\"containerDefinitions\": [{\"secrets\": [{\"name\": \"SECRET_KEY\", \"valueFrom\": \"arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf:SECRET_KEY:AWSPREVIOUS:0a1b\"}]}]}\n";
    stays("task-definition.json", stage, "what stands around the version");
}

#[test]
fn what_is_no_yaml_is_named_and_stays_byte_for_byte() {
    for end in ["x: [\n", "\ty: 1\n", "{{- if .Values.x }}\n", "x: *none\n", "\"\n"] {
        for text in [format!("{CLOUD_RUN}{end}"), format!("{CLOUD_RUN}{end}").replace('\n', "\r\n")] {
            let (after, said) = fixed("service.yaml", &text);
            assert_eq!(after, text);
            assert!(said.contains("not looked at: service.yaml: line"), "{said}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_around_a_version_stays(before in block(), after in block(), end in "(\r)?\n", mark in any::<bool>(), style in 0..3_usize, comment in "( # [a-z3:\"' ]{0,12})?") {
        let (old, new) = [("3", "latest"), ("'3'", "'latest'"), ("\"3\"", "\"latest\"")][style];
        let secret = |version: &str| format!("                  key: {version}{comment}\n                  name: k\n");
        let whole = |version: &str| {
            let head = cloud_run("").replace("{name: shop-key, key: }\n", &format!("\n{}", secret(version)));
            let text = head.replacen("metadata:\n", &format!("{before}metadata:\n"), 1) + &after;
            let text = text.replace('\n', &end);
            if mark { format!("\u{feff}{text}") } else { text }
        };
        let tree = Tree::of(&[]);
        fs::write(tree.path("service.yaml"), whole(old)).unwrap();
        let said = tree.says(&["check", "--fix"]);
        prop_assert_eq!(tree.read("service.yaml"), whole(new), "{}", said);
    }
}

/// Entries of the top, as people and programs write them.
fn block() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("3".to_owned()),
        "[a-z]{1,6}( #[a-z3 ]{1,6})?",
        "\"[a-z3: #\\{\\}é]{0,9}(\\\\n|\\\\\"|\\\\x33)?\"",
        "'[a-z3: \\\\\"é]{0,9}('')?'",
        "\\{k: 3, key: \"3\", l: \\[3, '3'\\]\\}",
        "\\|[-+]?\n  [a-z]{1,5}: 3\n   key: \"3\"\n",
        ">-\n  key: 3\n\n  [a-z3]{1,5}",
        "!x 3",
        "\n  - 3\n  - key: '3'",
    ];
    prop::collection::vec(value, 0..4).prop_map(|values| {
        let mut lines = String::new();
        for (number, value) in values.iter().enumerate() {
            lines += &format!("z{number}: {value}\n");
        }
        lines
    })
}
