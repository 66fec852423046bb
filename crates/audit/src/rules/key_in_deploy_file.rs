//! A key that stands in a file of the deployment.

use keybaton_core::strength::weaknesses;

use super::{Found, Rule};
use crate::deploy::{DeployFile, Given, How, Value};
use crate::finding::Severity;
use crate::tree::Tree;

pub(super) const RULE: Rule = Rule {
    id: "key-in-deploy-file",
    summary: "A key stands in a unit, compose file, manifest, workflow or another file of the deployment",
    severity: Severity::Error,
    check,
};

fn check(tree: &Tree, found: &mut Found) {
    for file in &tree.deploy {
        for given in &file.facts.given {
            if let Some(severity) = severity(file, given) {
                found.add_as(severity, file.at(given.span.start), what(given), mend(tree, file, given));
            }
        }
    }
}

/// Placeholders protect nobody in samples, in one step of a build, and in jobs that only test. What looks drawn at random
/// may be the real key.
fn severity(file: &DeployFile, given: &Given) -> Option<Severity> {
    let looks_real = weaknesses(given.value.key()?.expose()).is_empty();
    match given.how {
        How::Image | How::Argument => None,
        How::Job { deploys: false } => looks_real.then_some(Severity::Warning),
        How::Step => looks_real.then_some(Severity::Error),
        // `ci.yml` is called after tests, and often deploys too.
        How::Job { deploys: true } => Some(Severity::Error),
        _ if file.is_sample() => looks_real.then_some(Severity::Error),
        _ if file.is_for_development() && !looks_real => Some(Severity::Warning),
        _ => Some(Severity::Error),
    }
}

fn what(given: &Given) -> String {
    if given.how == (How::Job { deploys: false }) {
        return "nobody can tell this key of a test job from a real one".to_owned();
    }
    let stands = match &given.value {
        Value::Default(_) => {
            "this key signs wherever the variable is not set, and everybody who has this file has it"
        }
        _ => "the key stands in this file, so everybody who has the file can sign with it",
    };
    let weakness = given.value.key().and_then(|key| weaknesses(key.expose()).into_iter().next());
    weakness.map_or_else(|| stands.to_owned(), |weakness| format!("{stands}; it {weakness}"))
}

