//! Each ring of an environment gets a key of its own, and is rotated.

use insta::assert_snapshot;

use super::Ground;

/// What a recipe says to type for the rings.
fn typed(target: &[&str], store: &str, files: &[(&str, &str)]) -> String {
    let production = format!("[environments.production]\nstore = \"{store}\"\n\n");
    let further = format!("[environments.production.rings.JWT_KEY]\nstore = \"{store}\"\n");
    let configuration = ("keybaton.toml", &*format!("{production}{further}"));
    let said = Ground::of(&[&[configuration], files].concat()).says(target);
    let lines = said.lines().filter(|line| line.contains(" --ring "));
    lines.map(str::trim).collect::<Vec<_>>().join("\n")
}

#[test]
fn in_compose() {
    let compose = ("compose.yaml", "services: {web: {image: shop, command: gunicorn}}\n");
    let reports = ("shop/settings.py", "INSTALLED_APPS = [\"keybaton.django\"]\n");
    assert_snapshot!(typed(&["compose"], "dir:/keys", &[compose]), @"
    sudo keybaton init -e production --ring SECRET_KEY --no-input
    sudo keybaton init -e production --ring JWT_KEY --no-input
    sudo keybaton copy -e production --ring SECRET_KEY dotenv:.env dir:/keys
    sudo keybaton copy -e production --ring JWT_KEY dotenv:.env dir:/keys
    keybaton rotate -e production --ring SECRET_KEY --if-older-than 90d --no-input
    keybaton rotate -e production --ring JWT_KEY --if-older-than 90d --no-input
    ");
    assert_snapshot!(typed(&["compose"], "dir:/keys", &[compose, reports]), @"
    docker compose run --rm -T --entrypoint keybaton keybaton init -e production --ring SECRET_KEY --no-input
    docker compose run --rm -T --entrypoint keybaton keybaton init -e production --ring JWT_KEY --no-input
    docker compose run --rm -T --entrypoint keybaton keybaton copy -e production --ring SECRET_KEY - dir:/keys < .env
    docker compose run --rm -T --entrypoint keybaton keybaton copy -e production --ring JWT_KEY - dir:/keys < .env
    docker compose run --rm keybaton status -e production --ring SECRET_KEY
    docker compose run --rm keybaton status -e production --ring JWT_KEY
    docker compose -f compose.yaml -f compose.keybaton.yaml run --rm -T keybaton rotate -e production --ring SECRET_KEY --if-older-than 90d --no-input
    docker compose -f compose.yaml -f compose.keybaton.yaml run --rm -T keybaton rotate -e production --ring JWT_KEY --if-older-than 90d --no-input
    ");
    assert_snapshot!(typed(&["compose", "--variant", "swarm"], "dir:/keys", &[compose]), @"
    sudo keybaton init -e production --ring SECRET_KEY --no-input
    sudo keybaton init -e production --ring JWT_KEY --no-input
    sudo keybaton copy -e production --ring SECRET_KEY dotenv:.env dir:/keys
    sudo keybaton copy -e production --ring JWT_KEY dotenv:.env dir:/keys
    keybaton rotate -e production --ring SECRET_KEY --if-older-than 90d --no-input
    keybaton rotate -e production --ring JWT_KEY --if-older-than 90d --no-input
    ");
}

#[test]
fn with_ansible() {
    assert_snapshot!(typed(&["ansible"], "dir:/keys", &[]), @"
    keybaton init -e production --ring SECRET_KEY --no-input
    keybaton init -e production --ring JWT_KEY --no-input
    keybaton copy -e production --ring SECRET_KEY dotenv:.env dir:/keys
    keybaton copy -e production --ring JWT_KEY dotenv:.env dir:/keys
    keybaton rotate -e production --ring SECRET_KEY --if-older-than 90d --no-input
    keybaton rotate -e production --ring JWT_KEY --if-older-than 90d --no-input
    ");
}

#[test]
fn on_heroku() {
    assert_snapshot!(typed(&["heroku"], "heroku://shop", &[]), @"
    - run: keybaton rotate -e production --ring SECRET_KEY --if-older-than 90d --no-input
    - run: keybaton rotate -e production --ring JWT_KEY --if-older-than 90d --no-input
    keybaton init -e production --ring SECRET_KEY --no-input
    keybaton init -e production --ring JWT_KEY --no-input
    ");
    assert_snapshot!(typed(&["heroku", "--variant", "scheduler"], "heroku://shop", &[]), @"
    keybaton init -e production --ring SECRET_KEY --no-input
    keybaton init -e production --ring JWT_KEY --no-input
    keybaton rotate -e production --ring SECRET_KEY --if-older-than 90d --no-input
    keybaton rotate -e production --ring JWT_KEY --if-older-than 90d --no-input
    ");
}

#[test]
fn an_environment_whose_name_means_something_in_a_file_is_refused_by_every_recipe() {
    for name in ["a b", "$(id)", "{{ x }}", "${{ x }}", "x: y #", "-x", "x;reboot", "%d"] {
        let table = format!("[environments.'{name}']\nstore = \"heroku://shop\"\n");
        for target in
            ["ansible", "aws", "compose", "dockerfile", "github-actions", "heroku", "kubernetes", "systemd"]
        {
            let said = Ground::of(&[("keybaton.toml", &table)]).says(&[target, &format!("--env={name}")]);
            assert!(
                said.starts_with("3\nerror: the name of the environment has characters"),
                "{target}: {said}"
            );
        }
    }
}
