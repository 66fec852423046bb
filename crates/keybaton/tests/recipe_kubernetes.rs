//! `keybaton recipe kubernetes` where the manifests are not what it hopes for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use insta::assert_snapshot;

/// What is said in a project with these files; an error, or the names of the Deployments and containers that are joined.
fn said(files: &[(&str, &str)], words: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let project = [
        ("manage.py", MANAGE),
        ("shop/settings.py", ""),
        ("shop/wsgi.py", ""),
        ("keybaton.toml", CONFIGURATION),
    ];
    for (name, text) in project.iter().chain(files) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let said = program(folder.path(), &[&["--write"], words].concat());
    if said.contains("error: ") {
        assert!(!folder.path().join("deploy/kubernetes/keybaton").exists());
        assert_eq!(
            fs::read_to_string(folder.path().join("keybaton.toml")).unwrap(),
            *last(files, CONFIGURATION)
        );
        return said.trim_end().to_owned();
    }
    joined(folder.path())
}

fn last<'f>(files: &'f [(&'f str, &'f str)], usual: &'f str) -> &'f str {
    files.iter().find(|(name, _)| *name == "keybaton.toml").map_or(usual, |(_, text)| text)
}

fn program(folder: &Path, words: &[&str]) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_keybaton"));
    program.args(["recipe", "kubernetes"]).args(words).current_dir(folder).stdin(Stdio::null());
    let output = program.env_remove("KEYBATON_ENV").env_remove("KEYBATON_STORE").output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

fn joined(folder: &Path) -> String {
    let made = folder.join("deploy/kubernetes/keybaton");
    let mut names: Vec<String> =
        fs::read_dir(&made).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.starts_with("deployment-"));
    names.sort();
    let named = |name: &String| {
        let text = fs::read_to_string(made.join(name)).unwrap();
        let lines = text.lines().filter_map(|line| line.strip_prefix("      - name: "));
        format!("{name}: {}", lines.collect::<Vec<_>>().join(" "))
    };
    let store = fs::read_to_string(folder.join("keybaton.toml")).unwrap();
    let store = store.lines().find(|line| line.contains("k8s:")).unwrap().to_owned();
    names.iter().map(named).chain([store]).collect::<Vec<_>>().join("\n")
}

fn deployment(name: &str, containers: &str) -> String {
    format!(
        "kind: Deployment\nmetadata:\n  name: {name}\n  namespace: shop\nspec:\n  template:\n    spec:\n      containers: {containers}\n"
    )
}

const CONFIGURATION: &str = "[environments.dev]\nstore = \"dotenv:.env\"\npropagation = \"0s\"\n";
const MANAGE: &str = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n";
const WEB: &str = "[{name: web, image: shop}]";

