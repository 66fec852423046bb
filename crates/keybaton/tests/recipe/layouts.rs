//! Projects that are laid out otherwise: settings for development and production, a folder below the one where it is typed.

use std::process::Command;

use crate::{CONFIGURATION, Ground};

fn split() -> Ground {
    let names =
        |module: &str| format!("import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', '{module}')\n");
    Ground::of(&[
        ("keybaton.toml", CONFIGURATION),
        ("manage.py", &names("shop.settings.dev")),
        ("shop/wsgi.py", &names("shop.settings.prod")),
        ("shop/settings/dev.py", ""),
        ("shop/settings/prod.py", "INSTALLED_APPS = ['keybaton.django']\n"),
        ("shop/settings/stage.py", ""),
    ])
}

#[test]
fn the_site_has_the_settings_that_wsgi_names_and_so_have_its_jobs() {
    let said = split().says(&["systemd"]);
    let line = "Environment=DJANGO_SETTINGS_MODULE=shop.settings.prod\n";
    assert_eq!(said.matches(line).count(), 2, "{said}");
    assert!(!said.contains("MODULE=shop.settings.dev"), "{said}");
    let told = "\nnext\n  The site runs with shop.settings.prod; manage.py names shop.settings.dev. --settings takes another module.\n";
    assert!(said.contains(told), "{said}");
    let aws = ["aws", "--set", "account=123456789012", "--set", "subnets=subnet-1", "--write"];
    for (words, file) in [
        (&aws[..], "deploy/aws/rotate.json"),
        (&["heroku", "--write"], "Procfile"),
        (&["gcp", "--set", "project=shop-1", "--write"], "deploy/gcp/job.yaml"),
    ] {
        let ground = split();
        let said = ground.says(words);
        assert!(said.starts_with("0\n"), "{said}");
        assert!(ground.read(file).contains("shop.settings.prod"), "{said}");
    }
}

#[test]
fn the_rotator_of_compose_has_them_too_unless_the_file_names_others() {
    let compose =
        |more: &str| format!("services:\n  web:\n    image: shop\n    command: gunicorn shop.wsgi\n{more}");
    let ground = split();
    ground.write("compose.yaml", &compose(""));
    let said = ground.says(&["compose"]);
    assert!(said.contains("      DJANGO_SETTINGS_MODULE: shop.settings.prod\n"), "{said}");
    ground.write("compose.yaml", &compose("    environment: [DJANGO_SETTINGS_MODULE=shop.settings.stage]\n"));
    assert!(!ground.says(&["compose"]).contains("DJANGO_SETTINGS_MODULE:"));
}

#[test]
fn settings_can_be_named() {
    let said = split().says(&["systemd", "--settings", "shop.settings.stage"]);
    assert!(said.contains("Environment=DJANGO_SETTINGS_MODULE=shop.settings.stage\n"), "{said}");
    assert_eq!(
        split().says(&["systemd", "--settings", "shop.settings.live"]),
        "2\nerror: there is no file of the settings module shop.settings.live\n\
         hint: name the module of the settings as Python does, such as --settings shop.settings"
    );
}

#[test]
fn where_both_name_the_same_nothing_is_said_of_it() {
    let said = Ground::new().says(&["systemd"]);
    assert_eq!(said.matches("DJANGO_SETTINGS_MODULE=shop.settings\n").count(), 1, "{said}");
    assert!(!said.contains("--settings"), "{said}");
}

#[test]
fn from_another_folder_the_first_step_is_to_go_there() {
    let ground = Ground::of(&[]);
    for (name, text) in [
        (
            "back end/manage.py",
            "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
        ),
        ("back end/shop/settings.py", ""),
        ("back end/keybaton.toml", CONFIGURATION),
    ] {
        ground.write(name, text);
    }
    std::fs::remove_file(ground.path("manage.py")).unwrap();
    let said = ground.says(&["bash"]);
    assert!(said.contains("\nnext\n      cd 'back end'\n"), "{said}");
    let there = Command::new(env!("CARGO_BIN_EXE_keybaton"))
        .args(["recipe", "bash"])
        .current_dir(ground.path("back end"))
        .output()
        .unwrap();
    assert!(!String::from_utf8(there.stdout).unwrap().contains("cd "));
}

#[test]
fn a_store_or_ring_that_is_named_is_refused() {
    assert_eq!(
        Ground::new().says(&["systemd", "--store", "dir:/etc/shop"]),
        "2\nerror: a recipe is for every ring and store that keybaton.toml names, so --store means nothing here\n\
         hint: leave it out, and write store = … into the table of the environment"
    );
    assert!(
        Ground::new().says(&["systemd", "--ring", "COOKIE_KEY"]).contains("so --ring means nothing here")
    );
}