fn mend(tree: &Tree, file: &DeployFile, given: &Given) -> String {
    let rotate = tree.rotate_new(given.value.key());
    match (given.how, &given.value, file.kind.recipe) {
        (How::Job { deploys: false }, ..) => {
            format!("{}: insecure-key-for-tests", given.ring)
        }
        (_, Value::Default(_), _) => "take the default out, so that a missing key stops the start".to_owned(),
        (How::Step, ..) => format!("{}=insecure-key-for-this-step, then {rotate}", given.ring),
        (_, _, Some(recipe)) => {
            format!("take it out: `keybaton recipe {recipe}` takes it from a store; then {rotate}")
        }
        (_, _, None) => format!("take it out and read it from a store, then {rotate}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::world::{STRONG, STRONG_TOO, World};

    #[track_caller]
    fn finds(name: &str, text: &str, places: &[&str]) {
        let places: Vec<String> = places.iter().map(|place| format!("{name}:{place}")).collect();
        assert_eq!(World::new().file(name, text).finds("key-in-deploy-file"), places, "{text}");
    }

    #[test]
    fn a_key_in_a_unit_is_found_however_it_is_quoted() {
        finds("shop.service", "[Service]\nEnvironment=\"SECRET_KEY=your-secret-here\"\n", &["2:25"]);
        finds("shop.service", "[Service]\nEnvironment=A=1 \\\n  SECRET_KEY=made-up\n", &["3:14"]);
        finds("shop.service.d/key.conf", "[Service]\r\nEnvironment='SECRET_KEY=a b'\r\n", &["2:25"]);
        finds("shop.service", "[Service]\nExecStart=/usr/bin/env SECRET_KEY=made-up gunicorn\n", &["2:35"]);
        finds("shop.service", "[Service]\nSetCredential=SECRET_KEY:made-up\n", &["2:26"]);
        finds("shop.service", "[Service]\n#Environment=SECRET_KEY=made-up\n", &[]);
    }

    #[test]
    fn the_ring_that_is_rotated_is_that_of_the_key() {
        let text = format!("[Service]\nEnvironment=SECRET_KEY={STRONG}\n");
        let mend = |world: World| world.file("shop.service", &text).all("key-in-deploy-file")[0].mend.clone();
        assert_eq!(
            mend(World::new().known("dev", STRONG_TOO)),
            "take it out: `keybaton recipe systemd` takes it from a store; then `keybaton rotate --new -e NAME` for the environment that signs with it"
        );
        assert_eq!(
            mend(World::new().known("dev", STRONG_TOO).known("production", STRONG)),
            "take it out: `keybaton recipe systemd` takes it from a store; then `keybaton rotate --new -e production`"
        );
    }

    #[test]
    fn a_key_in_a_compose_file_is_found_through_anchors_and_merges() {
        let text = "x-env: &env\n  SECRET_KEY: changeme\nservices:\n  web:\n    image: shop\n    environment:\n      <<: *env\n  worker:\n    image: shop\n    environment: [\"SECRET_KEY=a$$b\", SECRET_KEY, 'SECRET_KEY=${SECRET_KEY}']\n";
        finds("compose.yaml", text, &["2:15", "10:19"]);
        finds("production.yml", text, &["2:15", "10:19"]);
        let text = "services:\n  web:\n    image: shop\n    environment:\n      SECRET_KEY: ${SECRET_KEY:-changeme}\n";
        let world = World::new().file("docker-compose.override.yml", text);
        assert_eq!(
            world.says("key-in-deploy-file"),
            [
                "docker-compose.override.yml:5:19: this key signs wherever the variable is not set, and everybody who has this file has it; it has fewer than 50 characters"
            ]
        );
    }

    #[test]
    fn a_key_in_a_manifest_is_found_in_lists_and_in_base64_too() {
        let text = "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n    data:\n      secret-key: bWFkZS11cA==\n    stringData: {SECRET_KEY: made-up, PASSWORD: made-up}\n---\napiVersion: batch/v1\nkind: CronJob\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n            - env:\n                - {name: SECRET_KEY, value: made-up}\n                - {name: DJANGO_SECRET_KEY, value: $(SECRET_KEY)}\n";
        finds("k8s/all.yaml", text, &["7:19", "8:30", "19:45"]);
        let text = "secretGenerator:\n  - name: shop\n    literals:\n      - SECRET_KEY=made-up\n";
        finds("k8s/kustomization.yaml", text, &["4:9"]);
    }

    #[test]
    fn a_key_in_a_chart_is_found_and_what_only_templates_know_is_not() {
        let text = "{{- if .Values.on }}\nstringData:\n  SECRET_KEY: made-up # why\n  DJANGO_SECRET_KEY: {{ .Values.key | quote }}\nenv:\n  - name: SECRET_KEY\n    value: \"made-up\"\n  - name: SECRET_KEY\n    value: {{ .Values.key }}\n{{- end }}\n";
        finds("chart/templates/all.yaml", text, &["3:15", "7:12"]);
        let text = "secretKey: key-in-secret\ndjangoSecretKey: made-up\ndjango:\n  secret_key: changeme\nminio:\n  accessKey: a\n  secret_key: b\nenv:\n  SECRET_KEY: ''\n  DJANGO_SECRET_KEY: made-up\n";
        finds("chart/values.yaml", text, &["2:18", "4:15", "10:22"]);
        finds("chart/values-production.yaml", &format!("secretKey: {STRONG}\n"), &["1:12"]);
    }

    #[test]
    fn a_key_in_a_pipeline_is_found_where_it_deploys() {
        let text = "jobs:\n  deploy:\n    env:\n      SECRET_KEY: changeme\n    steps:\n      - run: ./release\n        env: {SECRET_KEY: '${{ secrets.SECRET_KEY }}'}\n      - run: export SECRET_KEY=made-up && ./release\n";
        finds(".github/workflows/main.yml", text, &["4:19", "8:32"]);
        let text =
            "variables:\n  SECRET_KEY: {value: changeme}\nrelease:\n  stage: deploy\n  script: ./release\n";
        finds(".gitlab-ci.yml", text, &["2:23"]);
    }

    /// Where the key stands, with its quotes in JSON.
    fn place(text: &str) -> String {
        let at = text.find("\"made-up\"}").or(text.find("made-up")).unwrap();
        let before = &text[..at];
        format!("{}:{}", before.lines().count(), at - before.rfind('\n').unwrap())
    }

    #[test]
    fn a_key_is_found_wherever_a_deploying_job_sets_it() {
        for run in [
            "echo \"SECRET_KEY=made-up\" >> .env",
            "echo SECRET_KEY=made-up >> $GITHUB_ENV",
            "printf 'DEBUG=0\\nSECRET_KEY=made-up\\n' | sudo tee /srv/.env",
            "cat > .env <<EOF\n          SECRET_KEY=made-up\n          EOF",
            "cat > .env <<EOF\n          DEBUG=0\n          SECRET_KEY=made-up\n          EOF",
            "kubectl apply -f - <<'EOF'\n          stringData:\n            SECRET_KEY: made-up\n          EOF",
            "ssh web <<EOF\n          export SECRET_KEY=made-up\n          EOF",
            "gcloud run deploy x --set-env-vars SECRET_KEY=made-up",
            "gcloud run deploy x --set-env-vars=DEBUG=0,SECRET_KEY=made-up",
            "heroku config:set SECRET_KEY=made-up --app shop",
            "flyctl secrets set SECRET_KEY=made-up",
            "kubectl create secret generic s \\\n            --from-literal=SECRET_KEY=made-up",
            "az webapp config appsettings set --settings SECRET_KEY=made-up",
            "docker-compose run -e SECRET_KEY=made-up web ./start",
            "ssh h \"SECRET_KEY=made-up ./manage.py migrate\"",
            "ssh h 'cd app && docker run -e SECRET_KEY=made-up x'",
        ] {
            let text = format!(
                "jobs:\n  deploy:\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          {run}\n"
            );
            finds(".github/workflows/a.yml", &text, &[&place(&text)]);
        }
    }

    #[test]
    fn a_key_is_found_in_what_a_step_gives_to_an_action() {
        let text = |with: &str| {
            format!("jobs:\n  deploy:\n    steps:\n      - uses: x/y@v1\n        with:\n          {with}\n")
        };
        for with in [
            "script: docker run -e SECRET_KEY=made-up x",
            "script: |\n            cd app\n            export SECRET_KEY=made-up",
            "env_vars: SECRET_KEY=made-up",
            "env_vars: DEBUG=0,SECRET_KEY=made-up",
            "environment-variables: |\n            DEBUG=0\n            SECRET_KEY=made-up",
            "envkey_SECRET_KEY: made-up",
            "app-settings-json: |\n            [{\"name\": \"SECRET_KEY\",\n              \"value\": \"made-up\"}]",
            "args: secrets set SECRET_KEY=made-up",
        ] {
            finds(".github/workflows/a.yml", &text(with), &[&place(&text(with))]);
            finds(".github/workflows/a.yml", &text(with).replace("deploy", "test"), &[]);
        }
        finds(
            ".github/workflows/a.yml",
            &text("script: |\n            const SECRET_KEY='x'").replace("x/y", "actions/github-script"),
            &[],
        );
    }

    #[test]
    fn what_only_names_the_key_in_a_deploying_job_gives_none() {
        for run in [
            "echo SECRET_KEY=made-up",
            "printf 'SECRET_KEY=%s\\n' \"$KEY\" >> .env",
            "grep -q SECRET_KEY=made-up .env",
            "sed -i \"s/SECRET_KEY=.*/SECRET_KEY=$KEY/\" .env",
            "git commit -m 'set SECRET_KEY=made-up'",
            "gcloud run deploy x --set-secrets=SECRET_KEY=shop-key:latest --update-secrets A=b:1,SECRET_KEY=shop-key:latest",
            "heroku config:set SECRET_KEY=\"$(openssl rand -base64 48)\"",
            "heroku config:set SECRET_KEY=`openssl rand -base64 48`",
            "cat > .env <<EOF\n          SECRET_KEY=${{ secrets.SECRET_KEY }}\n          EOF",
            "cat > local.py <<EOF\n          SECRET_KEY = os.environ['SECRET_KEY']\n          EOF",
            "SECRET_KEY=for-build python manage.py collectstatic --noinput",
            "docker run -e SECRET_KEY=test shop pytest",
        ] {
            let text = format!("jobs:\n  deploy:\n    steps:\n      - run: |\n          {run}\n");
            finds(".github/workflows/a.yml", &text, &[]);
        }
    }

    #[test]
    fn a_step_that_tests_has_a_key_of_its_own_also_where_a_later_one_deploys() {
        let text = "jobs:\n  build-and-deploy:\n    steps:\n      - run: python manage.py test\n        env: {SECRET_KEY: test-key}\n      - run: export SECRET_KEY=test && pytest\n      - run: ./release\n        env: {SECRET_KEY: made-up}\n      - uses: akhileshns/heroku-deploy@v3\n";
        finds(".github/workflows/a.yml", text, &["8:27"]);
    }

    #[test]
    fn a_job_that_deploys_has_a_key_to_lose_whatever_its_file_is_called() {
        let text = "jobs:\n  deploy:\n    environment: production\n    env: {SECRET_KEY: changeme}\n    steps: [{run: ./release}]\n";
        finds(".github/workflows/ci.yml", text, &["4:23"]);
        finds(
            ".github/workflows/ci.yml",
            &text.replace("environment: production", "needs: []").replace("deploy", "test"),
            &[],
        );
    }

    #[test]
    fn a_job_that_only_tests_may_have_any_key_that_can_be_told_from_a_real_one() {
        let text = |key: &str| {
            format!(
                "env:\n  SECRET_KEY: {key}\njobs:\n  test:\n    steps:\n      - run: python manage.py check --deploy\n      - run: pytest\n"
            )
        };
        finds(".github/workflows/ci.yml", &text("test-key"), &[]);
        finds(".github/workflows/ci.yml", &text("insecure-for-tests"), &[]);
        let found = World::new().file(".github/workflows/ci.yml", &text(STRONG)).all("key-in-deploy-file");
        let told = found
            .iter()
            .map(|found| format!("{} {}: {}: {}", found.at, found.severity, found.what, found.mend));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                ".github/workflows/ci.yml:2:15 warning: nobody can tell this key of a test job from a real one: SECRET_KEY: insecure-key-for-tests"
            ]
        );
    }

    #[test]
    fn what_all_jobs_have_is_for_the_tests_where_one_of_them_tests() {
        let text = "env: {SECRET_KEY: test}\njobs:\n  test:\n    steps: [{run: pytest}]\n  deploy:\n    environment: production\n    steps: [{run: ./release}]\n";
        finds(".github/workflows/main.yml", text, &[]);
        let text = "variables: {SECRET_KEY: test}\nstages: [test, deploy]\ntest:\n  script: [pytest]\nrelease:\n  stage: deploy\n  script: [./release]\n";
        finds(".gitlab-ci.yml", text, &[]);
    }

    #[test]
    fn a_job_of_gitlab_deploys_as_what_it_extends_does() {
        let text = |test: &str| {
            format!(
                ".base:\n  variables: {{SECRET_KEY: changeme}}\n.deploy:\n  stage: deploy\n{test}live:\n  extends: [.base, .deploy]\n  environment: live\nbeta:\n  extends: .deploy\n  rules:\n    - variables: {{SECRET_KEY: made-up}}\n"
            )
        };
        finds(".gitlab-ci.yml", &text(""), &["2:27", "11:31"]);
        finds(".gitlab-ci.yml", &text("test:\n  extends: .base\n"), &["13:31"]);
    }

    #[test]
    fn what_others_call_a_secret_key_is_none_of_djangos() {
        let text = "recaptcha: {site_key: a, secret_key: b}\nstripe: {publishable_key: a, secret_key: b}\ndatabase: {secret_name: db, secret_key: password}\n";
        finds("chart/values.yaml", text, &[]);
        let text = format!("django: {{secret_name: shop, secret_key: {STRONG}}}\n");
        finds("chart/values.yaml", &text, &["1:41"]);
        let text = |access: &str| {
            format!("apiVersion: v1\nkind: Secret\nstringData:\n  {access}: minio\n  secret-key: made-up\n")
        };
        finds("secret.yaml", &text("access-key"), &[]);
        finds("secret.yaml", &text("password"), &["5:15"]);
        let text = "access = { secret_name = \"db\", secret_key = \"password\" }\nvariable \"access_key\" {\n  default = \"a\"\n}\nvariable \"secret_key\" {\n  default = \"b\"\n}\n";
        finds("main.tf", text, &[]);
    }

    #[test]
    fn a_secret_key_beside_an_access_key_or_of_another_program_is_none_of_djangos() {
        let text = |names: &str, image: &str| {
            format!(
                "services:\n  web:\n    image: {image}\n    environment: {{{names}SECRET_KEY: adminadmin}}\n"
            )
        };
        finds("compose.yaml", &text("ACCESS_KEY: admin, ", "store"), &[]);
        finds("compose.yaml", &text("", "apache/superset:3"), &[]);
        finds("compose.yaml", &text("AWS_ACCESS_KEY_ID: a, ", "shop"), &["4:53"]);
        let unit = "[Service]\nEnvironment=\"ACCESS_KEY=admin\"\nEnvironment=\"SECRET_KEY=admin\"\n";
        finds("store.service", unit, &[]);
        finds("store.service", &unit.replace("=admin\"\n", &format!("={STRONG}\"\n")), &["3:25"]);
    }

    #[test]
    fn a_key_in_a_command_is_found() {
        let pod = format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - command: [sh, -c]\n      args: ['SECRET_KEY={STRONG} gunicorn']\n"
        );
        finds("pod.yaml", &pod, &["6:14"]);
        let compose = |command: &str| format!("web:\n  image: shop\n  command: {command}\n");
        finds("docker-compose.yml", &compose("bash -c \"export SECRET_KEY=made-up && gunicorn\""), &["3:12"]);
        finds("docker-compose.yml", &compose("[env, SECRET_KEY=made-up, gunicorn]"), &["3:18"]);
        finds("docker-compose.yml", &compose("sh -c 'SECRET_KEY=$$KEY gunicorn'"), &[]);
        let old = "web:\n  image: shop\n  environment: [SECRET_KEY=made-up]\n";
        finds("docker-compose.yml", old, &["3:17"]);
    }

    #[test]
    fn a_key_in_a_file_that_a_manifest_writes_out_is_found() {
        let text = |name: &str, line: &str| {
            format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  {name}: |\n    DEBUG=0\n    {line}\n")
        };
        finds("map.yaml", &text(".env", "SECRET_KEY=made-up"), &["5:5"]);
        finds("map.yaml", &text("local_settings.py", "SECRET_KEY = 'made-up'  # why"), &["5:5"]);
        finds("map.yaml", &text("local_settings.py", "SECRET_KEY = os.environ['SECRET_KEY']"), &[]);
        finds("map.yaml", &text("local_settings.py", "SECRET_KEY = key()"), &[]);
        finds("map.yaml", &text("superset_config.py", "SECRET_KEY = 'made-up'"), &[]);
        finds("map.yaml", &text("start.sh", "export SECRET_KEY=$(cat /run/secrets/key)"), &[]);
        let secret =
            "apiVersion: v1\nkind: Secret # with SECRET_KEY\ndata:\n  .env: U0VDUkVUX0tFWT1tYWRlLXVwCg==\n";
        finds("secret.yaml", secret, &["4:9"]);
    }

    #[test]
    fn a_key_in_ansible_is_found_under_the_names_of_applications_too() {
        let text = "vault_django_secret_key: made-up\nshop_app_django_secret_key: made-up\nvault_secret_key: made-up\nshop_secret_key: short\nuse_django_secret_key: true\n";
        finds("group_vars/all.yml", text, &["1:26", "2:29", "3:19"]);
        let text = format!(
            "shop_secret_key: {STRONG}\naws_secret_key: {STRONG}\nbilling_secret_key: sk_live_{STRONG}\n"
        );
        finds("group_vars/all.yml", &text, &["1:18"]);
        let text = "- hosts: web\n  tasks:\n    - lineinfile: dest=/etc/env line=\"export SECRET_KEY='made-up'\"\n    - lineinfile: dest=/etc/env line='SECRET_KEY={{ key }}'\n";
        finds("site.yml", text, &["3:19"]);
    }

    #[test]
    fn a_key_in_a_store_that_terraform_fills_is_found() {
        let text = "resource \"aws_ssm_parameter\" \"a\" {\n  name = \"/shop/SECRET_KEY\"\n  value = \"made-up\"\n}\nresource \"aws_secretsmanager_secret_version\" \"secret_key\" {\n  secret_string = \"made-up\"\n}\nresource \"aws_secretsmanager_secret_version\" \"password\" {\n  secret_string = \"made-up\"\n}\nresource \"helm_release\" \"shop\" {\n  set {\n    name  = \"django.secretKey\"\n    value = var.key\n  }\n  set {\n    name  = \"djangoSecretKey\"\n    value = \"made-up\"\n  }\n}\n";
        finds("main.tf", text, &["3:11", "6:19", "18:13"]);
    }

    #[test]
    fn a_key_in_a_procfile_or_an_app_json_is_found() {
        finds(
            "Procfile",
            "web: SECRET_KEY=made-up gunicorn shop.wsgi\nworker: env SECRET_KEY=$KEY celery\n",
            &["1:17"],
        );
        let text = "{\n  \"env\": {\n    \"SECRET_KEY\": \"made-up\",\n    \"DJANGO_SECRET_KEY\": {\"generator\": \"secret\"}\n  },\n  \"environments\": {\"test\": {\"env\": {\"SECRET_KEY\": \"x\"}}}\n}\n";
        finds("app.json", text, &["3:19"]);
        let text = "{\"containerDefinitions\": [{\"environment\": [{\"name\": \"SECRET_KEY\", \"value\": \"made-up\"}]}]}\n";
        finds("task-definition.json", text, &["1:76"]);
    }

    #[test]
    fn a_key_in_terraform_is_found_and_that_of_the_cloud_is_not() {
        let text = "variable \"django_secret_key\" {\n  default = \"made-up\"\n}\nenvironment = [{ name = \"SECRET_KEY\", value = \"made-up\" }]\nenv = { SECRET_KEY = var.secret_key }\nprovider \"aws\" {\n  access_key = \"a\"\n  secret_key = \"b\"\n}\n";
        finds("main.tf", text, &["2:13", "4:47"]);
        finds("prod.tfvars", "secret_key = \"made-up\"\nSECRET_KEY = file(\"x\")\n", &["1:14"]);
    }

    #[test]
    fn a_key_in_a_block_a_script_or_a_choice_of_terraform_is_found() {
        finds(
            "main.tf",
            "env {\n  key = \"SECRET_KEY\"\n  value = \"made-up\"\n  type = \"SECRET\"\n}\n",
            &["3:11"],
        );
        let text = "user_data = <<-EOF\n  #!/bin/sh\n  # SECRET_KEY=made-up\n  export SECRET_KEY=made-up\n  echo \"SECRET_KEY=made-up\" >> .env\n  docker run -e SECRET_KEY=made-up x\n  echo \"SECRET_KEY=$(aws ssm get-parameter)\"\n  SECRET_KEY=${var.key}\n  EOF\n";
        finds("main.tf", text, &["4:21", "5:20", "6:28"]);
        let text = "definitions = <<EOF\n[{\"environment\": [{\"name\": \"SECRET_KEY\",\n  \"value\": \"made-up\"}]}]\nEOF\n";
        finds("main.tf", text, &["3:12"]);
        let text = "locals { env = { SECRET_KEY = var.k != \"\" ? var.k : \"made-up\" } }\n";
        finds("main.tf", text, &["1:53"]);
        assert_eq!(
            World::new().file("main.tf", text).all("key-in-deploy-file")[0].mend,
            "take the default out, so that a missing key stops the start"
        );
    }

    #[test]
    fn a_version_or_a_description_in_terraform_is_no_key() {
        for text in [
            "secret_key_ref {\n  name = \"DJANGO_SECRET_KEY\"\n  secret_key = \"latest\"\n}\n",
            "secrets = {\n  \"SECRET_KEY\" : \"latest\",\n  \"DJANGO_SECRET_KEY\" : \"3\"\n}\n",
        ] {
            finds("main.tf", text, &[]);
        }
        finds("main.tf", "description = <<EOT\nSECRET_KEY=made-up\nEOT\n", &[]);
        finds("main.tf", "secrets = { \"SECRET_KEY\" : \"made-up\" }\n", &["1:28"]);
    }

    #[test]
    fn a_key_in_ansible_is_found_unless_it_is_in_the_vault() {
        let text = "secret_key: made-up\nvaulted:\n  django_secret_key: !vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    6162\nother:\n  secret_key: '{{ vault_secret_key }}'\n";
        finds("group_vars/all.yml", text, &["1:13"]);
        finds("host_vars/web", "SECRET_KEY: made-up\n", &["1:13"]);
        finds("group_vars/vault.yml", "$ANSIBLE_VAULT;1.1;AES256\n6162 SECRET_KEY\n", &[]);
        let text = "- hosts: web\n  tasks:\n    - copy:\n        dest: /etc/shop/env\n        content: |\n          SECRET_KEY=made-up\n    - amazon.aws.s3_object: {access_key: a, secret_key: b}\n";
        finds("site.yml", text, &["6:11"]);
    }

    #[test]
    fn a_key_in_a_file_of_supervisord_is_found() {
        let text = "[program:web]\ncommand=gunicorn\nenvironment=A=\"b\",SECRET_KEY=\"made,up\",\n    DJANGO_SECRET_KEY=%(ENV_KEY)s\n;environment=SECRET_KEY=x\n";
        finds("supervisord.conf", text, &["3:31"]);
        finds("nginx.conf", "set $x SECRET_KEY=\"x\";\n", &[]);
    }

    #[test]
    fn a_sample_may_hold_a_placeholder_and_no_real_key() {
        let text = |key: &str| {
            format!("services:\n  web:\n    image: shop\n    environment:\n      SECRET_KEY: {key}\n")
        };
        finds("compose.example.yaml", &text("changeme"), &[]);
        finds("tests/compose.yaml", &text("changeme"), &[]);
        finds("compose.example.yaml", &text(STRONG), &["5:19"]);
    }

    #[test]
    fn a_placeholder_for_the_machine_of_a_developer_is_a_warning() {
        let severity = |name: &str, key: &str| {
            let text =
                format!("services:\n  web:\n    image: shop\n    environment:\n      SECRET_KEY: {key}\n");
            World::new().file(name, &text).all("key-in-deploy-file")[0].severity.to_string()
        };
        for name in
            [".devcontainer/docker-compose.yml", "local.yml", "compose.dev.yaml", "compose.override.yml"]
        {
            assert_eq!(severity(name, "dev-only"), "warning", "{name}");
            assert_eq!(severity(name, STRONG), "error", "{name}");
        }
        assert_eq!(severity("compose.yaml", "dev-only"), "error");
    }

    #[test]
    fn a_comment_silences_it() {
        let text = "services:\n  web:\n    image: shop\n    environment:\n      SECRET_KEY: x  # keybaton: ignore[key-in-deploy-file]\n";
        finds("compose.yaml", text, &[]);
    }
}
