//! Programs that bring things to where they run, and those that only look or test: the lists by which a job is judged.

/// What is on the same machine, or only asked for its greeting.
pub(super) const LOCAL: [&str; 4] = ["localhost", "127.0.0.1", "localstack", "git@github.com"];

/// Flags with which nothing is done.
pub(super) const DRY: [&str; 5] = ["--dry-run", "--syntax-check", "--version", "--help", "--check"];

/// What asks, logs in or prepares.
pub(super) const LOOKS: [&str; 13] = [
    "auth",
    "components",
    "config",
    "configure",
    "describe",
    "get",
    "kustomize",
    "lint",
    "login",
    "ls",
    "sts",
    "version",
    "whoami",
];

/// What runs a target or script that is called after what it does.
pub(super) const RUNNERS: [&str; 22] = [
    "make",
    "just",
    "task",
    "npm",
    "yarn",
    "pnpm",
    "fab",
    "inv",
    "invoke",
    "sh",
    "bash",
    "zsh",
    "python",
    "python3",
    "eb",
    "serverless",
    "sls",
    "sam",
    "cdk",
    "copilot",
    "kamal",
    "az",
];

/// What brings things to where they run, and what one of these has to be told to do it.
pub(super) const TOOLS: [&str; 29] = [
    "kubectl",
    "helm upgrade",
    "helm install",
    "helmfile apply",
    "helmfile sync",
    "docker push",
    "docker stack",
    "docker-compose push",
    "heroku",
    "flyctl",
    "fly",
    "terraform apply",
    "tofu apply",
    "terragrunt apply",
    "pulumi up",
    "ansible-playbook",
    "sftp",
    "ssh",
    "sshpass",
    "gcloud",
    "aws",
    "zappa",
    "doctl",
    "dokku",
    "cap",
    "railway up",
    "vercel",
    "oc",
    "skaffold run",
];

/// What tests.
pub(super) const TESTS: [&str; 8] =
    ["pytest", "py.test", "tox", "nox", "coverage", "mypy", "pylint", "behave"];

/// Commands of manage.py that need some key, and whichever does.
pub(super) const MANAGED: [&str; 8] = [
    "test",
    "check",
    "collectstatic",
    "compilemessages",
    "compress",
    "makemigrations",
    "spectacular",
    "generateschema",
];
