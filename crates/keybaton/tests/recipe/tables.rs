//! A table that is there stays as it is: a recipe says what it lacks, before everything that relies on it.

use insta::assert_snapshot;

use super::Ground;

/// What is said behind the files, for an environment whose table says this.
fn first_words(target: &[&str], table: &str, files: &[(&str, &str)]) -> String {
    let configuration = format!("[environments.production]\n{table}\n");
    words(&Ground::of(&[&[("keybaton.toml", &*configuration)], files].concat()), target)
}

fn words(ground: &Ground, target: &[&str]) -> String {
    let before = ground.read("keybaton.toml");
    let said = ground.says(target);
    assert_eq!(ground.read("keybaton.toml"), before);
    let words = said.split_once("\nnext\n").unwrap_or_else(|| panic!("{said}")).1;
    let is_about_the_table = |line: &&str| {
        ["after-write", "propagation", "manage ="].iter().any(|word| line.contains(word))
            || line.contains("keybaton.toml, so")
            || line.trim().starts_with('[')
    };
    words.lines().take_while(is_about_the_table).map(str::trim).collect::<Vec<_>>().join("\n")
}

const COMPOSE: (&str, &str) = ("compose.yaml", "services: {web: {image: shop, command: gunicorn}}\n");
const REPORTS: (&str, &str) = ("shop/settings.py", "INSTALLED_APPS = [\"keybaton.django\"]\n");