#[test]
fn what_runs_the_project_is_found_among_the_rest() {
    let all = [
        deployment("web", "[{name: proxy, image: nginx}, {name: site, image: 'acme/shop:1'}]"),
        deployment("worker", "[{name: celery, image: x, command: [celery, -A, shop, worker]}]"),
        deployment("cache", "[{name: redis, image: redis}]"),
    ];
    let text = format!("# all\n{}", all.join("---\n"));
    let found = said(&[("k8s/all.yml", &text)], &[]);
    assert_snapshot!(found, @r#"
    deployment-web.yaml: site keybaton
    deployment-worker.yaml: celery keybaton
    store = "k8s://shop/shop"
    "#);
    assert_eq!(said(&[("k8s/all.yml", &text.replace('\n', "\r\n"))], &[]), found);
    assert_snapshot!(said(&[("k8s/all.yml", &text)], &["--set", "deployment=cache"]), @r#"
    deployment-cache.yaml: redis keybaton
    store = "k8s://shop/shop"
    "#);
}

#[test]
fn a_project_without_manifests_says_what_it_has() {
    assert_snapshot!(said(&[], &[]), @"
    error: no file of the project, or of its repository, is the manifest of a Deployment
    hint: name where it lies, with --set manifests=…, or say what is there: --set deployment=web --set container=web --set image=… --set namespace=…
    ");
    assert_snapshot!(said(&[], &["--set", "deployment=web"]), @"
    error: no manifest of the project has the Deployment web
    hint: say what its container is called, too: --set container=…
    ");
    assert_snapshot!(said(&[], &["--set", "deployment=web", "--set", "container=web"]), @"
    error: no manifest says the image that the job which rotates is to run
    hint: say it: --set image=…, one that has keybaton and the project, such as that of the site
    ");
    let told = ["deployment=web,worker", "container=web", "image=shop:1", "namespace=eshop"];
    let words: Vec<&str> = told.iter().flat_map(|told| ["--set", told]).collect();
    assert_snapshot!(said(&[], &words), @r#"
    deployment-web.yaml: web keybaton
    deployment-worker.yaml: web keybaton
    store = "k8s://eshop/shop"
    "#);
    assert_snapshot!(said(&[("a.yaml", &deployment("web", WEB).replace("  namespace: shop\n", ""))], &[]), @"
    error: no manifest of the project says its namespace, or they say several
    hint: say it: --set namespace=shop
    ");
}

/// What is printed in `backend`, in a repository with a manifest of the site beside it.
fn beside(words: &[&str]) -> String {
    let top = tempfile::tempdir().unwrap();
    let manifest = deployment("web", WEB);
    for (name, text) in [
        (".git/HEAD", ""),
        ("infra/k8s/deployment.yaml", manifest.as_str()),
        ("infra/k8s/kustomization.yaml", "resources: [deployment.yaml]\n"),
        ("backend/manage.py", MANAGE),
        ("backend/shop/settings.py", ""),
        ("backend/keybaton.toml", CONFIGURATION),
    ] {
        let path = top.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    program(&top.path().join("backend"), words);
    // What it has written itself is none of the site's.
    program(&top.path().join("backend"), words)
}

#[test]
fn manifests_beside_the_project_are_found_in_its_repository_or_where_they_are_named() {
    for words in [&["--write"][..], &["--write", "--set", "manifests=../infra/k8s"]] {
        let said = beside(words);
        let component = "in ../infra/k8s/kustomization.yaml:\n      components: [../../backend/deploy/kubernetes/keybaton]\n";
        assert!(said.contains("as it is  deploy/kubernetes/keybaton/deployment-web.yaml"), "{said}");
        assert!(said.contains(component), "{said}");
    }
    assert_snapshot!(beside(&["--set", "manifests=k8s"]), @"
    error: there is no k8s here
    hint: name a folder or a file from the folder of keybaton.toml: --set manifests=../infra/k8s
    ");
}

#[test]
fn a_chart_is_named_with_what_to_do_instead() {
    let template = "kind: Deployment\nmetadata:\n  name: {{ .Release.Name }}\n  {{- if .Values.x }}\n  y: 1\n  {{- end }}\n";
    let chart = [("deploy/chart/Chart.yaml", "name: shop\n"), ("deploy/chart/templates/web.yaml", template)];
    assert_snapshot!(said(&chart, &[]), @"
    error: the Deployment is made by the Helm chart deploy/chart, whose templates are no YAML before it is installed
    hint: say what is there: --set deployment=web --set container=web --set image=… --set namespace=…; then give the chart the Secret, as `existingSecret` or as a volume in its values: docs/platforms/kubernetes.md says how
    ");
    assert_snapshot!(said(&[("k8s/web.yaml", template)], &[]), @"
    error: k8s/web.yaml is a template, which is no YAML before it is filled
    hint: say what is there: --set deployment=web --set container=web --set image=… --set namespace=…
    ");
    // Beside a chart, a manifest is read all the same.
    let manifest = deployment("web", WEB);
    assert_snapshot!(said(&[chart[0], chart[1], ("k8s/web.yaml", &manifest)], &[]), @r#"
    deployment-web.yaml: web keybaton
    store = "k8s://shop/shop"
    "#);
}

#[test]
fn broken_yaml_and_names_that_are_none_are_refused() {
    assert_snapshot!(said(&[("k8s/web.yaml", "kind: Deployment\nmetadata:\n  name: [web\nspec: 1\n")], &[]), @"
    error: k8s/web.yaml cannot be read as YAML, in line 4
    hint: mend it first; a file with templates in it is read once they are filled
    ");
    assert_snapshot!(said(&[("k8s/web.yaml", &deployment("\"web\\n---\\nkind: Secret\"", WEB))], &[]), @"
    error: no file of the project, or of its repository, is the manifest of a Deployment
    hint: name where it lies, with --set manifests=…, or say what is there: --set deployment=web --set container=web --set image=… --set namespace=…
    ");
    assert_snapshot!(said(&[("k8s/web.yaml", &deployment("web", "[{name: '\"; rm', image: shop}]"))], &[]), @"
    error: no file of the project, or of its repository, is the manifest of a Deployment
    hint: name where it lies, with --set manifests=…, or say what is there: --set deployment=web --set container=web --set image=… --set namespace=…
    ");
    assert_snapshot!(said(&[("k8s/web.yaml", &deployment("web", WEB))], &["--set", "deployment=we/b"]), @"
    error: --set deployment=… names what Kubernetes calls nothing
    hint: names have small letters, digits, - and . alone; several have commas between them
    ");
}

#[test]
fn what_cannot_be_told_apart_is_asked() {
    let two =
        [deployment("a", "[{name: a, image: a}]"), deployment("b", "[{name: b, image: b}]")].join("---\n");
    assert_snapshot!(said(&[("all.yaml", &two)], &[]), @"
    error: the manifests have several Deployments, and none of them names the project
    hint: say which with --set deployment=…: a, b
    ");
    let several = deployment("web", "[{name: a, image: a}, {name: b, image: b}]");
    assert_snapshot!(said(&[("all.yaml", &several)], &[]), @"
    error: nothing tells which container of the Deployment web runs the project
    hint: say which with --set container=…: a, b
    ");
    assert_snapshot!(said(&[("all.yaml", &several)], &["--set", "container=b"]), @r#"
    deployment-web.yaml: b keybaton
    store = "k8s://shop/shop"
    "#);
    assert_snapshot!(said(&[("all.yaml", &several)], &["--set", "container=c"]), @"
    error: nothing tells which container of the Deployment web runs the project
    hint: say which with --set container=…: a, b
    ");
}

#[test]
fn a_store_that_the_variant_cannot_use_is_refused() {
    let manifest = deployment("web", WEB);
    let with = |store: &str, words: &[&str]| {
        let configuration = format!("{CONFIGURATION}[environments.production]\nstore = \"{store}\"\n");
        said(&[("web.yaml", &manifest), ("keybaton.toml", &configuration)], words)
    };
    assert_snapshot!(with("awssm://shop/django", &[]), @"
    error: SECRET_KEY lives in awssm://shop/django, which is no Kubernetes Secret
    hint: say how pods get it from there: --variant external-secrets, csi or workload
    ");
    assert_snapshot!(with("dir:/run/secrets", &[]), @"
    error: SECRET_KEY lives in dir:/run/secrets, which is no Kubernetes Secret
    hint: pods do not see it: name a store such as k8s://shop/django in keybaton.toml, or take another environment with -e
    ");
    assert_snapshot!(with("k8s://other/django", &[]), @r#"
    error: a ring lives in the namespace other, and shop is named besides: a pod mounts Secrets of its own namespace alone
    hint: bring the ring to where the pods are, with store = "k8s://NAMESPACE/NAME" in keybaton.toml, or say --set namespace=…
    "#);
    assert_snapshot!(with("k8s://shop/dja]ngo", &[]), @"
    error: keybaton.toml names a Secret as Kubernetes names none
    hint: write k8s://NAMESPACE/NAME, for example k8s://shop/django; names have small letters, digits, - and . alone
    ");
    assert_snapshot!(with("dir:/run/secrets", &["--variant", "csi"]), @"
    error: SECRET_KEY lives in dir:/run/secrets, which nothing brings into a cluster
    hint: the variants external-secrets and csi are for awssm, awsps, gcsm, akv and vault; without --variant the ring lives in a Kubernetes Secret
    ");
    assert_snapshot!(with("gcsm://my-project/shop", &["--variant", "csi"]), @"
    error: the driver mounts whole values of gcsm, and gcsm://my-project/shop holds the three texts in one
    hint: keep them apart with layout=separate in the store's URL, or take --variant external-secrets
    ");
    assert_snapshot!(with("akv://vault/shop?layout=separate", &["--variant", "csi"]), @"
    error: the driver wants to know the tenant of the key vault
    hint: say it: --set tenant=…, as `az account show --query tenantId` prints it
    ");
    assert_snapshot!(said(&[("web.yaml", &manifest)], &["--variant", "external-secrets"]), @r#"
    error: with external-secrets the ring lives outside of the cluster, and there is no [environments.production] in keybaton.toml that says where
    hint: write it first, with store = "awssm://…" for instance; `keybaton stores` lists what can stand there
    "#);
}

/// What the recipe proposes, and the words about the first key.
fn proposed(containers: &str, words: &[&str]) -> String {
    told(&deployment("web", containers), CONFIGURATION, words)
}

fn told(manifest: &str, configuration: &str, words: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let files = [("manage.py", MANAGE), ("shop/settings.py", ""), ("keybaton.toml", configuration)];
    for (name, text) in files.into_iter().chain([("web.yaml", manifest)]) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let said = program(folder.path(), &[&["--write"], words].concat());
    let toml = fs::read_to_string(folder.path().join("keybaton.toml")).unwrap();
    let store = toml.lines().find(|line| line.contains("k8s:")).unwrap_or_default();
    let (_, next) = said.split_once("next\n").unwrap_or(("", &said));
    let words = format!("{store}\n{}", next.split("  With kustomize").next().unwrap());
    words.trim_start_matches('\n').to_owned()
}

#[test]
fn the_secret_that_has_the_key_already_becomes_the_store() {
    let named = "[{name: web, image: shop, env: [{name: SECRET_KEY, valueFrom: {secretKeyRef: {name: django, key: SECRET_KEY}}}]}]";
    assert_snapshot!(proposed(named, &[]), @r#"
    store = "k8s://shop/django"
      The pods get their key from the Secret django. The ring begins with it, so that nobody is logged out:
          keybaton init -e production
      Where a tool makes that Secret, such as External Secrets, Sealed Secrets, Helm or Argo CD, keybaton refuses to: say store = "k8s://shop/shop" in keybaton.toml, run this recipe again, and bring the key there:
          keybaton copy --create k8s://shop/django k8s://shop/shop
    "#);
    assert_snapshot!(proposed(named, &["--set", "secret=shop"]), @r#"
    store = "k8s://shop/shop"
      The pods get their key from the entry SECRET_KEY of the Secret django. Bring it into the ring, so that nobody is logged out:
          keybaton copy --create k8s://shop/django k8s://shop/shop
    "#);
    assert_snapshot!(proposed(&named.replace("key: SECRET_KEY", "key: secret.key"), &[]), @r#"
    store = "k8s://shop/shop"
      The pods get their key from the entry secret.key of the Secret django. Bring it into the ring, so that nobody is logged out:
          kubectl get secret django -n shop -o jsonpath='{.data.secret\.key}' | base64 -d | keybaton copy --create - k8s://shop/shop
    "#);
    assert_snapshot!(proposed("[{name: web, image: shop, envFrom: [{secretRef: {name: shop}}]}]", &[]), @r#"
    store = "k8s://shop/shop"
      The pods take all of the Secret shop. If its entry SECRET_KEY is their key, the ring begins with it, and nobody is logged out:
          keybaton init -e production
      Where a tool makes that Secret, such as External Secrets, Sealed Secrets, Helm or Argo CD, keybaton refuses to: say store = "k8s://shop/shop-ring" in keybaton.toml, run this recipe again, and bring the key there:
          keybaton copy --create k8s://shop/shop k8s://shop/shop-ring
      Take the Secret shop out of envFrom in your manifest: as variables the keys would stay those of when the pod was started. Name what else it has one by one under env, and run this recipe again.
    "#);
    assert_snapshot!(proposed("[{name: web, image: shop, envFrom: [{secretRef: {name: a}}, {secretRef: {name: b}}]}]", &[]), @"
    error: the pods take all of several Secrets, and nothing tells in which the key is: a, b
    hint: say which with --set secret=…, or name a new one so; the ring lives there then
    ");
}

#[test]
fn pods_that_read_the_store_do_so_as_somebody_who_may_not_write() {
    let toml =
        format!("{CONFIGURATION}[environments.production]\nstore = \"gcsm://p/s\"\npropagation = \"5m\"\n");
    let own = deployment("web", WEB)
        .replace("      containers:", "      serviceAccountName: web\n      containers:");
    let words = ["--variant", "workload", "--set", "identity=rotate@p"];
    let about = |words: &[&str]| {
        told(&own, &toml, words).split_once("dotenv:.env gcsm://p/s\n").unwrap().1.to_owned()
    };
    assert_snapshot!(about(&words), @"  The pods read the store as the identity of their ServiceAccount. Say --set reader=…, an identity that may read this ring and nothing else.");
    assert_snapshot!(about(&[&words[..], &["--set", "reader=web@p"]].concat()), @"
      The pods have the ServiceAccount web already:
          kubectl annotate serviceaccount web -n shop iam.gke.io/gcp-service-account=web@p
    ");
}

#[test]
fn a_key_in_the_manifest_itself_is_brought_taken_out_and_replaced() {
    let key = "only-made-up-0123456789-abcdefghijklmnopqrstuvwxyz";
    let said = proposed(
        &format!("[{{name: web, image: shop, env: [{{name: DJANGO_SECRET_KEY, value: {key}}}]}}]"),
        &[],
    );
    assert_snapshot!(said, @r#"
    store = "k8s://shop/shop"
      The manifest has the key itself, as DJANGO_SECRET_KEY. So that nobody is logged out, bring it into the ring: copy it there, and end with Ctrl-D:
          keybaton copy --create - k8s://shop/shop
      Once the pods have their key from the ring, take it out of the manifest; and as whoever reads that knows the key, replace it:
          keybaton rotate -e production --new
    "#);
}
