//! `keybaton recipe systemd`: what each store needs, what is there already, and what is refused.

use insta::assert_snapshot;

use super::Ground;

fn stored(store: &str) -> Ground {
    let said = format!(
        "[environments.production]\nstore = \"{store}\"\n\n[environments.production.rings.JWT_KEY]\nstore = \"{store}-jwt\"\n"
    );
    Ground::of(&[("keybaton.toml", &said)])
}

/// The lines of a made unit that begin so.
fn lines(said: &str, beginnings: &[&str]) -> String {
    let lines = said.lines().map(str::trim);
    let lines = lines.filter(|line| beginnings.iter().any(|beginning| line.starts_with(beginning)));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_ring_is_a_credential_from_its_store() {
    let said = |store: &str| {
        lines(&stored(store).says(&["systemd"]), &["LoadCred", "ExecStart=/srv/shop/.venv/bin/keybaton"])
    };
    assert_snapshot!(said("systemd:/etc/credstore.encrypted"), @"
    LoadCredentialEncrypted=SECRET_KEY
    LoadCredentialEncrypted=SECRET_KEY_FALLBACKS
    LoadCredentialEncrypted=SECRET_KEY_RING
    LoadCredentialEncrypted=JWT_KEY:/etc/credstore.encrypted-jwt/JWT_KEY
    LoadCredentialEncrypted=JWT_KEY_FALLBACKS:/etc/credstore.encrypted-jwt/JWT_KEY_FALLBACKS
    LoadCredentialEncrypted=JWT_KEY_RING:/etc/credstore.encrypted-jwt/JWT_KEY_RING
    ExecStart=/srv/shop/.venv/bin/keybaton rotate -e production --ring SECRET_KEY --if-older-than 90d --no-input
    ExecStart=/srv/shop/.venv/bin/keybaton rotate -e production --ring JWT_KEY --if-older-than 90d --no-input
    ");
    assert_snapshot!(said("dir:/etc/shop/ring"), @"
    LoadCredential=SECRET_KEY:/etc/shop/ring/SECRET_KEY
    LoadCredential=SECRET_KEY_FALLBACKS:/etc/shop/ring/SECRET_KEY_FALLBACKS
    LoadCredential=SECRET_KEY_RING:/etc/shop/ring/SECRET_KEY_RING
    LoadCredential=JWT_KEY:/etc/shop/ring-jwt/JWT_KEY
    LoadCredential=JWT_KEY_FALLBACKS:/etc/shop/ring-jwt/JWT_KEY_FALLBACKS
    LoadCredential=JWT_KEY_RING:/etc/shop/ring-jwt/JWT_KEY_RING
    ExecStart=/srv/shop/.venv/bin/keybaton rotate -e production --ring SECRET_KEY --if-older-than 90d --no-input
    ExecStart=/srv/shop/.venv/bin/keybaton rotate -e production --ring JWT_KEY --if-older-than 90d --no-input
    ");
    assert_snapshot!(said("file:secrets/key"), @"
    LoadCredential=SECRET_KEY:/srv/shop/secrets/key
    LoadCredential=SECRET_KEY_FALLBACKS:/srv/shop/secrets/key.fallbacks
    LoadCredential=SECRET_KEY_RING:/srv/shop/secrets/key.ring
    LoadCredential=JWT_KEY:/srv/shop/secrets/key-jwt
    LoadCredential=JWT_KEY_FALLBACKS:/srv/shop/secrets/key-jwt.fallbacks
    LoadCredential=JWT_KEY_RING:/srv/shop/secrets/key-jwt.ring
    ExecStart=/srv/shop/.venv/bin/keybaton rotate -e production --ring SECRET_KEY --if-older-than 90d --no-input
    ExecStart=/srv/shop/.venv/bin/keybaton rotate -e production --ring JWT_KEY --if-older-than 90d --no-input
    ");
}

#[test]
fn a_store_that_cannot_be_read_so_is_named_with_a_way_out() {
    let said = |store: &str, variant: &str| {
        let said =
            Ground::of(&[("keybaton.toml", &format!("[environments.production]\nstore = \"{store}\"\n"))]);
        said.says(&["systemd", "--variant", variant])
    };
    assert_snapshot!(said("dotenv:.env", "credentials"), @r#"
    3
    error: SECRET_KEY: its store, dotenv:.env, is one file for all variables, and a credential is a file for each text
    hint: say store = "systemd:/etc/credstore.encrypted" in its environment, and bring the ring there with `keybaton copy`; or take --variant run
    "#);
    assert_snapshot!(said("vault://secret/shop", "credentials"), @"
    3
    error: SECRET_KEY: its store, vault://secret/shop, is behind a network, and systemd reads credentials from files
    hint: take --variant watch, which follows the store, or --variant run, which reads it at each start
    ");
    assert_snapshot!(said("gha://acme/shop", "environment-file"), @"
    3
    error: SECRET_KEY: its store, gha://acme/shop, gives its keys to nobody
    hint: name one that can be read back; `keybaton stores` lists them
    ");
    assert_snapshot!(said("env:", "run"), @r#"
    3
    error: SECRET_KEY: its store, env:, is nothing that a service of the machine has
    hint: say another one in its environment, such as store = "dir:/var/lib/keybaton/shop"
    "#);
    assert_snapshot!(said("systemd:/etc/credstore.encrypted", "run"), @r#"
    3
    error: SECRET_KEY: its store, systemd:/etc/credstore.encrypted, is read by root alone, and not by the user of the service
    hint: take --variant credentials: systemd opens them for the service; or say store = "dir:/var/lib/keybaton/shop" in its environment, and bring the ring there with `keybaton copy`
    "#);
    assert_eq!(
        said("systemd:/etc/credstore.encrypted", "watch"),
        said("systemd:/etc/credstore.encrypted", "run")
    );
    assert_snapshot!(said("vault://secret/shop", "watch"), @"
    3
    error: no process takes a changed ring over by itself: that does the app keybaton.django, which the settings do not name
    hint: set it up as docs/django.md says; or take --variant run, which restarts the site
    ");
}

/// What is typed for the rings.
fn typed(said: &str) -> String {
    let words = said.split_once("\nnext\n").unwrap_or_else(|| panic!("{said}")).1;
    lines(words, &["A ", "Or ", "It is", "install", "cd ", "chown"])
}

#[test]
fn a_project_without_a_store_gets_one_that_its_service_reads() {
    let reports = ("shop/settings.py", "INSTALLED_APPS = ['keybaton.django']\n");
    let files = [("keybaton.toml", super::CONFIGURATION), reports];
    let said = |variant| Ground::of(&files).says(&["systemd", "--variant", variant]);
    let run = said("run");
    assert!(run.contains("\n+store = \"dir:/var/lib/keybaton/shop\"\n"), "{run}");
    assert_snapshot!(typed(&run), @"
    A folder for the site's user alone:
    install -d -m 0700 -o shop /var/lib/keybaton/shop
    A key of its own for each ring:
    cd /srv/shop && /srv/shop/.venv/bin/keybaton init -e production --ring SECRET_KEY --no-input
    Or where the site runs already, and has its key in .env, that one goes on signing:
    cd /srv/shop && /srv/shop/.venv/bin/keybaton copy -e production --ring SECRET_KEY dotenv:.env dir:/var/lib/keybaton/shop
    It is the site's user who reads it, and root who writes it, which keeps its owner:
    cd /srv/shop && chown -R shop /var/lib/keybaton/shop
    ");
    assert_eq!(typed(&said("watch")), typed(&run));
}

#[test]
fn the_store_that_a_key_is_brought_to_is_named() {
    assert_snapshot!(typed(&stored("systemd:/etc/credstore.encrypted").says(&["systemd"])), @"
    A key of its own for each ring:
    cd /srv/shop && /srv/shop/.venv/bin/keybaton init -e production --ring SECRET_KEY --no-input
    cd /srv/shop && /srv/shop/.venv/bin/keybaton init -e production --ring JWT_KEY --no-input
    Or where the site runs already, and has its key in .env, that one goes on signing:
    cd /srv/shop && /srv/shop/.venv/bin/keybaton copy -e production --ring SECRET_KEY dotenv:.env systemd:/etc/credstore.encrypted
    cd /srv/shop && /srv/shop/.venv/bin/keybaton copy -e production --ring JWT_KEY dotenv:.env systemd:/etc/credstore.encrypted-jwt
    ");
    let ground = Ground::of(&[("keybaton.toml", super::CONFIGURATION)]);
    assert_snapshot!(typed(&ground.says(&["systemd", "-e", "dev", "--variant", "run"])), @"
    A key of its own for each ring:
    cd /srv/shop && /srv/shop/.venv/bin/keybaton init -e dev --ring SECRET_KEY --no-input
    It is the site's user who reads it, and root who writes it, which keeps its owner:
    cd /srv/shop && chown -R shop .env
    ");
}

#[test]
fn what_would_break_out_of_a_unit_is_refused() {
    let hostile = Ground::of(&[("keybaton.toml", "[environments.production]\nstore = \"dir:/etc/a %i\"\n")]);
    assert_snapshot!(hostile.says(&["systemd"]), @"
    3
    error: the path of the store has characters that mean something else in a unit
    hint: use letters, digits, dots, hyphens and underscores there
    ");
    let hostile = Ground::of(&[("keybaton.toml", "[environments.'x;reboot']\nstore = \"dir:/etc/shop\"\n")]);
    assert_snapshot!(hostile.says(&["systemd", "-e", "x;reboot"]), @"
    3
    error: the name of the environment has characters that mean something else in files and shells
    hint: use letters, digits, dots, hyphens and underscores there
    ");
    assert_snapshot!(Ground::new().says(&["systemd", "--set", "unit=../../etc/shop"]), @"
    2
    error: --set unit=… names no service
    hint: name it as systemctl does, such as --set unit=gunicorn; or say new
    ");
}

#[test]
fn a_service_that_is_there_gets_a_drop_in() {
    let unit = "[Service]\r\nExecStart=/srv/shop/.venv/bin/gunicorn \\\r\n  shop.wsgi\r\n";
    let ground = Ground::new();
    ground.write("deploy/shop.service", unit);
    let said = ground.says(&["systemd", "--write"]);
    assert_snapshot!(lines(&said, &["wrote", "+after", "systemctl"]), @r#"
    +after-write = [["systemctl", "restart", "shop.service"]]
    wrote     keybaton.toml: where the key lives there
    wrote     deploy/systemd/shop.service.d/keybaton.conf: where the service gets the key
    wrote     deploy/systemd/shop-rotate.service: one step of a rotation
    wrote     deploy/systemd/shop-rotate.timer: when it is taken
    systemctl daemon-reload
    systemctl restart shop.service
    systemctl enable --now shop-rotate.timer
    "#);
    assert_snapshot!(ground.read("deploy/systemd/shop.service.d/keybaton.conf"), @"
    # Made by `keybaton recipe systemd`.
    [Service]
    # systemd opens the credentials for this service alone, in a folder that is never on disk: %d.
    Environment=KEYBATON_DIR=%d
    LoadCredentialEncrypted=SECRET_KEY
    LoadCredentialEncrypted=SECRET_KEY_FALLBACKS
    LoadCredentialEncrypted=SECRET_KEY_RING
    ");
    assert_eq!(ground.read("deploy/shop.service"), unit);
    assert_snapshot!(ground.says(&["systemd", "--variant", "run", "-e", "dev"]), @"
    3
    error: `keybaton run` has to stand in front of the command of shop.service, and a drop-in would have to repeat it
    hint: write `keybaton run -e dev --` there, behind ExecStart=; or say --set unit=new
    ");
}

#[test]
fn a_service_of_another_name_is_taken_when_it_is_named() {
    let ground = Ground::new();
    ground.write("deploy/worker.service", "[Service]\nExecStart=/srv/shop/.venv/bin/celery worker\n");
    ground.write("deploy/web.service", "[Service]\nExecStart=/srv/shop/.venv/bin/gunicorn shop.wsgi\n");
    assert_snapshot!(ground.says(&["systemd"]), @"
    3
    error: the project has a service that starts a server already: web
    hint: --set unit=web gives it a drop-in, --set unit=new makes another service
    ");
    let said = ground.says(&["systemd", "--set", "unit=web.service"]);
    assert_snapshot!(lines(&said, &["==>", "+after", "systemctl"]), @r#"
    +after-write = [["systemctl", "restart", "web.service"]]
    ==> deploy/systemd/web.service.d/keybaton.conf: where the service gets the key
    ==> deploy/systemd/shop-rotate.service: one step of a rotation
    ==> deploy/systemd/shop-rotate.timer: when it is taken
    systemctl daemon-reload
    systemctl restart web.service
    systemctl enable --now shop-rotate.timer
    "#);
    let said = ground.says(&["systemd", "--set", "unit=new"]);
    assert_snapshot!(lines(&said, &["==>", "+after", "systemctl"]), @r#"
    +after-write = [["systemctl", "restart", "shop.service"]]
    ==> deploy/systemd/shop.service: the site
    ==> deploy/systemd/shop.socket: its socket
    ==> deploy/systemd/shop-rotate.service: one step of a rotation
    ==> deploy/systemd/shop-rotate.timer: when it is taken
    systemctl daemon-reload
    systemctl enable --now shop.socket shop.service shop-rotate.timer
    "#);
}

#[test]
fn the_project_that_reports_is_asked_as_its_own_user() {
    let ground = Ground::new();
    ground.write("shop/settings.py", "INSTALLED_APPS = ['keybaton.django']\n");
    assert_snapshot!(lines(&ground.says(&["systemd"]), &["+manage", "+after"]), @r#"
    +after-write = [["systemctl", "restart", "shop.service"]]
    +manage = ["/srv/shop/.venv/bin/keybaton", "run", "--only-ring", "--", "runuser", "-u", "shop", "--", "/srv/shop/.venv/bin/python", "manage.py"]
    "#);
    ground.write("keybaton.toml", "[environments.production]\nstore = \"vault://secret/shop\"\n");
    let said = ground.says(&["systemd", "--variant", "watch"]);
    assert_snapshot!(lines(&said, &["ExecStart", "Type", "Notify", "propagation", "after-write", "manage", "Requires"]), @r#"
    Type=notify
    NotifyAccess=all
    ExecStart=/srv/shop/.venv/bin/keybaton run --watch -e production -- /srv/shop/.venv/bin/gunicorn --bind 127.0.0.1:8000 shop.wsgi
    Type=oneshot
    ExecStart=/srv/shop/.venv/bin/keybaton rotate -e production --ring SECRET_KEY --if-older-than 90d --no-input
    propagation = "2m"
    manage = ["/srv/shop/.venv/bin/keybaton", "run", "--only-ring", "--", "runuser", "-u", "shop", "--", "/srv/shop/.venv/bin/python", "manage.py"]
    "#);
}

#[test]
fn no_variant_writes_a_key() {
    let ground = Ground::new();
    ground.write(".env", "SECRET_KEY=LEAK-leak-leak-leak-leak-leak-leak-leak-leak-leak\n");
    for variant in ["credentials", "environment-file", "environment"] {
        assert!(!ground.says(&["systemd", "--variant", variant]).contains("LEAK"));
    }
}