#[test]
fn what_brings_a_write_to_the_site_is_said_where_it_is_missing() {
    let folder = "store = \"dir:/keys\"\npropagation = \"5m\"";
    assert_snapshot!(first_words(&["ansible"], folder, &[]), @r#"
    Write this into [environments.production] of keybaton.toml, so that a rotation reaches the site:
    after-write = [["ansible-playbook", "--inventory", "deploy/ansible/inventory.ini", "deploy/ansible/keybaton.yml"]]
    after-write-timeout = "1h"
    "#);
    assert_snapshot!(first_words(&["compose"], folder, &[COMPOSE]), @r#"
    Write this into [environments.production] of keybaton.toml, so that a rotation reaches the site:
    after-write = [["docker", "compose", "-f", "compose.yaml", "-f", "compose.keybaton.yaml", "restart", "web"]]
    "#);
    assert_snapshot!(first_words(&["compose"], folder, &[COMPOSE, REPORTS]), @"");
    assert_snapshot!(first_words(&["compose", "--variant", "swarm"], folder, &[COMPOSE]), @r#"
    Write this into [environments.production] of keybaton.toml, so that a rotation reaches the site:
    after-write = [["sh", "deploy/swarm/exchange.sh"]]
    "#);
    assert_snapshot!(first_words(&["systemd"], "store = \"dir:/keys\"", &[REPORTS]), @r#"
    Write this into [environments.production] of keybaton.toml, so that a rotation reaches the site:
    propagation = "2m"
    after-write = [["systemctl", "restart", "shop.service"]]
    manage = ["/srv/shop/.venv/bin/keybaton", "run", "--only-ring", "--", "runuser", "-u", "shop", "--", "/srv/shop/.venv/bin/python", "manage.py"]
    "#);
}

#[test]
fn one_for_another_way_is_to_give_place() {
    let ground = Ground::of(&[("keybaton.toml", super::CONFIGURATION), COMPOSE]);
    ground.says(&["systemd", "--write"]);
    assert_snapshot!(words(&ground, &["systemd"]), @"");
    assert_snapshot!(words(&ground, &["systemd", "--variant", "environment-file"]), @r#"
    Write this into [environments.production] of keybaton.toml, so that a rotation reaches the site. This after-write takes the place of the one there, which does something else; what you still want of that comes behind it:
    after-write = [["systemctl", "restart", "shop-key.service"], ["systemctl", "restart", "shop.service"]]
    "#);
    assert_snapshot!(words(&ground, &["ansible"]), @r#"
    Write this into [environments.production] of keybaton.toml, so that a rotation reaches the site. This after-write takes the place of the one there, which does something else; what you still want of that comes behind it:
    propagation = "5m"
    after-write = [["ansible-playbook", "--inventory", "deploy/ansible/inventory.ini", "deploy/ansible/keybaton.yml"]]
    after-write-timeout = "1h"
    "#);
}

#[test]
fn a_service_of_a_new_name_is_restarted_by_that() {
    let ground = Ground::of(&[("keybaton.toml", super::CONFIGURATION), COMPOSE]);
    ground.says(&["compose", "--write"]);
    assert_snapshot!(words(&ground, &["compose"]), @"");
    ground.write("compose.yaml", &COMPOSE.1.replace("web", "site"));
    assert_snapshot!(words(&ground, &["compose"]), @r#"
    Write this into [environments.production] of keybaton.toml, so that a rotation reaches the site. This after-write takes the place of the one there, which does something else; what you still want of that comes behind it:
    after-write = [["docker", "compose", "-f", "compose.yaml", "-f", "compose.keybaton.yaml", "restart", "site"]]
    "#);
}

#[test]
fn what_was_for_another_way_is_taken_out() {
    let table = |words: &str| {
        format!(
            "store = \"dir:/keys\"\npropagation = \"5m\"\nmanage = [\"x\"]\nafter-write = [[\"purge\"], {words}]"
        )
    };
    let (key, shop) =
        (r#"["systemctl", "restart", "shop-key.service"]"#, r#"["systemctl", "restart", "shop.service"]"#);
    let both = table(&format!("{key}, {shop}"));
    assert_snapshot!(first_words(&["systemd", "--variant", "watch"], &both, &[REPORTS]), @r#"
    Take out of after-write in [environments.production] of keybaton.toml what was for another way:
    ["systemctl", "restart", "shop-key.service"]
    ["systemctl", "restart", "shop.service"]
    "#);
    assert_snapshot!(first_words(&["systemd"], &both, &[]), @r#"
    Take out of after-write in [environments.production] of keybaton.toml what was for another way:
    ["systemctl", "restart", "shop-key.service"]
    "#);
    let exchange = table(r#"["sh", "deploy/swarm/exchange.sh"]"#);
    assert_snapshot!(first_words(&["compose"], &exchange, &[COMPOSE, REPORTS]), @r#"
    Take out of after-write in [environments.production] of keybaton.toml what was for another way:
    ["sh", "deploy/swarm/exchange.sh"]
    "#);
}

#[test]
fn what_is_the_users_own_is_left() {
    let own = "store = \"dir:/keys\"\npropagation = \"10m\"\nafter-write-timeout = \"2h\"\nafter-write = [\n  ['purge'],\n  ['systemctl', 'restart', 'shop.service'],\n  [\"tell\", \"us\"],\n]";
    assert_snapshot!(first_words(&["systemd"], own, &[]), @"");
    assert_snapshot!(first_words(&["ansible"], own, &[]), @r#"
    Write this into [environments.production] of keybaton.toml, so that a rotation reaches the site. This after-write takes the place of the one there, which does something else; what you still want of that comes behind it:
    after-write = [["ansible-playbook", "--inventory", "deploy/ansible/inventory.ini", "deploy/ansible/keybaton.yml"]]
    "#);
}

#[test]
fn what_another_environment_runs_is_not_taken_for_it() {
    let two = "[environments.production]\nstore = \"gcsm://acme/shop-django\"\n\n[environments.staging]\nstore = \"gcsm://acme/shop-staging\"\nafter-write = [[\"python3\", \"deploy/gcp/renew.py\"]]\n";
    let ground = Ground::of(&[("keybaton.toml", two)]);
    assert_snapshot!(words(&ground, &["gcp"]), @r#"
    Write this into [environments.production] of keybaton.toml, so that a rotation reaches the site:
    after-write = [["python3", "deploy/gcp/renew.py"]]
    "#);
    assert_snapshot!(words(&ground, &["gcp", "-e", "staging"]), @"");
}

#[test]
fn a_table_of_pyproject_is_named_as_it_is() {
    let ground =
        Ground::of(&[("pyproject.toml", "[tool.keybaton.environments.'live.eu']\nstore = \"dir:/keys\"\n")]);
    assert!(
        ground
            .says(&["ansible", "-e", "live.eu"])
            .contains("  Write this into [tool.keybaton.environments.\"live.eu\"] of pyproject.toml, ")
    );
}
