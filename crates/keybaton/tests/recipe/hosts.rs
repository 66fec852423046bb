//! What is typed on hosts: as whom, and so that what runs there is what reads the ring.

use insta::assert_snapshot;

use super::Ground;

fn words(target: &[&str], files: &[(&str, &str)], beginnings: &[&str]) -> String {
    let said = Ground::of(&[&[("keybaton.toml", super::CONFIGURATION)], files].concat()).says(target);
    let words = said.split_once("\nnext\n").unwrap_or_else(|| panic!("{said}")).1;
    let lines = words.lines().map(str::trim);
    let lines = lines.filter(|line| beginnings.iter().any(|beginning| line.starts_with(beginning)));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn an_image_from_before_would_not_read_the_folder() {
    let start =
        |compose| words(&["compose"], &[("compose.yaml", compose)], &["Start", "Have", "docker compose up"]);
    assert_snapshot!(start("services: {web: {build: ., command: gunicorn}, db: {image: postgres}}\n"), @"
    Start, with the image built anew, for the settings are in it; where the services had the key in .env so far, take it out there afterwards:
    docker compose up --detach --build
    ");
    assert_snapshot!(start("services: {web: {image: shop, command: gunicorn}, db: {build: ./db}}\n"), @"
    Have the image built anew where it comes from, for the settings are in it, and bring it here; where a registry has it, with `docker compose pull`.
    Start; where the services had the key in .env so far, take it out there afterwards:
    docker compose up --detach
    ");
}

#[test]
fn whoever_runs_the_playbooks_can_read_the_ring() {
    let typed = |files| words(&["ansible"], files, &["On", "sudo", "keybaton init"]);
    assert_snapshot!(typed(&[]), @r#"
    On the machine that runs the playbooks, a folder for the user alone who runs them; all that follows is that user's, without sudo:
    sudo install -d -m 0700 -o "$USER" /var/lib/keybaton/shop
    On the machine that runs the playbooks, once, a key of its own for each ring:
    keybaton init -e production --no-input
    Once a day, by the cron of whoever runs the playbooks, in this folder, with a PATH that has keybaton and ansible-playbook: it takes the next safe step of a rotation and brings it to the hosts:
    "#);
    let far = ("keybaton.toml", "[environments.production]\nstore = \"vault://secret/shop\"\n");
    assert!(!typed(&[far]).contains("sudo"));
}
